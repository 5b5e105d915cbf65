//! What may name a subject and could not be read.
//!
//! Owns: which entries and blobs these are, and why. Leaves to others: telling a person ([`super::census`]).
//!
//! An entry of index.json stands for a manifest, and one with an artifact type anywhere for something that may be a referrer.
//! Other entries of an index are its platforms, which may be left behind on purpose (image-spec image-index.md).

use std::collections::{BTreeMap, BTreeSet};

use super::census::{How, Related, lists};
use super::{FoundAt, unlisted_folder};
use crate::document::ManifestView;
use crate::facts::{Blob, BlobContent, Descriptor, DocumentKind, Facts, Verified};
use referee_spec::path::blob_path;
use referee_spec::{Digest, media_type};

/// One of them.
#[derive(Debug)]
pub(super) struct Unclear<'a> {
    pub(super) digest: Option<&'a Digest>,
    pub(super) media_type: Option<&'a str>,
    pub(super) artifact_type: Option<&'a str>,
    pub(super) places: BTreeSet<FoundAt>,
    /// As a sentence fragment.
    pub(super) why: String,
}

impl<'a> Unclear<'a> {
    /// What is known by its place alone.
    fn at(place: FoundAt, why: String) -> Self {
        Self { digest: None, media_type: None, artifact_type: None, places: [place].into(), why }
    }

    /// It as what has to do with any subject.
    pub(super) fn related(&self) -> Related<'a> {
        Related {
            digest: self.digest,
            media_type: self.media_type,
            artifact_type: self.artifact_type,
            hows: vec![How::Unclear(self.why.clone())],
            places: self.places.clone(),
        }
    }
}

pub(super) fn gather(facts: &Facts) -> Vec<Unclear<'_>> {
    let mut by_digest: BTreeMap<&Digest, Unclear<'_>> = BTreeMap::new();
    let mut without_digest = Vec::new();
    for (file, entry) in lists(facts) {
        let place = FoundAt::of(file, Some(entry));
        let (digest, media_type, artifact_type, why) = match &entry.descriptor {
            Ok(descriptor) if !claims(file.is_none(), descriptor) => continue,
            Ok(descriptor) => {
                let Some(why) = unread(facts, &descriptor.digest) else { continue };
                let artifact_type = descriptor.optional().artifact_type.as_deref();
                (Some(&descriptor.digest), Some(&*descriptor.media_type), artifact_type, why)
            }
            Err(unusable) if file.is_none() => {
                let mention = unusable.mention.as_ref();
                let digest = mention.map(|mention| &mention.digest);
                // what is there says itself whose referrer it is
                if digest.is_some_and(|digest| unread(facts, digest).is_none()) {
                    continue;
                }
                let media_type = mention.and_then(|mention| mention.media_type.as_deref());
                (digest, media_type, None, format!("its entry {}", unusable.reason))
            }
            Err(_) => continue,
        };
        let one = Unclear { digest, media_type, artifact_type, places: BTreeSet::new(), why };
        match digest {
            Some(digest) => _ = by_digest.entry(digest).or_insert(one).places.insert(place),
            None => without_digest.push(Unclear { places: [place].into(), ..one }),
        }
    }
    for (digest, why) in blobs(facts) {
        let itself = FoundAt { file: blob_path(digest), pointer: String::new(), via: None };
        by_digest.entry(digest).or_insert(Unclear {
            digest: Some(digest),
            media_type: None,
            artifact_type: None,
            places: [itself].into(),
            why,
        });
    }
    let root = facts.index().ok().and_then(|index| index.root().ok());
    let index = root.map(ManifestView::new);
    if let Some(index) =
        index.filter(|index| index.manifests().present().is_none() && !index.manifests_is_null())
    {
        let place = FoundAt { file: "index.json".to_owned(), pointer: "/manifests".to_owned(), via: None };
        let found = index.manifests();
        let why = format!("manifests of index.json {}", found.malformed().unwrap_or("is absent"));
        without_digest.push(Unclear::at(place, why));
    }
    for (folder, error) in facts.unreadable() {
        let place = FoundAt { file: folder.clone(), pointer: String::new(), via: None };
        let why = format!("the folder {error}, so what is in it was not read");
        without_digest.push(Unclear::at(place, why));
    }
    by_digest.into_values().chain(without_digest).collect()
}

