use crate::declare::{Canonical, Check, MUST};
use crate::doc::{Doc, is_in_annotations};
use crate::finding::Findings;

declare_rule! {
    /// an annotation key is there twice
    ///
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
        check: Check::Document(check),
        requirements: &["ANNOT-003"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for name in doc.duplicate_names() {
        if is_in_annotations(&findings.pointer(name)) {
            findings.at(doc, *name, format!("an earlier member has the key {}, too", name.text()));
        }
    }
}
