//! Content with its bytes: every manifest, config, layer and digest.
//!
//! Owns: the bytes, and the order in which they depend on each other. Leaves to others: where a layout lists them
//! ([`crate::layout`]). There is no clock and no randomness here: one description has one result.

use std::collections::{BTreeMap, BTreeSet};

use referee_spec::{Algorithm, Digest};

use crate::content::{Content, ContentKind, Kind, Name, Platform};
use crate::document::{Descriptor, Index, Manifest, media_type};
use crate::image;

mod raw;

pub use raw::RawManifest;

/// All content of a layout, with its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    nodes: Vec<ContentNode>,
    asked: BTreeSet<Name>,
}

/// One manifest or index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentNode {
    /// Its local name.
    pub name: Name,
    /// Its place in the description, counted from 0.
    pub position: usize,
    /// What it is.
    pub kind: Kind,
    /// Its tag.
    pub tag: Option<String>,
    /// Further tags; described content has none.
    pub other_tags: Vec<String>,
    /// The digest of `bytes`.
    pub digest: Digest,
    /// The media type of `bytes`.
    pub media_type: String,
    /// The manifest or index itself.
    pub bytes: Vec<u8>,
    /// What it refers to.
    pub subject: Option<Subject>,
    /// The `artifactType` of a descriptor in a referrers response (API-008 to API-010).
    pub artifact_type: Option<String>,
    /// Its own annotations.
    pub annotations: BTreeMap<String, String>,
    /// Neither `bytes` nor `blobs` are ever written.
    pub absent: bool,
    /// Its entry in index.json says its platform; so does that in an index, in any case.
    pub platform_in_entry: bool,
    /// Its config and its layers, in this order; none of an index.
    pub blobs: Vec<Blob>,
    /// What an image runs on.
    pub platform: Option<Platform>,
    /// The children of an index, in order.
    pub manifests: Vec<Name>,
    /// What to hand to a tool that makes the artifact's manifest itself.
    pub file: Option<File>,
}

/// What a node refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its local name.
    pub name: Name,
    /// Its digest.
    pub digest: Digest,
}

/// A config or a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// The digest of `bytes`.
    pub digest: Digest,
    /// The media type by which the manifest names it.
    pub media_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// An artifact's layer as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// A file name without folders.
    pub name: String,
    /// The layer's media type.
    pub media_type: String,
    /// Its content.
    pub text: String,
}

impl Contents {
    /// Computes all bytes and digests. Every name in `content` has to lead to content, without cycles.
    pub fn compile(content: &[Content]) -> Self {
        let mut contents = Self::default();
        for one in content {
            contents.node_with_needs(content, one);
        }
        contents
    }

    /// The same, knowing that somebody asks for `name` by its digest, so that it has to be there under that digest.
    #[must_use]
    pub fn asked_about(mut self, name: Name) -> Self {
        self.asked.insert(name);
        self
    }

    /// All nodes; each comes after its subject and its children.
    pub fn nodes(&self) -> &[ContentNode] {
        &self.nodes
    }

    /// All nodes in the order in which they were described.
    pub fn in_order(&self) -> Vec<&ContentNode> {
        let mut nodes: Vec<_> = self.nodes.iter().collect();
        nodes.sort_by_key(|node| node.position);
        nodes
    }

    /// The node of that name.
    pub fn node(&self, name: &str) -> Option<&ContentNode> {
        self.nodes.iter().find(|node| node.name == *name)
    }

    /// The node with that digest.
    pub fn by_digest(&self, digest: &Digest) -> Option<&ContentNode> {
        self.nodes.iter().find(|node| node.digest == *digest)
    }

    /// The nodes whose subject is `name`, in the order in which they were described.
    pub fn referrers_of(&self, name: &str) -> Vec<&ContentNode> {
        let refers = |node: &ContentNode| node.subject.as_ref().is_some_and(|s| s.name == *name);
        self.in_order().into_iter().filter(|node| refers(node)).collect()
    }

    /// All names.
    pub fn names(&self) -> BTreeSet<Name> {
        self.nodes.iter().map(|node| node.name.clone()).collect()
    }

    /// Whether somebody asks for `name` by its digest.
    pub fn is_asked_about(&self, name: &str) -> bool {
        self.asked.contains(name)
    }

