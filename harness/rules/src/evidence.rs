//! A layout as rules see it: its facts, what refers to which blob, and what each blob is used as.
//!
//! Owns: following descriptors from index.json on. Leaves to others: what is wrong, and what several rules ask of a layout
//! (the files beside this one).

pub(crate) mod annotations;
mod blob_node;
mod kind;
pub(crate) mod listings;
pub(crate) mod marks;
pub(crate) mod missing;
mod reference;
pub(crate) mod responses;

use std::collections::{BTreeSet, HashMap};
use std::mem;

use rayon::prelude::*;
use referee_layout::facts::Verified;
use referee_layout::{Blob, DocumentKind, Facts, LinkEnd, Node, ReadError, json};
use referee_spec::{Digest, media_type};
use smallvec::SmallVec;

use crate::doc::Slot;
use crate::profile::Profile;
pub(crate) use blob_node::BlobNode;
pub(crate) use reference::Reference;
use reference::references_from;
pub(crate) use responses::Response;

/// The size in bytes of a manifest that a registry has to accept at least (distribution-spec, Pushing Manifests).
pub(crate) const DOCUMENT_LIMIT: u64 = 4 << 20;

/// Facts, and what follows from them.
pub(crate) struct Evidence<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) profile: &'a Profile,
    /// All blobs, by their positions in the facts, and then what is referred to and missing.
    blob_nodes: Vec<BlobNode<'a>>,
    /// The positions in `blob_nodes` of what is referred to, in the order of discovery: breadth first from index.json.
    discovery_order: Vec<u32>,
    /// The positions of those that are missing.
    missing: HashMap<&'a Digest, u32>,
    responses: Vec<Response<'a>>,
}

/// The positions of the blobs that a document refers to, `None` for what is missing: most images have a config and one
/// layer.
type Positions = SmallVec<[Option<u32>; 2]>;

