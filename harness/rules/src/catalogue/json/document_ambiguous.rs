use crate::declare::{Canonical, Check, DECLARED, Severity};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// a document has the fields of a manifest and of an index
    ///
    /// ## What it does
    /// Finds image manifests that have `manifests`, too, and image indexes that have `config` or `layers`. Unknown
    /// properties are allowed, so nothing else is wrong with it. Programs that go by the fields see another
    /// document than programs that go by the media type.
    ///
    /// ## Why it matters
    /// What one program verifies is not what the next one runs: CVE-2021-41190 was such a confusion.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "config": {"...": "..."}, "layers": [], "manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Leave the fields of the other kind out, and say the `mediaType` in the document.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-025", "INDEX-026"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "no sentence forbids it, but two programs may see two documents")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let (what, other, foreign) = match doc.kind {
        DocKind::Manifest => ("image manifest", "image index", &["manifests"][..]),
        DocKind::Index => ("image index", "image manifest", &["config", "layers"][..]),
        DocKind::IndexJson => ("index.json", "image manifest", &["config", "layers"][..]),
        DocKind::OciLayout | DocKind::Other => return,
    };
    let there: Vec<_> = foreign.iter().filter_map(|name| Some((*name, doc.root.get(name)?))).collect();
    let Some((_, first)) = there.first() else { return };
    let names: Vec<_> = there.iter().map(|(name, _)| format!("`{name}`")).collect();
    let message =
        format!("this {what} has {}, too, so that some programs take it for an {other}", names.join(" and "));
    findings.at(doc, *first, message);
}
