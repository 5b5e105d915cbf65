use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// manifests is not an array
    ///
    /// ## What it does
    /// Finds image indexes, index.json among them, whose `manifests` is missing, null or anything else but an
    /// array. An empty list is `[]`.
    ///
    /// ## Why it matters
    /// umoci writes null after removing the last reference; other readers refuse it.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "manifests": null}
    /// ```
    ///
    /// ## What to do
    /// Write `[]` for an empty list.
    {
        check: Check::Document(check),
        requirements: &["INDEX-004", "API-012", "API-005"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if !doc.is_index() {
        return;
    }
    match doc.root.get("manifests") {
        None => findings.at(doc, doc.root, "there are no manifests; an empty list is `[]`"),
        Some(list) if list.kind() != Kind::Array => {
            findings.at(doc, list, "manifests is not an array; an empty list is `[]`");
        }
        Some(_) => {}
    }
}
