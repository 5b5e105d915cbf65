use referee_spec::digest::DigestError;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the encoded part of a digest does not fit its algorithm
    ///
    /// ## What it does
    /// Finds sha256 digests that are not 64 lower case hex digits, sha512 digests that are not 128, and, where the
    /// revision registers it, blake3 digests that are not 64.
    ///
    /// ## Why it matters
    /// It is the digest of nothing: it was cut, or it comes from another algorithm.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:da39a3ee5e6b4b0d3255bfef95601890afd80709"}
    /// ```
    ///
    /// ## What to do
    /// Write the digest of the content, in lower case.
    {
        check: Check::Document(check),
        requirements: &["DIGEST-003", "DIGEST-005", "DIGEST-006"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Some(digest) = place.value.get("digest")
            && let Some(text) = digest.as_str()
            && let Some(error @ DigestError::Registered { .. }) = doc.profile.digest_problem(&text)
        {
            let only: &[&str] = match text.split(':').next() {
                Some("sha512") => &["DIGEST-005"],
                Some("blake3") => &["DIGEST-006"],
                _ => &["DIGEST-003"],
            };
            findings.at_only(Some(only), doc, digest, format!("this is not a digest: {error}"));
        }
    }
}
