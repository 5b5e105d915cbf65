use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the size of a descriptor is missing or not a 64-bit integer
    ///
    /// ## What it does
    /// Finds descriptors whose `size` is missing, no number, no integer, or larger than 2^63-1.
    ///
    /// ## Why it matters
    /// Readers allocate or limit by it; what does not fit is read as something else.
    ///
    /// ## Example
    /// ```json
    /// {"size": 9223372036854775808}
    /// ```
    ///
    /// ## What to do
    /// Write the number of bytes of the content.
    {
        check: Check::Document(check),
        requirements: &["DESC-004"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let Some(size) = place.value.get("size") else {
            findings.at(doc, place.value, "this descriptor has no size");
            continue;
        };
        let Some(text) = size.as_number() else {
            findings.at(doc, size, "this size is not a number");
            continue;
        };
        if text.parse::<i64>().is_err() {
            findings.at(doc, size, "this size is not an integer of at most 64 bits");
        }
    }
}
