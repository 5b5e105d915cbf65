use referee_spec::media_type;

use crate::declare::{Canonical, Check, SHOULD, Severity};
use crate::doc::{Doc, DocKind, SlotValue};
use crate::finding::Findings;

declare_rule! {
    /// the config of an image does not have the media type of an image config
    ///
    /// ## What it does
    /// Finds manifests whose layers are all OCI image layers, that have no `artifactType`, and whose config has
    /// another type than that of an image config.
    ///
    /// ## Why it matters
    /// Runtimes do not know how to run it.
    ///
    /// ## Example
    /// ```json
    /// {"config": {"mediaType": "application/vnd.example.config+json"}, "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar"}]}
    /// ```
    ///
    /// ## What to do
    /// Use the type of an image config, or say an artifactType.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-010"],
        levels: SHOULD,
        severity: Some((Severity::Info, "files do not say what is meant to run")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind != DocKind::Manifest || doc.root.get("artifactType").is_some() {
        return;
    }
    let own = doc.root.get("config").and_then(|config| config.get("mediaType"));
    let Some(own) = own.filter(|own| !own.equals(media_type::IMAGE_CONFIG)) else { return };
    let mut layers = doc.layers().peekable();
    let tar = |layer: SlotValue<'_>| {
        let own = layer.value.get("mediaType").and_then(|own| own.as_str());
        own.is_some_and(|own| own.starts_with("application/vnd.oci.image.layer."))
    };
    if layers.peek().is_some() && layers.all(tar) {
        findings.at(
            doc,
            own,
            "the layers are image layers, but this is not the media type of an image config",
        );
    }
}
