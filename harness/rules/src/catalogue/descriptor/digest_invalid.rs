use referee_spec::digest::DigestError;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the digest of a descriptor is missing or malformed
    ///
    /// ## What it does
    /// Finds descriptors whose `digest` is missing, is no string, or breaks the grammar `algorithm:encoded`.
    ///
    /// ## Why it matters
    /// Nothing can be found under it.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "SHA256:5B0B...", "size": 7682}
    /// ```
    ///
    /// ## What to do
    /// Write the digest of the content.
    {
        check: Check::Document(check),
        requirements: &["DESC-002", "DIGEST-001"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(digest) = place.value.get("digest") else {
            findings.at(doc, place.value, "this descriptor has no digest");
            continue;
        };
        match digest.as_str() {
            None => findings.at(doc, digest, "this digest is not a string"),
            Some(text) => match doc.profile.digest_problem(&text) {
                None | Some(DigestError::Registered { .. }) => {}
                Some(error) => findings.at(doc, digest, format!("this is not a digest: {error}")),
            },
        }
    }
}
