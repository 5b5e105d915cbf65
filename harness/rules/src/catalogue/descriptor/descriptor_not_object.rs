use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a value in place of a descriptor is not an object
    ///
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
        check: Check::Document(check),
        requirements: &["INDEX-005", "INDEX-016", "MANIFEST-006", "MANIFEST-011", "MANIFEST-016"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.slot_values() {
        if place.value.kind() != Kind::Object {
            findings.at(
                doc,
                place.value,
                "expected a descriptor here: an object with mediaType, digest and size",
            );
        }
    }
}
