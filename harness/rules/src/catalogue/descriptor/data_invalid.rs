use referee_layout::{DescriptorView, Field};

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// data of a descriptor is not base64
    ///
    /// ## What it does
    /// Finds `data` that is no string, or not base64 as RFC 4648 section 4 has it: that alphabet, with padding.
    ///
    /// ## Why it matters
    /// A reader that uses it gets nothing, or something else.
    ///
    /// ## Example
    /// ```json
    /// {"data": "e30"}
    /// ```
    ///
    /// ## What to do
    /// Encode with padding and with `+` and `/`.
    {
        check: Check::Document(check),
        requirements: &["DESC-009"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Field::Malformed(reason, _) = DescriptorView::new(place.value).data()
            && let Some(data) = place.value.get("data")
        {
            findings.at(doc, data, format!("this data {reason}"));
        }
    }
}
