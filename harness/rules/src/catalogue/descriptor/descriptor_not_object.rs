//! `descriptor-not-object`: something else stands where a descriptor belongs.

use referee_layout::json::Kind;

use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, MUST};

declare_rule! {
    /// ## What it does
    /// Finds items of `manifests` and `layers`, and values of `config` and `subject`, that are no JSON objects.
    ///
    /// ## Why it matters
    /// A malformed subject makes a referrer that nobody finds.
    ///
    /// ## Example
    /// ```json
    /// {"subject": "sha256:5b0b..."}
    /// ```
    ///
    /// ## What to do
    /// Write a descriptor with mediaType, digest and size.
    {
        id: "descriptor-not-object",
        summary: "something else stands where a descriptor belongs",
        requirements: &["INDEX-005", "INDEX-016", "MANIFEST-006", "MANIFEST-011", "MANIFEST-016"],
        levels: MUST,
        source: "image-spec descriptor.md, Properties",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.places() {
        if place.value.kind() != Kind::Object {
            findings.at(
                doc,
                place.value,
                "here a descriptor belongs: an object with mediaType, digest and size",
            );
        }
    }
}
