use crate::declare::{Canonical, Check, Level, Since};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// the size of a descriptor is negative
    ///
    /// ## What it does
    /// Finds descriptors with a negative `size`. HEAD forbids it; in v1.1.1 it is a length that no content has.
    ///
    /// ## Why it matters
    /// Programs that read it as an unsigned number allocate without a limit.
    ///
    /// ## Example
    /// ```json
    /// {"size": -1}
    /// ```
    ///
    /// ## What to do
    /// Write the number of bytes of the content.
    {
        check: Check::Document(check),
        requirements: &["DESC-004", "DESC-005"],
        levels: &[(Since::V1_1, Level::Should), (Since::Head, Level::Must)],
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        if let Some(size) = place.value.get("size")
            && size.as_number().and_then(|text| text.parse::<i64>().ok()).is_some_and(|size| size < 0)
        {
            findings.at(doc, size, format!("the size {} is negative", size.text()));
        }
    }
}
