use crate::declare::{Canonical, Check, DECLARED, Severity};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// index.json has a subject
    ///
    /// ## What it does
    /// Finds an index.json with a `subject` or an `artifactType` of its own.
    ///
    /// ## Why it matters
    /// index.json has no digest, so it can be nobody's referrer; what the fields mean there is not said anywhere.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "manifests": [], "subject": {"digest": "sha256:..."}}
    /// ```
    ///
    /// ## What to do
    /// Store an image index as a blob, and list it.
    {
        check: Check::Document(check),
        requirements: &["INDEX-022"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no sentence forbids it, but the writer meant something that no reader sees",
        )),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::IndexJson
        && let Some(subject) = doc.root.get("subject")
    {
        findings.at(doc, subject, "index.json has no digest, so no response can list it as a referrer");
    }
}
