use referee_spec::media_type;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// an artifactType is not a media type
    ///
    /// ## What it does
    /// Finds `artifactType` values, of manifests, indexes and descriptors, that are not `type/subtype` as RFC 6838
    /// section 4.2 has it. An empty string is none either.
    ///
    /// ## Why it matters
    /// Referrers are asked for by their type, and registries may refuse to filter by one that is malformed.
    ///
    /// ## Example
    /// ```json
    /// {"artifactType": "sbom"}
    /// ```
    ///
    /// ## What to do
    /// Write a name like application/vnd.example.sbom.
    {
        check: Check::Document(check),
        requirements: &["INDEX-017", "DESC-011", "MANIFEST-004"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    let own = doc.root.get("artifactType").filter(|_| doc.is_manifest_or_index());
    let theirs = doc.descriptors().filter_map(|place| place.value.get("artifactType"));
    for value in own.into_iter().chain(theirs) {
        if !value.as_str().is_some_and(|text| media_type::is_media_type(&text)) {
            findings.at(doc, value, "this artifactType is not `type/subtype` by RFC 6838 section 4.2");
        }
    }
}
