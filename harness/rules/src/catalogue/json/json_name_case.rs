use crate::declare::{Canonical, Check, DECLARED, Severity};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a name differs from a defined one by case only
    ///
    /// ## What it does
    /// Finds members whose name is one that image-spec defines for that object but for the case of its letters, in
    /// `oci-layout`, `index.json`, manifests, indexes, descriptors, platforms and image configs, whether or not the
    /// right name is there, too. Annotations have keys of their own.
    ///
    /// ## Why it matters
    /// Many JSON libraries, that of Go among them, ignore the case of names, and others do not: two programs see two
    /// documents under one digest, one with a subject and one without.
    ///
    /// ## Example
    /// ```json
    /// {"Subject": {"digest": "sha256:..."}}
    /// ```
    ///
    /// ## What to do
    /// Write the name as image-spec does, and once.
    {
        check: Check::Document(check),
        requirements: &["JSON-007"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "an unknown property is no fault, but two programs may see two documents",
        )),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for (object, name, known) in doc.odd_names() {
        let beside =
            if object.get(known).is_some() { format!("; `{known}` is here, too") } else { String::new() };
        let message = format!("some parsers take {} for `{known}`, and some do not{beside}", name.text());
        findings.at(doc, name, message);
    }
}
