use crate::declare::{Check, PROPOSED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response is not in the layout
    ///
    /// ## What it does
    /// Finds entries of index.json that are marked as a response and whose blob is not there. `data` in the entry
    /// does not replace the blob.
    ///
    /// ## Why it matters
    /// A reader cannot tell what refers to the subject, and not even that it is nothing.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Store the response, or remove the entry.
    {
        check: Check::Layout(check),
        requirements: &["REF-03", "AMB-04", "AMB-28"],
        levels: PROPOSED,
        severity: Some((
            Severity::Warning,
            "the proposal has no word for how strongly it asks for this, but nobody can tell what was listed",
        )),
        reading: Some(Reading { question: "AMB-04", error: &["must"], fine: &[] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.proposed_responses() {
        if let Some(digest) = response.entry.digest()
            && evidence.is_missing(digest)
        {
            let pointer = response.entry.pointer() + "/digest";
            let message = format!("the response {} is not in the layout", digest.short());
            let finding = findings.on("index.json", pointer, message);
            finding.of_proposal(response.is_own(evidence), evidence.profile);
        }
    }
}
