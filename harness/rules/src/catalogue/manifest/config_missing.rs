use crate::declare::{Canonical, Check, MUST};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// an image manifest has no config
    ///
    /// ## What it does
    /// Finds image manifests without `config`.
    ///
    /// ## Why it matters
    /// It is required; for an artifact the empty descriptor does.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "layers": []}
    /// ```
    ///
    /// ## What to do
    /// Add the descriptor of the config, or the empty descriptor.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-006"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Manifest && doc.root.get("config").is_none() {
        findings.at(doc, doc.root, "this image manifest has no config");
    }
}
