use crate::declare::{Canonical, Check, DECLARED};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// base.digest is not a digest
    ///
    /// ## What it does
    /// Finds `org.opencontainers.image.base.digest` values that are no digest.
    ///
    /// ## Why it matters
    /// Tools that rebuild on a new base cannot tell which one was used.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.base.digest": "latest"}}
    /// ```
    ///
    /// ## What to do
    /// Write the digest of the base image's manifest.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-010"],
        levels: DECLARED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in
        doc.annotations().filter(|annotation| annotation.is("org.opencontainers.image.base.digest"))
    {
        if let Some(error) = annotation.value.as_str().and_then(|text| doc.profile.digest_problem(&text)) {
            findings.at(doc, annotation.value, format!("this is not a digest: {error}"));
        }
    }
}
