use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// layers is not an array
    ///
    /// ## What it does
    /// Finds image manifests whose `layers` is there and no array.
    ///
    /// ## Why it matters
    /// Readers refuse the manifest.
    ///
    /// ## Example
    /// ```json
    /// {"layers": null}
    /// ```
    ///
    /// ## What to do
    /// Write an array of descriptors.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-011"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Manifest
        && let Some(layers) = doc.root.get("layers")
        && layers.kind() != Kind::Array
    {
        findings.at(doc, layers, "layers is not an array of descriptors");
    }
}
