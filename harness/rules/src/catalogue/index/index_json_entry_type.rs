use crate::declare::{Canonical, Check, DECLARED};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// index.json lists something other than manifests and indexes
    ///
    /// ## What it does
    /// Finds entries of index.json whose media type is neither that of an image manifest nor that of an image
    /// index. That is allowed, and unusual.
    ///
    /// ## Why it matters
    /// Readers must not fail because of it, and some do.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/xml", "digest": "sha256:...", "size": 7143}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if it is meant.
    {
        check: Check::Document(check),
        requirements: &["INDEX-021"],
        levels: DECLARED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::IndexJson {
        for (at, found) in doc.foreign_entry_types() {
            findings.at(
                doc,
                at,
                format!("index.json usually lists manifests and indexes, but this is {found}"),
            );
        }
    }
}