/// Whether an entry may be that of a referrer.
fn claims(in_index_json: bool, descriptor: &Descriptor) -> bool {
    let is_manifest = DocumentKind::of_media_type(&descriptor.media_type).is_some()
        || descriptor.media_type == media_type::ARTIFACT_MANIFEST;
    descriptor.optional().artifact_type.is_some() || (in_index_json && is_manifest)
}

/// Why it cannot be told whose referrer a blob is, if it is any.
fn unread(facts: &Facts, digest: &Digest) -> Option<String> {
    let Some(blob) = facts.blobs().get(digest) else {
        return Some(match unlisted_folder(facts, digest) {
            Some(folder) => format!("its blob was not found, as {folder} could not be read"),
            None => "its blob is not in the layout".to_owned(),
        });
    };
    let unread = malformed(blob).or_else(|| unverified(blob));
    unread.or_else(|| match blob.content {
        BlobContent::Broken(_) => Some("its blob is no JSON".to_owned()),
        // its bytes were not hashed, so they need not be those that the entry stands for
        BlobContent::Json(None) => Some("its blob is neither a manifest nor an index".to_owned()),
        BlobContent::Opaque => Some("its blob is no JSON object".to_owned()),
        BlobContent::Large => {
            Some(format!("its blob has {} bytes, more than are read of a document", blob.size))
        }
        _ => None,
    })
}

/// What is wrong with a `subject` that names nothing.
fn malformed(blob: &Blob) -> Option<String> {
    let flaws = match &blob.content {
        BlobContent::Node(node) if node.subject.is_none() => &node.flaws,
        BlobContent::Json(Some(foreign)) if foreign.subject.is_none() => &foreign.flaws,
        _ => return None,
    };
    let flaw = flaws.iter().find(|flaw| flaw.pointer.starts_with("/subject"))?;
    Some(format!("its `subject` names nothing: {}", flaw.message))
}

/// Why a blob was not read, or why what was read is not what its digest stands for.
fn unverified(blob: &Blob) -> Option<String> {
    match &blob.content {
        BlobContent::Unreadable(error) => Some(format!("its blob {error}")),
        // whatever it names: these are not the bytes that the digest stands for
        BlobContent::Node(_) | BlobContent::Json(Some(_)) if blob.verified == Verified::No => {
            Some("its blob does not match its digest".to_owned())
        }
        _ => None,
    }
}

/// Blobs that may be referrers for all that is known, whether a list has them or not: no manifest that was read has them as
/// content, where a `subject` need not be that of a manifest (an in-toto statement has a list of that name). What an index
/// has is what it says, and a damaged one of its platforms names nothing.
fn blobs(facts: &Facts) -> Vec<(&Digest, String)> {
    let without = |mut doubtful: Vec<(_, _)>, kinds: &[DocumentKind]| {
        if !doubtful.is_empty() {
            let named = facts.nodes().filter(|node| kinds.contains(&node.kind)).flat_map(|node| {
                let config = node.config.iter().map(|config| &config.digest);
                config.chain(node.entries.iter().filter_map(|entry| entry.digest()))
            });
            let named: BTreeSet<&Digest> = named.collect();
            doubtful.retain(|(digest, _)| !named.contains(digest));
        }
        doubtful
    };
    let malformed = without(facts.blobs().pick(|_, blob| malformed(blob)), &[DocumentKind::Manifest]);
    let unverified = facts.blobs().pick(|_, blob| unverified(blob));
    let unverified = without(unverified, &[DocumentKind::Manifest, DocumentKind::Index]);
    malformed.into_iter().chain(unverified).collect()
}
