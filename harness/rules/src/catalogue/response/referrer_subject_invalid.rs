use crate::declare::{Canonical, Check, PROPOSED, Reading, Severity};
use crate::doc::{Doc, DocKind, Slot};
use crate::finding::Findings;

declare_rule! {
    /// the mark of a response is not a digest
    ///
    /// ## What it does
    /// Finds entries of index.json whose annotation for a response is not one digest.
    ///
    /// ## Why it matters
    /// Nobody asks for it, so the response is never found. The proposal has no word for how strongly it asks for this,
    /// so it is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256-5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Write the digest of the subject, as it is in the listed manifests.
    {
        check: Check::Document(check),
        requirements: &["REF-08", "AMB-04", "AMB-32"],
        levels: PROPOSED,
        severity: Some(Severity::Warning),
        reading: Some(Reading { question: "AMB-04", error: &["must"], fine: &[] }),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let Some(key) = doc.profile.key().filter(|_| doc.kind == DocKind::IndexJson) else { return };
    for annotation in doc.annotations().filter(|annotation| annotation.is(key)) {
        let entry = matches!(annotation.slot, Some(Slot::Entry(_)));
        if let Some(error) =
            annotation.value.as_str().filter(|_| entry).and_then(|text| doc.profile.digest_problem(&text))
        {
            findings.at(
                doc,
                annotation.value,
                format!("this annotation marks a response, but is not a digest: {error}"),
            );
        }
    }
}
