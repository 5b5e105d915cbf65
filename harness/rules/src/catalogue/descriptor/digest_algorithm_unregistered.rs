use crate::declare::{Canonical, Check, SHOULD, Severity};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the algorithm of a digest is not registered
    ///
    /// ## What it does
    /// Finds digests whose algorithm the revision does not register. They pass validation, and cannot be verified.
    ///
    /// ## Why it matters
    /// Readers that do not know the algorithm have to trust the content, or refuse.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "md5:d41d8cd98f00b204e9800998ecf8427e"}
    /// ```
    ///
    /// ## What to do
    /// Use sha256.
    {
        check: Check::Document(check),
        requirements: &["DIGEST-002", "DIGEST-007"],
        levels: SHOULD,
        severity: Some((Severity::Info, "a layout may have its reasons")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Some(digest) = place.value.get("digest")
            && let Some(text) = digest.as_str()
            && doc.profile.digest_problem(&text).is_none()
            && let Some((algorithm, _)) = text.split_once(':')
            && !doc.profile.registers(algorithm)
        {
            findings.at(
                doc,
                digest,
                format!("{algorithm} is not a registered algorithm, so this cannot be verified"),
            );
        }
    }
}
