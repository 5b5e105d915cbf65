use referee_spec::media_type;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::{Doc, DocKind};
use crate::finding::Findings;

declare_rule! {
    /// a manifest with the empty config has no artifactType
    ///
    /// ## What it does
    /// Finds image manifests whose `config.mediaType` is the empty type and that have no `artifactType`.
    ///
    /// ## Why it matters
    /// A consumer that lists referrers by type has nothing left to filter on.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.empty.v1+json"}, "layers": []}
    /// ```
    ///
    /// ## What to do
    /// Say the type of the artifact.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-003"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let config = doc.root.get("config").filter(|_| doc.kind == DocKind::Manifest);
    let Some(own) = config.and_then(|config| config.get("mediaType")) else { return };
    if own.equals(media_type::EMPTY) && doc.root.get("artifactType").is_none() {
        findings.at(doc, own, "a manifest with this config must have an artifactType");
    }
}
