use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// nothing that a response lists refers to its subject
    ///
    /// ## What it does
    /// Finds responses whose entries are all there and of which none refers to the subject that the response is
    /// marked for.
    ///
    /// ## Why it matters
    /// It is the response of another subject, or an index that is no response at all: oras took the children of an
    /// image for its referrers once.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Write the digest that the listed manifests have as their subject.
    {
        check: Check::Layout(check),
        requirements: &["REF-02", "REF-07", "REF-10", "API-007", "FALLBACK-023", "AMB-10"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "whether readers drop such entries is an open question")),
        reading: Some(Reading { question: "AMB-10", error: &["drop"], fine: &["list"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        // a mark that differs from the others is reported as that
        if response.wrong_mark(evidence).is_some() {
            continue;
        }
        let known: Vec<_> =
            response.entries().filter_map(|(_, entry)| evidence.node(&entry.digest)).collect();
        if known.is_empty() || known.iter().any(|node| response.lists_rightly(evidence, node)) {
            continue;
        }
        let subject = response.whose();
        let other = known.iter().find_map(|node| node.subject.as_ref());
        let other = other.map_or(String::new(), |other| format!("; they refer to {}", other.digest.short()));
        let message = format!("no manifest that this response lists refers to {subject}{other}");
        findings
            .on("index.json", response.pointer(), message)
            .of_proposal(response.is_own(evidence), evidence.profile);
    }
}
