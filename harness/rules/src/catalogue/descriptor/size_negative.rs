//! `size-negative`: a descriptor has a negative size.

use crate::doc::Doc;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, Level, Since};

declare_rule! {
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
        id: "size-negative",
        summary: "a descriptor has a negative size",
        requirements: &["DESC-004", "DESC-005"],
        levels: &[(Since::V1_1, Level::Should), (Since::Head, Level::Must)],
        source: "image-spec descriptor.md, Properties",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.objects() {
        if let Some(size) = place.value.get("size")
            && size.as_number().and_then(|text| text.parse::<i64>().ok()).is_some_and(|size| size < 0)
        {
            findings.at(doc, size, format!("no content has {} bytes", size.text()));
        }
    }
}
