use std::borrow::Cow;

use referee_layout::DescriptorView;
use referee_layout::json::Value;
use referee_spec::media_type;

use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::{Doc, DocKind, Slot};
use crate::finding::Findings;

declare_rule! {
    /// an image index lists something else than manifests and indexes
    ///
    /// ## What it does
    /// Finds entries of image indexes, index.json aside, whose media type is neither that of an image manifest nor
    /// that of an image index.
    ///
    /// ## Why it matters
    /// A portable index has only those two; many readers skip the entry, and some fail.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "digest": "sha256:...", "size": 7143}
    /// ```
    ///
    /// ## What to do
    /// Convert the entry, or know your readers.
    {
        check: Check::Document(check),
        requirements: &["INDEX-009"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.kind == DocKind::Index {
        for (at, found) in foreign(doc) {
            findings.at(
                doc,
                at,
                format!("an image index should list manifests and indexes, and this is {found}"),
            );
        }
    }
}

/// The media types of entries that are neither manifests nor indexes of image-spec, and where they are.
pub(crate) fn foreign<'a>(doc: &Doc<'a>) -> impl Iterator<Item = (Value<'a>, Cow<'a, str>)> {
    // a plain entry has one of the two types
    let entries = doc.objects().filter(|place| matches!(place.slot, Slot::Entry(_)));
    entries.filter_map(|place| {
        let found = DescriptorView::new(place.value).media_type().into_present()?;
        let ours = found == media_type::IMAGE_MANIFEST || found == media_type::IMAGE_INDEX;
        Some((place.value.get("mediaType")?, found)).filter(|_| !ours)
    })
}
