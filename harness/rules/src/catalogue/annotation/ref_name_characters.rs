use referee_spec::annotation::REF_NAME;

use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, DocKind, Slot};
use crate::finding::Findings;

declare_rule! {
    /// ref.name has a character outside of the recommended ones
    ///
    /// ## What it does
    /// Finds names in index.json with characters outside of letters, digits and `-._:@/+`.
    ///
    /// ## Why it matters
    /// Programs that take the name from a command line cannot name the image.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "a b"}}
    /// ```
    ///
    /// ## What to do
    /// Choose another name.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-021"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations().filter(|annotation| annotation.is(REF_NAME)) {
        let entry = doc.kind == DocKind::IndexJson && matches!(annotation.slot, Some(Slot::Entry(_)));
        let odd = |c: char| !c.is_ascii_alphanumeric() && !"-._:@/+".contains(c);
        if let Some(c) =
            annotation.value.as_str().filter(|_| entry).and_then(|name| name.chars().find(|c| odd(*c)))
        {
            findings.at(doc, annotation.value, format!("a name should not have the character {c:?}"));
        }
    }
}
