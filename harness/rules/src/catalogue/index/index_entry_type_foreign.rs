use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// an image index lists something other than manifests and indexes
    ///
    /// ## What it does
    /// Finds entries of image indexes, index.json aside, whose media type is neither that of an image manifest nor
    /// that of an image index.
    ///
    /// ## Why it matters
    /// A portable index has only those two; many readers skip the entry, and some fail.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "digest": "sha256:...", "size": 7143}
    /// ```
    ///
    /// ## What to do
    /// Convert the entry, or know your readers.
    {
        check: Check::Document(check),
        requirements: &["INDEX-009"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Index {
        for (at, found) in doc.foreign_entry_types() {
            findings.at(
                doc,
                at,
                format!("an image index should list manifests and indexes, but this is {found}"),
            );
        }
    }
}
