use crate::declare::{Check, PROPOSED_SHOULD};
use crate::evidence::Evidence;
use crate::evidence::annotations::misplaced_annotations;
use crate::finding::Findings;

declare_rule! {
    /// the annotation of a response is not on an entry of index.json
    ///
    /// ## What it does
    /// Finds the proposal's annotation on anything but a descriptor in index.json, where alone it counts.
    ///
    /// ## Why it matters
    /// Readers ignore it there, so the response is not found; a tool that copies it up makes a response that nobody
    /// wrote.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Mark the entry in index.json.
    {
        check: Check::Layout(check),
        requirements: &["REF-09", "REF-04"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let Some(key) = evidence.profile.key() else { return };
    for (file, pointer) in misplaced_annotations(evidence, key) {
        findings.on(file, pointer, "this annotation marks a response on entries of index.json only");
    }
}
