use jiff::Timestamp;

use crate::declare::{Canonical, Check, DECLARED};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// created is not a date and time
    ///
    /// ## What it does
    /// Finds `org.opencontainers.image.created` values that are no date and time by RFC 3339.
    ///
    /// ## Why it matters
    /// Tools that sort or expire by it skip the image.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.created": "yesterday"}}
    /// ```
    ///
    /// ## What to do
    /// Write it as 2024-02-21T09:33:26Z.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-009"],
        levels: DECLARED,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations().filter(|annotation| annotation.is("org.opencontainers.image.created"))
    {
        if annotation.value.as_str().is_some_and(|text| !is_rfc3339(&text)) {
            findings.at(doc, annotation.value, "this is not a date and time by RFC 3339");
        }
    }
}

fn is_rfc3339(text: &str) -> bool {
    // the library also reads shorter forms, which RFC 3339 does not have
    let long = text.len() >= "2024-02-21T09:33:26Z".len()
        && matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' '));
    let offset =
        text.ends_with(['Z', 'z']) || text.rsplit_once(['+', '-']).is_some_and(|(_, zone)| zone.len() == 5);
    long && offset && text.parse::<Timestamp>().is_ok()
}
