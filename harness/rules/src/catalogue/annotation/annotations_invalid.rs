use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// annotations are not a map of strings
    ///
    /// ## What it does
    /// Finds `annotations` that are no object, and values in them that are no strings. Without annotations the
    /// property is absent or `{}`, never null.
    ///
    /// ## Why it matters
    /// Readers in typed languages refuse the whole document.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"com.example.k": 1}}
    /// ```
    ///
    /// ## What to do
    /// Write strings; an empty one is allowed.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-001", "ANNOT-002", "ANNOT-007", "DESC-008", "INDEX-018", "MANIFEST-018"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for (_, annotations) in doc.annotation_maps() {
        if annotations.kind() != Kind::Object {
            findings.at(doc, annotations, "annotations is not an object; leave it out where there are none");
        }
    }
    for annotation in doc.annotations().filter(|annotation| annotation.value.kind() != Kind::String) {
        findings.at(doc, annotation.value, "the value of an annotation has to be a string");
    }
}
