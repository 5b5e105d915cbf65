use referee_convention::Lists;

use crate::declare::{Check, PROPOSED, Reading, Severity};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::evidence::marks::not_a_digest;
use crate::finding::Findings;

declare_rule! {
    /// the mark of a response or of a referrer is not a digest
    ///
    /// ## What it does
    /// Finds entries that a proposal's annotation marks, where that has to hold the digest of the subject and does not.
    ///
    /// ## Why it matters
    /// Nobody asks for it, so what the entry leads to is never found.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256-5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Write the digest of the subject, as it is in the listed manifests.
    {
        check: Check::Layout(check),
        requirements: &["REF-08", "AMB-04", "AMB-32"],
        levels: PROPOSED,
        severity: Some((
            Severity::Warning,
            "the proposal has no word for how strongly it asks for this, but what the entry leads to is never found",
        )),
        reading: Some(Reading { question: "AMB-04", error: &["must"], fine: &[] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (file, entry, carrier) in evidence.claimed() {
        if let Some((key, error)) = not_a_digest(carrier, entry, evidence.profile) {
            let what = match carrier.lists {
                Lists::Response => "response",
                Lists::Referrer => "referrer",
            };
            let pointer = annotation_pointer(&entry.pointer(), key);
            let finding = findings.on(
                file,
                pointer,
                format!("this annotation marks a {what}, but is not a digest: {error}"),
            );
            finding.of_proposal(evidence.profile.has_own_proposal(), evidence.profile);
        }
    }
}
