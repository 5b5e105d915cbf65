use referee_layout::json::Kind;

use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// a manifest has no layers
    ///
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
        check: Check::Document(check),
        requirements: &["MANIFEST-012"],
        levels: SHOULD,
        canonical: Canonical::Skip,
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
