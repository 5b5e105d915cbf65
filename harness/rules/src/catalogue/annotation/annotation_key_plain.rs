use crate::declare::{Canonical, Check, SHOULD, Severity};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// an annotation key is not in reverse domain notation
    ///
    /// ## What it does
    /// Finds annotation keys without a dot, or that begin with `vnd.`.
    ///
    /// ## Why it matters
    /// Two tools may use one word for two things.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"kind": "signature"}}
    /// ```
    ///
    /// ## What to do
    /// Put a domain that you own before it: com.example.kind.
    {
        check: Check::Document(check),
        requirements: &["ANNOT-004"],
        levels: SHOULD,
        severity: Some((Severity::Info, "no program can tell a domain from a word")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for annotation in doc.annotations() {
        let Some(key) = annotation.name.as_str() else { continue };
        if doc.profile.defines(&key) {
            continue;
        }
        if !key.trim_matches('.').contains('.') || key.starts_with("vnd.") {
            findings.at(doc, annotation.name, format!("the key {key:?} is not in reverse domain notation"));
        }
    }
}
