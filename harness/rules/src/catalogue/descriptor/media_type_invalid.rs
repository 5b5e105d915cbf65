use referee_layout::{DescriptorView, Field};

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the mediaType of a descriptor is missing or malformed
    ///
    /// ## What it does
    /// Finds descriptors whose `mediaType` is missing, or is not `type/subtype` as RFC 6838 section 4.2 has it: no
    /// parameters, at most 127 characters each.
    ///
    /// ## Why it matters
    /// A reader that does not know the type of a blob skips it.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "text/plain; charset=utf-8", "digest": "sha256:...", "size": 5}
    /// ```
    ///
    /// ## What to do
    /// Write a registered name, or one like application/vnd.example.thing+json.
    {
        check: Check::Document(check),
        requirements: &["DESC-001", "MANIFEST-009", "MANIFEST-015"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        match DescriptorView::new(place.value).media_type() {
            Field::Absent => findings.at(doc, place.value, "this descriptor has no mediaType"),
            Field::Malformed(reason, _) => {
                let at = place.value.get("mediaType").unwrap_or(place.value);
                findings.at(doc, at, format!("this mediaType {reason}"));
            }
            Field::Present(..) => {}
        }
    }
}
