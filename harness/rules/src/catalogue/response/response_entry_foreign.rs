use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response lists something that does not refer to its subject
    ///
    /// ## What it does
    /// Finds entries of a response whose manifest has no subject, or another one, beside entries that are right.
    ///
    /// ## Why it matters
    /// A reader that does not open the manifests shows somebody else's signature.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e..."}]}
    /// ```
    ///
    /// ## What to do
    /// Remove the entry, with a new digest for the response.
    {
        check: Check::Layout(check),
        requirements: &["REF-02", "API-007", "AMB-10"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "whether readers drop such entries is an open question")),
        reading: Some(Reading { question: "AMB-10", error: &["drop"], fine: &["list"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        let mut right = false;
        let mut wrong = Vec::new();
        for (entry, descriptor) in response.entries() {
            let Some(node) = evidence.node(&descriptor.digest) else { continue };
            if response.lists_rightly(evidence, node) {
                right = true;
            } else {
                wrong.push((entry, &node.subject));
            }
        }
        for (entry, subject) in wrong.into_iter().filter(|_| right) {
            let refers = subject.as_ref().map_or("nothing".to_owned(), |subject| subject.digest.short());
            let message = format!("this refers to {refers}, not to {}", response.whose());
            findings
                .on(response.file(), entry.pointer(), message)
                .of_proposal(response.is_own(evidence), evidence.profile);
        }
    }
}