fn is_docker(media_type: Option<&str>) -> bool {
    matches!(media_type, Some(media_type::DOCKER_MANIFEST | media_type::DOCKER_LIST))
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(facts: &'a Facts, profile: &'a Profile) -> Self {
        let (evidence, responses) =
            rayon::join(|| Self::followed(facts, profile), || responses::find(facts, profile));
        let evidence = Self { responses, ..evidence };
        if profile.convention().is_some() { evidence.without_others() } else { evidence }
    }

    /// All but the responses.
    fn followed(facts: &'a Facts, profile: &'a Profile) -> Self {
        let blobs = facts.blobs().par_iter().with_min_len(64);
        let blob_nodes: Vec<_> = blobs.map(|(digest, blob)| BlobNode::of(digest, Some(blob))).collect();
        let discovery_order = Vec::with_capacity(blob_nodes.len());
        let mut evidence = Self {
            facts,
            profile,
            blob_nodes,
            discovery_order,
            missing: HashMap::new(),
            responses: Vec::new(),
        };
        // looking digests up is what takes time here: that is done for many at once
        let entries = facts.entries().par_iter().with_min_len(64);
        let positions: Vec<_> = entries.map(|entry| Reference::of(None, entry)?.position(facts)).collect();
        let mut open = Vec::new();
        for (entry, position) in facts.entries().iter().zip(positions) {
            if let Some(reference) = Reference::of(None, entry) {
                evidence.record(reference, position, &mut open);
            }
        }
        while !open.is_empty() {
            let documents = mem::take(&mut open);
            let nodes = documents.par_iter().with_min_len(64);
            let positions = nodes.map(|node| {
                references_from(node).map(|reference| reference.position(facts)).collect::<Positions>()
            });
            for (node, positions) in documents.iter().zip(positions.collect::<Vec<_>>()) {
                for (reference, position) in references_from(node).zip(positions) {
                    evidence.record(reference, position, &mut open);
                }
            }
        }
        evidence
    }

    /// Records a reference to the blob at that position, and in `open` the document whose own references come next.
    fn record(&mut self, reference: Reference<'a>, position: Option<u32>, open: &mut Vec<&'a Node>) {
        let Some(at) = position.or_else(|| Some(self.position_of_missing(reference.digest()?))) else {
            return;
        };
        let blob_node = &mut self.blob_nodes[at as usize];
        if blob_node.references.is_empty() {
            self.discovery_order.push(at);
        }
        blob_node.references.push(reference);
        let kind = match reference.slot() {
            Slot::Entry(_) => reference.kind(),
            // a subject is known by its digest: its media type decides only where the document itself does not
            Slot::Subject => blob_node.node.map(|node| {
                let said = reference.kind().unwrap_or(node.kind);
                node.used_as(said).kind
            }),
            // what is listed as a layer or config is opaque, whatever type it has
            Slot::Layer(_) | Slot::Config => None,
        };
        let Some(kind) = kind else { return };
        if !blob_node.is_document {
            blob_node.node = blob_node.node.map(|node| node.used_as(kind));
        }
        // a document that is what it says itself is that, also where a descriptor calls it something else
        let role = blob_node.node.filter(|node| node.invalid.is_none()).map_or(kind, |node| node.kind);
        let own = blob_node.node.and_then(|node| node.media_type.as_deref());
        let known = own.filter(|own| DocumentKind::of_media_type(own).is_some());
        let ours = !is_docker(known.or(reference.media_type()));
        blob_node.role = blob_node.role.or(Some(role).filter(|_| ours));
        if !blob_node.is_document {
            blob_node.is_document = true;
            open.extend(blob_node.node.filter(|node| node.kind == role));
        }
    }

    /// The position of what is missing.
    fn position_of_missing(&mut self, digest: &'a Digest) -> u32 {
        *self.missing.entry(digest).or_insert_with(|| {
            self.blob_nodes.push(BlobNode::of(digest, None));
            // four billion of them do not fit in memory
            u32::try_from(self.blob_nodes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn blob_node(&self, digest: &Digest) -> Option<&BlobNode<'a>> {
        let known = self.facts.blobs().position(digest);
        let position = known.or_else(|| self.missing.get(digest).map(|position| *position as usize))?;
        self.blob_nodes.get(position)
    }

    /// The descriptors that refer to a blob.
    pub(crate) fn references(&self, digest: &Digest) -> &[Reference<'a>] {
        self.blob_node(digest).map_or(&[], |blob_node| blob_node.references.as_slice())
    }

    /// All that is referred to, in the order of discovery.
    pub(crate) fn blob_nodes(&self) -> impl Iterator<Item = &BlobNode<'a>> {
        self.discovery_order.iter().map(|position| &self.blob_nodes[*position as usize])
    }

    /// What a blob is used as: a manifest or index of image-spec.
    pub(crate) fn role(&self, digest: &Digest) -> Option<DocumentKind> {
        self.blob_node(digest)?.role
    }

    /// Manifests and indexes that are what they are used as, and whose bytes are their own.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'a Node> + '_ {
        self.blob_nodes()
            .filter_map(|blob_node| blob_node.node.filter(|node| blob_node.role == Some(node.kind)))
    }

    /// The manifest or index of that digest, as it is used, if its bytes are its own.
    pub(crate) fn node(&self, digest: &Digest) -> Option<&'a Node> {
        self.blob_node(digest)?.node
    }

    /// The blob of that digest.
    pub(crate) fn blob(&self, digest: &Digest) -> Option<&'a Blob> {
        self.facts.blobs().get(digest)
    }

    /// Whether a blob is there, as far as can be known, and nobody knows what it is: it was not read, or has other bytes than
    /// those of its digest. That is reported, and nothing that would follow from it.
    pub(crate) fn is_unread(&self, digest: &Digest) -> bool {
        let unread = |blob: &Blob| blob.unreadable().is_some() || blob.verified == Verified::No;
        self.blob(digest).map_or_else(|| self.is_unlisted(digest), unread)
    }

    /// Whether there is no blob of that digest, as far as can be known.
    pub(crate) fn is_missing(&self, digest: &Digest) -> bool {
        self.blob(digest).is_none() && !self.is_unlisted(digest)
    }

    /// Whether the folder of that blob could not be listed: that is reported, and nobody knows what is in it.
    pub(crate) fn is_unlisted(&self, digest: &Digest) -> bool {
        let unlisted = self.facts.unreadable();
        let folder = || format!("blobs/{}", digest.algorithm());
        !unlisted.is_empty() && (unlisted.contains_key("blobs") || unlisted.contains_key(&folder()))
    }

    /// The referrers responses in index.json.
    pub(crate) fn responses(&self) -> &[Response<'a>] {
        &self.responses
    }

    /// The manifests and indexes that refer to something, with what they refer to.
    pub(crate) fn referrers(&self) -> impl Iterator<Item = (&'a Node, &'a Digest)> + '_ {
        self.nodes().filter_map(|node| Some((node, &node.subject.as_ref()?.digest)))
    }

    /// The manifests and indexes that index.json does not lead to. They are blobs like any other: no descriptor says that
    /// they are what they look like (image-spec `image-layout.md`, Content). In the order of their digests.
    pub(crate) fn unreached(&self) -> Vec<&'a Node> {
        let unused = self.blob_nodes.iter().filter(|blob_node| blob_node.references.is_empty());
        let mut nodes: Vec<_> = unused.filter_map(|blob_node| blob_node.node).collect();
        nodes.sort_unstable_by_key(|node| &node.digest);
        nodes
    }

    /// Whether all documents on the way could be read, so that what was not reached is unreachable.
    pub(crate) fn is_fully_traversed(&self) -> bool {
        self.lists_all()
            && self
                .blob_nodes
                .iter()
                .filter(|blob_node| blob_node.is_document)
                .all(|blob_node| blob_node.node.is_some_and(|node| node.invalid.is_none()))
    }

    /// Whether all entries of index.json could be read.
    pub(crate) fn lists_all(&self) -> bool {
        let index = self.facts.index().ok().and_then(|document| document.root().ok());
        let list = index.and_then(|root| root.get("manifests"));
        list.is_some_and(|list| list.kind() == json::Kind::Array)
            && self.facts.entries().iter().all(|entry| Reference::of(None, entry).is_some())
    }

    /// The responses that carriers of the proposal have.
    pub(crate) fn proposed_responses(&self) -> impl Iterator<Item = &Response<'a>> {
        self.responses.iter().filter(|response| response.is_proposed())
    }

    /// Whether a blob is an image, and neither an artifact nor a referrer.
    pub(crate) fn is_image(&self, digest: &Digest) -> bool {
        self.node(digest).is_some_and(|node| {
            node.config_media_type() == Some(media_type::IMAGE_CONFIG)
                && node.artifact_type.is_none()
                && node.subject.is_none()
        })
    }

    /// The digests of all responses.
    pub(crate) fn response_digests(&self) -> BTreeSet<&'a Digest> {
        self.responses.iter().filter_map(|response| Some(&response.node?.digest)).collect()
    }
}

/// Whether an error is about reading, as missing permissions are, and not about the layout. A FIFO, a link and a missing file
/// have rules of their own.
pub(crate) fn is_reading_error(error: &ReadError) -> bool {
    use ReadError::{Kind, Link, Missing, NotADirectory, Sparse};
    !matches!(error, Missing | Kind(_) | NotADirectory(_) | Link(_) | Sparse)
}

/// Whether nothing is there, be it at the end of a link. What a link leads out to is not known.
pub(crate) fn is_nothing(error: &ReadError) -> bool {
    match error {
        ReadError::Missing => true,
        ReadError::Link(link) => link.end == LinkEnd::Nothing,
        _ => false,
    }
}
