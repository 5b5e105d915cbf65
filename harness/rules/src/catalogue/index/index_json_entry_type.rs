//! `index-json-entry-type`: index.json lists something else than manifests and indexes.

use crate::catalogue::index::index_entry_type_foreign::foreign;
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;
use crate::rule::{Canonical, Check, DECLARED};

declare_rule! {
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
        id: "index-json-entry-type",
        summary: "index.json lists something else than manifests and indexes",
        requirements: &["INDEX-021"],
        levels: DECLARED,
        source: "image-spec image-layout.md, index.json file",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::IndexJson {
        for (at, found) in foreign(doc) {
            findings.at(
                doc,
                at,
                format!("index.json usually lists manifests and indexes, and this is {found}"),
            );
        }
    }
}
