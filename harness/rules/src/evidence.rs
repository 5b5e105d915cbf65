//! A layout as rules see it: its facts, who points at which blob, and what each blob is used as.
//!
//! Owns: following descriptors from index.json on. Leaves to others: what is wrong, and referrers responses
//! ([`responses`]).

pub(crate) mod responses;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use referee_layout::facts::{Verified, blob_path};
use referee_layout::{Blob, Descriptor, Digest, Facts, Kind, Node, media_type};

use crate::doc::Slot;
use crate::profile::Profile;
pub(crate) use responses::Response;

/// Facts, and what follows from them.
pub(crate) struct Evidence<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) profile: &'a Profile,
    /// Who points at a blob, in the order in which they are met from index.json on.
    uses: BTreeMap<&'a Digest, Vec<Use<'a>>>,
    /// What is used as a manifest or index, or says of itself that it is one and nobody uses it.
    roles: BTreeMap<&'a Digest, Kind>,
    responses: Vec<Response<'a>>,
}

/// One usable descriptor, and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use<'a> {
    /// The document that has it; `None` for index.json.
    pub(crate) from: Option<&'a Digest>,
    pub(crate) slot: Slot,
    pub(crate) digest: &'a Digest,
    pub(crate) media_type: Option<&'a str>,
    pub(crate) size: Option<u64>,
    /// The descriptor itself; `None` for a subject.
    pub(crate) descriptor: Option<&'a Descriptor>,
}

impl Use<'_> {
    pub(crate) fn file(&self) -> String {
        self.from.map_or_else(|| "index.json".to_owned(), blob_path)
    }

    pub(crate) fn pointer(&self) -> String {
        self.slot.pointer()
    }

    /// The OCI kind of document that its media type says.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.media_type {
            Some(media_type::IMAGE_MANIFEST) => Some(Kind::Manifest),
            Some(media_type::IMAGE_INDEX) => Some(Kind::Index),
            _ => None,
        }
    }
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(facts: &'a Facts, profile: &'a Profile) -> Self {
        let mut evidence =
            Self { facts, profile, uses: BTreeMap::new(), roles: BTreeMap::new(), responses: Vec::new() };
        let mut open = VecDeque::new();
        for entry in facts.entries() {
            if let Ok(descriptor) = &entry.descriptor {
                evidence.used(of(None, Slot::Entry(entry.position), descriptor), &mut open);
            }
        }
        evidence.follow(&mut open);
        for node in facts.nodes() {
            let own = node.media_type.as_deref() == Some(node.kind.media_type());
            if own && !evidence.uses.contains_key(&node.digest) && !evidence.roles.contains_key(&node.digest)
            {
                evidence.roles.insert(&node.digest, node.kind);
                open.push_back(node);
                evidence.follow(&mut open);
            }
        }
        evidence.responses = responses::find(facts, profile);
        evidence
    }

    fn follow(&mut self, open: &mut VecDeque<&'a Node>) {
        while let Some(node) = open.pop_front() {
            let from = Some(&node.digest);
            if let Some(config) = &node.config {
                self.used(of(from, Slot::Config, config), open);
            }
            for entry in &node.entries {
                let n = entry.position;
                let slot = if node.kind == Kind::Index { Slot::Entry(n) } else { Slot::Layer(n) };
                if let Ok(descriptor) = &entry.descriptor {
                    self.used(of(from, slot, descriptor), open);
                }
            }
            if let Some(subject) = &node.subject {
                let (media_type, size) = (subject.media_type.as_deref(), subject.size);
                let digest = &subject.digest;
                self.used(
                    Use { from, slot: Slot::Subject, digest, media_type, size, descriptor: None },
                    open,
                );
            }
        }
    }

    fn used(&mut self, one: Use<'a>, open: &mut VecDeque<&'a Node>) {
        self.uses.entry(one.digest).or_default().push(one);
        // what is listed as a layer or config is opaque, whatever type it has
        let document = matches!(one.slot, Slot::Entry(_) | Slot::Subject);
        let Some(kind) = one.kind().filter(|_| document) else {
            return;
        };
        if self.roles.contains_key(one.digest) {
            return;
        }
        self.roles.insert(one.digest, kind);
        if let Some(node) = self.facts.node(one.digest).filter(|node| intact(node) && node.kind == kind) {
            open.push_back(node);
        }
    }

    /// Who points at a blob.
    pub(crate) fn uses(&self, digest: &Digest) -> &[Use<'a>] {
        self.uses.get(digest).map_or(&[], Vec::as_slice)
    }

    /// All descriptors that were met, by the blob they point at.
    pub(crate) fn all_uses(&self) -> impl Iterator<Item = (&'a Digest, &[Use<'a>])> {
        self.uses.iter().map(|(digest, uses)| (*digest, uses.as_slice()))
    }

    /// What a blob is used as.
    pub(crate) fn role(&self, digest: &Digest) -> Option<Kind> {
        self.roles.get(digest).copied()
    }

    /// Everything that is used as a manifest or index, or says that it is one.
    pub(crate) fn roles(&self) -> impl Iterator<Item = (&'a Digest, Kind)> + '_ {
        self.roles.iter().map(|(digest, kind)| (*digest, *kind))
    }

    /// Manifests and indexes that are what they are used as, and whose bytes are their own.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'a Node> + '_ {
        let ours = |node: &&Node| intact(node) && self.role(&node.digest) == Some(node.kind);
        self.facts.nodes().iter().filter(ours)
    }

    /// The manifest or index of that digest, if its bytes are its own.
    pub(crate) fn node(&self, digest: &Digest) -> Option<&'a Node> {
        self.facts.node(digest).filter(|node| intact(node))
    }

    /// The blob of that digest.
    pub(crate) fn blob(&self, digest: &Digest) -> Option<&'a Blob> {
        self.facts.blobs().get(digest)
    }

    /// The referrers responses in index.json.
    pub(crate) fn responses(&self) -> &[Response<'a>] {
        &self.responses
    }

    /// The manifests and indexes that refer to something, with what they refer to.
    pub(crate) fn referrers(&self) -> impl Iterator<Item = (&'a Node, &'a Digest)> + '_ {
        self.nodes().filter_map(|node| Some((node, &node.subject.as_ref()?.digest)))
    }

    /// Whether anything in index.json leads to a blob, subjects included.
    pub(crate) fn is_reached(&self, digest: &Digest) -> bool {
        self.uses.contains_key(digest)
    }

    /// The digests of all responses.
    pub(crate) fn response_digests(&self) -> BTreeSet<&'a Digest> {
        self.responses.iter().filter_map(|response| Some(&response.node?.digest)).collect()
    }
}

fn intact(node: &Node) -> bool {
    node.verified != Verified::No
}

fn of<'a>(from: Option<&'a Digest>, slot: Slot, descriptor: &'a Descriptor) -> Use<'a> {
    let media_type = Some(descriptor.media_type.as_str());
    let (digest, size) = (&descriptor.digest, Some(descriptor.size));
    Use { from, slot, digest, media_type, size, descriptor: Some(descriptor) }
}
