//! `ref-name-misplaced`: ref.name is somewhere else than on an entry of index.json.

use referee_layout::media_type;

use crate::doc::Doc;
use crate::doc::{DocKind, Slot};
use crate::finding::Findings;
use crate::rule::{Check, SHOULD};

declare_rule! {
    /// ## What it does
    /// Finds `org.opencontainers.image.ref.name` on anything but a descriptor in index.json, where alone it counts.
    /// In a referrers response it may be a copy, and the manifest is reported.
    ///
    /// ## Why it matters
    /// A tool that honours it there, or copies it up, makes a tag that nobody gave.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    /// ```
    ///
    /// ## What to do
    /// Leave it out; tag the manifest in index.json.
    {
        id: "ref-name-misplaced",
        summary: "ref.name is somewhere else than on an entry of index.json",
        requirements: &["ANNOT-020"],
        levels: SHOULD,
        source: "image-spec annotations.md, Pre-Defined Annotation Keys",
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let entry = |slot| doc.kind == DocKind::IndexJson && matches!(slot, Some(Slot::Entry(_)));
    for annotation in doc.keys().filter(|annotation| annotation.is(media_type::REF_NAME)) {
        if !entry(annotation.slot) {
            findings.at(doc, annotation.name, "ref.name counts on the entries of index.json only");
        }
    }
}
