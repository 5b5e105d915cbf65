use crate::declare::{Canonical, Check, Level, Since};
use crate::doc::{Doc, is_in_annotations};
use crate::finding::Findings;

declare_rule! {
    /// an object has the same name twice
    ///
    /// ## What it does
    /// Finds members of JSON objects, at any depth, whose name an earlier member has. HEAD forbids them, v1.1.1
    /// leaves it to RFC 8259, which advises against them. Annotations have a rule of their own.
    ///
    /// ## Why it matters
    /// Some parsers take the first and some the last: two programs see two documents under one digest.
    ///
    /// ## Example
    /// ```json
    /// {"subject": {"digest": "sha256:1..."}, "subject": {"digest": "sha256:2..."}}
    /// ```
    ///
    /// ## What to do
    /// Keep one of them.
    {
        check: Check::Document(check),
        requirements: &["JSON-004"],
        levels: &[(Since::V1_1, Level::Should), (Since::Head, Level::Must)],
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for name in doc.duplicate_names() {
        if !is_in_annotations(&findings.pointer(name)) {
            findings.at(doc, *name, format!("an earlier member has the name {}, too", name.text()));
        }
    }
}
