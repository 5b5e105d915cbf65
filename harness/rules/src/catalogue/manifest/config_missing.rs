//! `config-missing`: an image manifest has no config.

use crate::doc::Doc;
use crate::doc::DocKind;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, MUST};

declare_rule! {
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
        id: "config-missing",
        summary: "an image manifest has no config",
        requirements: &["MANIFEST-006"],
        levels: MUST,
        source: "image-spec manifest.md, Image Manifest Property Descriptions",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Manifest && doc.root.get("config").is_none() {
        findings.at(doc, doc.root, "this image manifest has no config");
    }
}
