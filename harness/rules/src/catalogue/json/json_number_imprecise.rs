use crate::declare::{Canonical, Check, Level, Since};
use crate::doc::{Doc, visit};
use crate::finding::Findings;

declare_rule! {
    /// a number does not fit into a double
    ///
    /// ## What it does
    /// Finds integers beyond 2^53 and other numbers that a double of 64 bits cannot hold.
    ///
    /// ## Why it matters
    /// JavaScript and others read another number than the one that is written.
    ///
    /// ## Example
    /// ```json
    /// {"size": 1152921504606846977}
    /// ```
    ///
    /// ## What to do
    /// Keep numbers within plus or minus 2^53; write others as strings.
    {
        check: Check::Document(check),
        requirements: &["JSON-003"],
        levels: &[(Since::Head, Level::Should)],
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    visit(doc.root, &mut |value| {
        if let Some(text) = value.as_number()
            && !fits(text)
            // a size that is not even an integer of 64 bits is reported as that
            && !(findings.pointer(&value).ends_with("/size") && text.parse::<i64>().is_err())
        {
            findings.at(doc, value, "this number has no exact value as an IEEE 754 double");
        }
    });
}

/// Whether a double holds the number as it is written, to the last digit of an integer.
fn fits(text: &str) -> bool {
    let Ok(double) = text.parse::<f64>() else { return false };
    let integer = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    double.is_finite() && (!integer || text == "-0" || format!("{double:.0}") == text)
}
