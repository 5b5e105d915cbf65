use referee_convention::PullUp;

use crate::declare::{Check, MUST, Reading, Severity};
use crate::evidence::Evidence;
use crate::evidence::responses::copying;
use crate::finding::Findings;

declare_rule! {
    /// a response does not copy the annotations of a referrer
    ///
    /// ## What it does
    /// Finds entries of responses that lack an annotation of the manifest, or have another value for it.
    ///
    /// ## Why it matters
    /// A reader that decides by annotations has to open every manifest, or decides wrongly.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e...", "annotations": {}}]}
    /// ```
    ///
    /// ## What to do
    /// Copy all annotations from the manifest, with a new digest for the response.
    {
        check: Check::Layout(check),
        requirements: &["API-011", "REF-11", "FALLBACK-013", "AMB-12"],
        levels: MUST,
        severity: Some((Severity::Warning, "the text is about a registry's answer, and this is a layout")),
        reading: Some(Reading { question: "AMB-12", error: &["descriptor"], fine: &["manifest"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in copying(evidence, PullUp::Annotations) {
        for (entry, descriptor, node) in response.referrers(evidence) {
            let there = &descriptor.optional().annotations;
            let differs = |(key, value): &(&str, &str)| there.get(key) != Some(value);
            if let Some((key, _)) = node.annotations.iter().find(differs) {
                let message = match there.get(key) {
                    Some(_) => format!("the value of {key} differs from that in the manifest"),
                    None => format!("there is no annotation {key}, which the manifest has"),
                };
                findings
                    .on(response.file(), entry.pointer(), message)
                    .of_proposal(response.is_own(evidence), evidence.profile);
            }
        }
    }
}
