use referee_spec::media_type;

use crate::declare::{Canonical, Check, Level, Severity, Since};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// an artifact has an image config
    ///
    /// ## What it does
    /// Finds manifests that say an `artifactType` and have a config of the type of an image config.
    ///
    /// ## Why it matters
    /// Programs that run images take it for one.
    ///
    /// ## Example
    /// ```json
    /// {"artifactType": "application/vnd.example.sbom", "config": {"mediaType": "application/vnd.oci.image.config.v1+json"}}
    /// ```
    ///
    /// ## What to do
    /// Use the empty descriptor or a type of your own as the config.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-020"],
        levels: &[(Since::V1_1, Level::Must)],
        severity: Some((Severity::Warning, "only its maker knows what it is")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let config = doc.root.get("config").filter(|_| doc.kind == DocKind::Manifest);
    let Some(own) = config.and_then(|config| config.get("mediaType")) else { return };
    if own.equals(media_type::IMAGE_CONFIG) && doc.root.get("artifactType").is_some() {
        findings.at(doc, own, "this manifest has an artifactType and the media type of an image config");
    }
}
