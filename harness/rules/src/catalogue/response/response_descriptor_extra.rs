use crate::declare::{Check, PROPOSED_TEXT, Reading};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// the entry of a response has fields without a meaning there
    ///
    /// ## What it does
    /// Finds `artifactType`, `platform` or `urls` on entries that are marked as a response.
    ///
    /// ## Why it matters
    /// The proposal's example has none of them, and readers ignore them.
    ///
    /// ## Example
    /// ```json
    /// {"artifactType": "application/vnd.example", "annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Leave them out.
    {
        check: Check::Layout(check),
        requirements: &["AMB-29", "REF-20"],
        levels: PROPOSED_TEXT,
        reading: Some(Reading { question: "AMB-29", error: &["forbidden"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let Some(index) = evidence.facts.index().ok().and_then(|document| document.root().ok()) else { return };
    for response in evidence.proposed_responses() {
        let entry = index.at_pointer(&response.entry.pointer());
        for name in ["artifactType", "platform", "urls"] {
            if entry.is_some_and(|entry| entry.get(name).is_some()) {
                let pointer = format!("{}/{name}", response.entry.pointer());
                findings.on("index.json", pointer, format!("the entry of a response has no use for {name}"));
            }
        }
    }
}
