//! Content that exists already: manifests and indexes as bytes, taken over as they are.
//!
//! Owns: bringing them into the form and order of [`Contents`]. Leaves to others: reading what is in the bytes, and
//! whether they match their digest.

use std::collections::{BTreeMap, BTreeSet};

use referee_spec::Digest;

use super::{Blob, ContentNode, Contents, Subject};
use crate::content::{Kind, Name, Platform};

/// A manifest or index, with what a layout's lists say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawManifest {
    /// Its digest, under which `bytes` are written.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// The document itself.
    pub bytes: Vec<u8>,
    /// The digest in its `subject`; what it names may be absent.
    pub subject: Option<Digest>,
    /// The children of an index, in order; what they name may be absent.
    pub manifests: Vec<Digest>,
    /// The `artifactType` of its descriptor in a referrers response (distribution-spec, "Listing Referrers").
    pub artifact_type: Option<String>,
    /// Its own annotations.
    pub annotations: BTreeMap<String, String>,
    /// What an image runs on, for its descriptor in an index.
    pub platform: Option<Platform>,
    /// Its tags (`org.opencontainers.image.ref.name`), each for an entry of index.json.
    pub tags: Vec<String>,
    /// Its config and layers, as far as they are to be written with it: large ones are better copied as files.
    pub blobs: Vec<Blob>,
}

impl Contents {
    /// The same manifests for every convention: none is changed, and each stays under its own digest, so that an index
    /// that a convention puts in the place of another lists that other one.
    ///
    /// Of two with the same digest, the first counts.
    pub fn from_manifests(manifests: Vec<RawManifest>) -> Self {
        let mut given: BTreeMap<Name, ContentNode> = BTreeMap::new();
        let mut order = Vec::new();
        for manifest in manifests {
            let name = name_of(&manifest.digest);
            if !given.contains_key(&name) {
                given.insert(name.clone(), node(manifest, order.len()));
                order.push(name);
            }
        }
        let subjects: Vec<Subject> = given.values().filter_map(|node| node.subject.clone()).collect();
        for subject in subjects {
            if !given.contains_key(&subject.name) {
                given.insert(subject.name.clone(), absent(subject.digest, order.len()));
                order.push(subject.name);
            }
        }
        let mut contents = Self { nodes: Vec::new(), asked: given.keys().cloned().collect() };
        let mut begun = BTreeSet::new();
        for name in &order {
            contents.take(name, &mut given, &mut begun);
        }
        contents
    }

    /// Moves a node over after its subject and its children.
    fn take(&mut self, name: &Name, given: &mut BTreeMap<Name, ContentNode>, begun: &mut BTreeSet<Name>) {
        let Some(node) = given.get(name) else { return };
        if !begun.insert(name.clone()) {
            return;
        }
        let needs = node.subject.iter().map(|subject| &subject.name).chain(&node.manifests);
        let needs: Vec<Name> = needs.cloned().collect();
        for need in &needs {
            self.take(need, given, begun);
        }
        self.nodes.extend(given.remove(name));
    }
}

fn name_of(digest: &Digest) -> Name {
    Name::new(&digest.to_string())
}

fn node(manifest: RawManifest, position: usize) -> ContentNode {
    let mut tags = manifest.tags.into_iter();
    ContentNode {
        name: name_of(&manifest.digest),
        position,
        kind: if manifest.manifests.is_empty() { Kind::Artifact } else { Kind::Index },
        tag: tags.next(),
        other_tags: tags.collect(),
        digest: manifest.digest,
        media_type: manifest.media_type,
        bytes: manifest.bytes,
        subject: manifest.subject.map(|digest| Subject { name: name_of(&digest), digest }),
        artifact_type: manifest.artifact_type,
        annotations: manifest.annotations,
        absent: false,
        platform_in_entry: false,
        blobs: manifest.blobs,
        platform: manifest.platform,
        manifests: manifest.manifests.iter().map(name_of).collect(),
        file: None,
    }
}

/// A subject that is in no layout: only its digest is known.
fn absent(digest: Digest, position: usize) -> ContentNode {
    ContentNode {
        name: name_of(&digest),
        position,
        kind: Kind::Artifact,
        tag: None,
        other_tags: Vec::new(),
        digest,
        media_type: String::new(),
        bytes: Vec::new(),
        subject: None,
        artifact_type: None,
        annotations: BTreeMap::new(),
        absent: true,
        platform_in_entry: false,
        blobs: Vec::new(),
        platform: None,
        manifests: Vec::new(),
        file: None,
    }
}
