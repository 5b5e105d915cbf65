use crate::declare::{Check, PROPOSED_TEXT, Reading};
use crate::evidence::Evidence;
use crate::evidence::annotations::FILTERS_APPLIED;
use crate::finding::Findings;

declare_rule! {
    /// a response has an artifactType or annotations of its own
    ///
    /// ## What it does
    /// Finds responses with an `artifactType` or `annotations` of their own.
    ///
    /// ## Why it matters
    /// Nothing says what they mean; a type would help tools to skip the response.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [], "artifactType": "application/vnd.example.referrers"}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if it is meant.
    {
        check: Check::Layout(check),
        requirements: &["AMB-24"],
        levels: PROPOSED_TEXT,
        reading: Some(Reading { question: "AMB-24", error: &["forbidden"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        let Some(node) = response.node else { continue };
        let filtered = |key: &&str| *key != FILTERS_APPLIED;
        if node.artifact_type.is_some() {
            findings.on(
                response.file(),
                "/artifactType",
                "nothing says what the artifactType of a response means",
            );
        }
        if node.annotations.keys().any(|key| filtered(&key)) {
            findings.on(
                response.file(),
                "/annotations",
                "nothing says what the annotations of a response mean",
            );
        }
    }
}
