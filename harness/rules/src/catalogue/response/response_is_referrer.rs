use crate::declare::{Check, PROPOSED_SHOULD};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// what is marked as a response is the referrer or the subject itself
    ///
    /// ## What it does
    /// Finds entries of index.json with the proposal's annotation that are not a response: a manifest that refers
    /// to the subject itself, or the subject.
    ///
    /// ## Why it matters
    /// containerd wrote it so for a while. A reader that opens it as a list finds no referrers.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Mark an image index that lists the referrers, not a single one.
    {
        check: Check::Layout(check),
        requirements: &["REF-10", "CONV-18"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        let Some(what) = response.single(evidence) else { continue };
        findings.on(
            "index.json",
            response.pointer(),
            format!("this marks {what} as the response, not an index that lists referrers"),
        );
    }
}
