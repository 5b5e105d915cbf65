//! `annotation-duplicate`: an annotation key is there twice.

use crate::catalogue::json::json_duplicate_name::in_annotations;
use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, MUST};

declare_rule! {
    /// ## What it does
    /// Finds keys that are twice in the same `annotations`.
    ///
    /// ## Why it matters
    /// Some parsers take the first and some the last: a response is marked for one subject or for another.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"com.example.k": "1", "com.example.k": "2"}}
    /// ```
    ///
    /// ## What to do
    /// Keep one of them.
    {
        id: "annotation-duplicate",
        summary: "an annotation key is there twice",
        requirements: &["ANNOT-003"],
        levels: MUST,
        source: "image-spec annotations.md, Rules",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for name in doc.duplicate_names() {
        if in_annotations(&name.pointer()) {
            findings.at(doc, *name, format!("the key {} is there already", name.text()));
        }
    }
}
