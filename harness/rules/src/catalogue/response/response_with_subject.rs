use crate::declare::{Check, PROPOSED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response has a subject of its own
    ///
    /// ## What it does
    /// Finds responses that have a `subject` themselves.
    ///
    /// ## Why it matters
    /// It would be a referrer of that subject, and so would have to list itself.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [], "subject": {"digest": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Leave the subject out.
    {
        check: Check::Layout(check),
        requirements: &["AMB-24"],
        levels: PROPOSED,
        severity: Some((Severity::Warning, "no sentence forbids it, but it cannot list itself")),
        reading: Some(Reading { question: "AMB-24", error: &["forbidden"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        if response.node.is_some_and(|node| node.subject.is_some()) {
            let finding = findings.on(
                response.file(),
                "/subject",
                "a response that has a subject would have to be listed as a referrer itself",
            );
            finding.of_proposal(response.is_own(evidence), evidence.profile);
        }
    }
}
