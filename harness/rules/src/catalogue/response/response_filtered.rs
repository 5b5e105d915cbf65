use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::evidence::annotations::FILTERS_APPLIED;
use crate::finding::Findings;

declare_rule! {
    /// a response was filtered
    ///
    /// ## What it does
    /// Finds responses with the annotation by which release candidates of distribution-spec v1.1 said that a filter
    /// was applied.
    ///
    /// ## Why it matters
    /// A stored response has to be whole: what was filtered out is missing without a trace.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.referrers.filtersApplied": "artifactType"}}
    /// ```
    ///
    /// ## What to do
    /// Fetch the whole list and store that.
    {
        check: Check::Layout(check),
        requirements: &["AMB-19"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no sentence forbids it, but what was filtered out is missing without a trace",
        )),
        reading: Some(Reading { question: "AMB-19", error: &["forbidden"], fine: &["marked"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        if response.node.is_some_and(|node| node.annotations.contains_key(FILTERS_APPLIED)) {
            let message = "this response says that it was filtered, so it is not whole";
            findings.on(response.file(), annotation_pointer("", FILTERS_APPLIED), message);
        }
    }
}
