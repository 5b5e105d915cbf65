//! `layers-empty`: a manifest has no layers.

use referee_layout::json::Kind;

use crate::doc::Doc;
use crate::doc::DocKind;
use crate::finding::Findings;
use crate::rule::{Canonical, Check, SHOULD};

declare_rule! {
    /// ## What it does
    /// Finds image manifests with no layer at all. The text recommends one, the JSON Schema demands it.
    ///
    /// ## Why it matters
    /// Some registries and tools refuse a manifest without layers.
    ///
    /// ## Example
    /// ```json
    /// {"layers": []}
    /// ```
    ///
    /// ## What to do
    /// List the empty descriptor as the only layer.
    {
        id: "layers-empty",
        summary: "a manifest has no layers",
        requirements: &["MANIFEST-012"],
        levels: SHOULD,
        source: "image-spec manifest.md, Image Manifest Property Descriptions",
        canonical: Canonical::Skip,
        check: Check::Document(check),
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Manifest {
        match doc.root.get("layers") {
            None => findings.at(doc, doc.root, "this manifest has no layers"),
            Some(layers) if layers.kind() == Kind::Array && layers.items().next().is_none() => {
                findings.at(doc, layers, "this manifest has no layers");
            }
            Some(_) => {}
        }
    }
}