    /// Adds the node of `content` after those it needs.
    fn node_with_needs(&mut self, all: &[Content], content: &Content) {
        if self.node(content.name.as_str()).is_some() {
            return;
        }
        for need in content.subject.iter().chain(content.manifests()) {
            if let Some(need) = all.iter().find(|other| other.name == *need) {
                self.node_with_needs(all, need);
            }
        }
        let position = all.iter().position(|other| other.name == content.name);
        let node = self.compile_node(content, position.unwrap_or_default());
        self.nodes.push(node);
    }

    fn compile_node(&self, content: &Content, position: usize) -> ContentNode {
        let subject = content.subject.as_ref().and_then(|name| self.node(name.as_str()));
        let subject_descriptor = subject.map(|node| {
            let wrong = &content.wrong_subject;
            let media_type = wrong.media_type.clone().unwrap_or_else(|| node.media_type.clone());
            let mut descriptor = node.descriptor();
            descriptor.media_type = media_type;
            descriptor.size = wrong.size.unwrap_or(descriptor.size);
            descriptor
        });
        let (platform, blobs, file) = match &content.kind {
            ContentKind::Image { platform, text } => {
                let blobs = image::blobs(platform, &format!("{}.txt", content.name), text);
                (Some(platform.clone()), blobs.into(), None)
            }
            ContentKind::Artifact { text, media_type, config, .. } => {
                let config = config.as_deref().unwrap_or(media_type::EMPTY);
                let name = format!("{}.txt", content.name);
                let file = File { name, media_type: media_type.clone(), text: text.clone() };
                (None, vec![Blob::new(config, b"{}"), Blob::new(media_type, text.as_bytes())], Some(file))
            }
            ContentKind::Index { .. } => (None, Vec::new(), None),
        };
        let bytes = match blobs.split_first() {
            Some((config, layers)) => {
                let mut config = config.descriptor();
                if matches!(content.kind, ContentKind::Artifact { inline: true, .. }) {
                    config.data = Some("e30=".to_owned());
                }
                Manifest::new(
                    content.artifact_type.clone(),
                    config,
                    layers.iter().map(Blob::descriptor).collect(),
                    subject_descriptor,
                    content.annotations.clone(),
                )
                .to_bytes()
            }
            None => {
                let children = content.manifests().iter().filter_map(|name| self.node(name.as_str()));
                let mut index = Index::new(children.map(ContentNode::child_descriptor).collect());
                index.artifact_type.clone_from(&content.artifact_type);
                index.subject = subject_descriptor;
                index.annotations.clone_from(&content.annotations);
                index.to_bytes()
            }
        };
        let config_type = blobs.first().map(|config| config.media_type.clone());
        ContentNode {
            name: content.name.clone(),
            position,
            kind: content.kind(),
            tag: content.tag.clone(),
            other_tags: Vec::new(),
            digest: content.algorithm.digest(&bytes),
            media_type: if blobs.is_empty() { media_type::INDEX } else { media_type::MANIFEST }.to_owned(),
            bytes,
            subject: subject.map(|node| Subject { name: node.name.clone(), digest: node.digest.clone() }),
            artifact_type: content.artifact_type.clone().or(config_type),
            annotations: content.annotations.clone(),
            absent: content.absent,
            platform_in_entry: content.platform_in_entry,
            blobs,
            platform,
            manifests: content.manifests().to_vec(),
            file,
        }
    }
}

impl ContentNode {
    /// All its tags.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.tag.iter().chain(&self.other_tags).map(String::as_str)
    }

    /// Media type, digest and size; nothing pulled up.
    pub(crate) fn descriptor(&self) -> Descriptor {
        Descriptor::new(&self.media_type, self.digest.clone(), self.bytes.len())
    }

    /// The descriptor in index.json.
    pub(crate) fn entry(&self) -> Descriptor {
        if self.platform_in_entry { self.child_descriptor() } else { self.descriptor() }
    }

    /// The descriptor in an image index: an image's has its platform.
    pub(crate) fn child_descriptor(&self) -> Descriptor {
        let mut descriptor = self.descriptor();
        descriptor.platform.clone_from(&self.platform);
        descriptor
    }
}

impl Blob {
    pub(crate) fn new(media_type: &str, bytes: &[u8]) -> Self {
        let digest = Algorithm::Sha256.digest(bytes);
        Self { digest, media_type: media_type.to_owned(), bytes: bytes.to_vec() }
    }

    pub(crate) fn descriptor(&self) -> Descriptor {
        Descriptor::new(&self.media_type, self.digest.clone(), self.bytes.len())
    }
}
