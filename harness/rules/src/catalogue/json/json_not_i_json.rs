use crate::declare::{Canonical, Check, Level, Since};
use crate::doc::{Doc, visit};
use crate::finding::Findings;

declare_rule! {
    /// a string is not Unicode text
    ///
    /// ## What it does
    /// Finds strings with half of a surrogate pair or with a code point that is no character.
    ///
    /// ## Why it matters
    /// Parsers replace them, each by something else.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"com.example.k": "\\ud800"}}
    /// ```
    ///
    /// ## What to do
    /// Write whole characters.
    {
        check: Check::Document(check),
        requirements: &["JSON-001"],
        levels: &[(Since::Head, Level::Must)],
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    visit(doc.root, &mut |value| {
        let noncharacter = |c: char| matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
        if !value.is_well_formed() || value.as_str().is_some_and(|text| text.chars().any(noncharacter)) {
            findings.at(
                doc,
                value,
                "this string has unpaired surrogates or noncharacters, which I-JSON forbids",
            );
        }
    });
}
