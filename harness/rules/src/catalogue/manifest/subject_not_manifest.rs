use referee_layout::facts::Verified;
use referee_layout::{Blob, BlobContent, DocumentKind};
use referee_spec::media_type;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::{Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// a subject is not a manifest
    ///
    /// ## What it does
    /// Finds manifests and indexes whose `subject` names a blob of the layout that is no manifest and no index: a config,
    /// a layer, or content that is no JSON object. Manifests of other specifications are manifests, too.
    ///
    /// ## Why it matters
    /// The usual cause is a signature of the image id, which is the digest of the config, in place of the image's own
    /// digest. Whoever asks for the referrers of the image does not find it.
    ///
    /// ## Example
    /// ```json
    /// {"subject": {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:<of a config>", "size": 233}}
    /// ```
    ///
    /// ## What to do
    /// Attach it to the manifest: the one whose `config` or `layers` name the blob, say.
    {
        check: Check::Layout(check),
        requirements: &["MANIFEST-016", "INDEX-016", "DESC-021"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for blob_node in evidence.blob_nodes().filter(|blob_node| blob_node.node.is_none()) {
        let Some(blob) = blob_node.blob.filter(|blob| blob.verified != Verified::No) else { continue };
        let used = blob_node.references.iter().find_map(part_of_image);
        for one in blob_node.references.iter().filter(|one| one.slot() == Slot::Subject) {
            let part = used.map(|(what, _)| what).or_else(|| one.media_type().and_then(part_by_type));
            let Some(what) = part.or_else(|| foreign(blob, one)) else { continue };
            let typed = if one.media_type().is_some() { "/mediaType" } else { "" };
            let message = format!("a subject is a manifest, but this is {what}");
            let finding = findings.on(one.file(), one.pointer() + typed, message);
            if let Some((_, use_of_it)) = used {
                finding.see(use_of_it.file(), use_of_it.pointer(), "it is used here");
            }
            finding.see(blob_path(blob_node.digest), "", "the blob");
        }
    }
}

/// What a blob is as a part of an image, by the place of a descriptor that names it.
fn part_of_image<'r, 'a>(one: &'r Reference<'a>) -> Option<(&'static str, &'r Reference<'a>)> {
    match one.slot() {
        Slot::Config => Some(("a config", one)),
        Slot::Layer(_) => Some(("a layer", one)),
        Slot::Entry(_) | Slot::Subject => None,
    }
}

/// The same by the media type that the subject's descriptor gives.
fn part_by_type(own: &str) -> Option<&'static str> {
    match own {
        media_type::IMAGE_CONFIG => Some("a config"),
        media_type::EMPTY => Some("the empty descriptor's content"),
        _ if media_type::LAYERS.contains(&own) => Some("a layer"),
        _ => None,
    }
}

/// What the content of a blob shows that is named as a manifest. Of a type that is not known any JSON object may be one.
fn foreign(blob: &Blob, one: &Reference<'_>) -> Option<&'static str> {
    let known = one.media_type().and_then(DocumentKind::of_media_type).is_some();
    match &blob.content {
        BlobContent::Opaque => Some("no JSON object"),
        BlobContent::Broken(_) if known => Some("no JSON"),
        BlobContent::Json(_) if known => Some("a JSON object without the fields of one"),
        _ => None,
    }
}
