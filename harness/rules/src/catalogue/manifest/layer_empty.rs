use referee_spec::media_type;

use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// the only layer of an artifact has no bytes
    ///
    /// ## What it does
    /// Finds artifacts whose only layer has size 0.
    ///
    /// ## Why it matters
    /// Some registries refuse empty blobs.
    ///
    /// ## Example
    /// ```json
    /// {"layers": [{"mediaType": "application/octet-stream", "digest": "sha256:e3b0...", "size": 0}]}
    /// ```
    ///
    /// ## What to do
    /// Use the empty descriptor, whose content is `{}`.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-021"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let config = doc.root.get("config").and_then(|config| config.get("mediaType"));
    let image = config.is_none_or(|own| own.equals(media_type::IMAGE_CONFIG));
    if doc.kind != DocKind::Manifest || (image && doc.root.get("artifactType").is_none()) {
        return;
    }
    let mut layers = doc.layers();
    if let (Some(only), None) = (layers.next(), layers.next())
        && let Some(size) = only.value.get("size")
        && size.as_number() == Some("0")
    {
        findings.at(
            doc,
            size,
            "the only layer of this artifact has no bytes; the empty descriptor describes two",
        );
    }
}
