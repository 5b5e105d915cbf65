//! `layers-invalid`: layers is not an array.

use referee_layout::json::Kind;

use crate::doc::Doc;
use crate::doc::DocKind;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, MUST};

declare_rule! {
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
        id: "layers-invalid",
        summary: "layers is not an array",
        requirements: &["MANIFEST-011"],
        levels: MUST,
        source: "image-spec manifest.md, Image Manifest Property Descriptions",
        canonical: Canonical::Skip,
        check: Check::Document(check),
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
