//! A layout as rules see it: its facts, who points at which blob, and what each blob is used as.
//!
//! Owns: following descriptors from index.json on. Leaves to others: what is wrong, and referrers responses
//! ([`responses`]).

pub(crate) mod responses;

use std::collections::{BTreeSet, HashMap, VecDeque};

use rayon::prelude::*;
use referee_layout::facts::{Verified, blob_path};
use referee_layout::{
    Blob, Descriptor, Digest, Entry, Facts, Kind, Mention, Node, Subject, json, media_type,
};
use smallvec::SmallVec;

use crate::doc::Slot;
use crate::profile::Profile;
pub(crate) use responses::Response;

/// Facts, and what follows from them.
pub(crate) struct Evidence<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) profile: &'a Profile,
    /// What is pointed at, in the order in which it is met from index.json on.
    targets: Vec<Target<'a>>,
    /// The target that is a blob, by the blob's place in the facts.
    of_blobs: Vec<Option<u32>>,
    /// The targets that are not there.
    absent: HashMap<&'a Digest, u32>,
    responses: Vec<Response<'a>>,
}

/// Something that is pointed at.
#[derive(Debug)]
pub(crate) struct Target<'a> {
    pub(crate) digest: &'a Digest,
    /// The blob, if it is there.
    pub(crate) blob: Option<&'a Blob>,
    /// The manifest or index, if it is one and its bytes are its own.
    pub(crate) node: Option<&'a Node>,
    /// Who points at it.
    pub(crate) uses: SmallVec<[Use<'a>; 1]>,
    /// What it is used as: a manifest or index of image-spec.
    pub(crate) role: Option<Kind>,
    /// Whether somebody uses it as a manifest or index, whoever's.
    is_document: bool,
}

/// What a document points at, and where that is, if it is there: most images have a config and one layer.
type Uses<'a> = SmallVec<[Located<'a>; 2]>;

type Located<'a> = (Use<'a>, Option<Place>);

/// One descriptor that leads somewhere, and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use<'a> {
    /// The document that has it; `None` for index.json.
    pub(crate) from: Option<&'a Digest>,
    pub(crate) slot: Slot,
    what: What<'a>,
}

#[derive(Debug, Clone, Copy)]
enum What<'a> {
    Descriptor(&'a Descriptor),
    Subject(&'a Subject),
    /// What else is wrong with it is no reason to overlook what it leads to.
    Mention(&'a Mention),
}

/// Where a blob is in the facts.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// Among the blobs.
    blob: u32,
    /// Among the nodes, if it is one and its bytes are its own.
    node: Option<u32>,
}

impl<'a> Use<'a> {
    fn located(self, facts: &Facts) -> Located<'a> {
        (self, Place::of(facts, self.what.digest()))
    }

    pub(crate) fn media_type(&self) -> Option<&'a str> {
        match self.what {
            What::Descriptor(descriptor) => Some(&descriptor.media_type),
            What::Subject(subject) => subject.media_type.as_deref(),
            What::Mention(mention) => mention.media_type.as_deref(),
        }
    }

    pub(crate) fn size(&self) -> Option<u64> {
        match self.what {
            What::Descriptor(descriptor) => Some(descriptor.size),
            What::Subject(subject) => subject.size,
            What::Mention(_) => None,
        }
    }

    /// The descriptor itself, if it is usable and no subject.
    pub(crate) fn descriptor(&self) -> Option<&'a Descriptor> {
        match self.what {
            What::Descriptor(descriptor) => Some(descriptor),
            What::Subject(_) | What::Mention(_) => None,
        }
    }

    pub(crate) fn file(&self) -> String {
        self.from.map_or_else(|| "index.json".to_owned(), blob_path)
    }

    pub(crate) fn pointer(&self) -> String {
        self.slot.pointer()
    }

    /// The kind of document that its media type says, Docker's among them.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.media_type() {
            Some(media_type::IMAGE_MANIFEST | media_type::DOCKER_MANIFEST) => Some(Kind::Manifest),
            Some(media_type::IMAGE_INDEX | media_type::DOCKER_LIST) => Some(Kind::Index),
            _ => None,
        }
    }
}

impl<'a> What<'a> {
    fn digest(self) -> &'a Digest {
        match self {
            Self::Descriptor(descriptor) => &descriptor.digest,
            Self::Subject(subject) => &subject.digest,
            Self::Mention(mention) => &mention.digest,
        }
    }
}

impl Place {
    fn of(facts: &Facts, digest: &Digest) -> Option<Self> {
        let blob = facts.blobs().place(digest)?;
        let node = facts.node_id(blob).filter(|id| facts.node_at(*id).is_some_and(intact));
        Some(Self { blob: u32::try_from(blob).ok()?, node: node.and_then(|id| u32::try_from(id).ok()) })
    }
}

fn is_docker(media_type: Option<&str>) -> bool {
    matches!(media_type, Some(media_type::DOCKER_MANIFEST | media_type::DOCKER_LIST))
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(facts: &'a Facts, profile: &'a Profile) -> Self {
        let mut evidence = Self {
            facts,
            profile,
            targets: Vec::with_capacity(facts.blobs().len()),
            of_blobs: vec![None; facts.blobs().len()],
            absent: HashMap::new(),
            responses: Vec::new(),
        };
        // looking digests up is what takes time here
        let of_index = |entry| of_entry(facts, None, Slot::Entry, entry);
        let of_index: Vec<_> = facts.entries().par_iter().with_min_len(64).filter_map(of_index).collect();
        let of_node = |id| facts.node_at(id).map_or_else(SmallVec::new, |node| uses_of(facts, node));
        let of_nodes = (0..facts.node_count()).into_par_iter().with_min_len(64);
        let mut of_nodes: Vec<Uses<'_>> = of_nodes.map(of_node).collect();
        let mut open = VecDeque::new();
        for one in of_index {
            evidence.used(one, &mut open);
        }
        while let Some(id) = open.pop_front() {
            for one in std::mem::take(&mut of_nodes[id]) {
                evidence.used(one, &mut open);
            }
        }
        evidence.responses = responses::find(facts, profile);
        evidence
    }

    /// Notes a use, and the document in `open` that it leads to, by its place among the nodes.
    fn used(&mut self, (one, place): Located<'a>, open: &mut VecDeque<usize>) {
        // four billion targets do not fit in memory
        let next = u32::try_from(self.targets.len()).unwrap_or(u32::MAX);
        let digest = one.what.digest();
        let id = place.and_then(|place| place.node).map(|id| id as usize);
        let place = place.map(|place| place.blob as usize);
        let at = *match place {
            Some(place) => self.of_blobs[place].get_or_insert(next),
            None => self.absent.entry(digest).or_insert(next),
        };
        if at == next {
            let blob = place.and_then(|place| self.facts.blobs().at(place));
            let node = id.and_then(|id| self.facts.node_at(id));
            let (uses, role) = (SmallVec::new(), None);
            self.targets.push(Target { digest, blob, node, uses, role, is_document: false });
        }
        let target = &mut self.targets[at as usize];
        target.uses.push(one);
        let kind = match one.slot {
            Slot::Entry(_) => one.kind(),
            // a subject is known by its digest alone, whatever else its descriptor says
            Slot::Subject => target.node.map(|node| node.kind),
            // what is listed as a layer or config is opaque, whatever type it has
            Slot::Layer(_) | Slot::Config => None,
        };
        let Some(kind) = kind.filter(|_| !target.is_document) else { return };
        target.is_document = true;
        // a document that is what it says itself is that, also where a descriptor calls it something else
        let role = target.node.filter(|node| node.invalid.is_none()).map_or(kind, |node| node.kind);
        let own = target.node.map_or(one.media_type(), |node| node.media_type.as_deref());
        target.role = Some(role).filter(|_| !is_docker(own));
        open.extend(id.filter(|_| target.node.is_some_and(|node| node.kind == role)));
    }

    fn target(&self, digest: &Digest) -> Option<&Target<'a>> {
        let at = match self.facts.blobs().place(digest) {
            Some(place) => self.of_blobs[place]?,
            None => *self.absent.get(digest)?,
        };
        self.targets.get(at as usize)
    }

    /// Who points at a blob.
    pub(crate) fn uses(&self, digest: &Digest) -> &[Use<'a>] {
        self.target(digest).map_or(&[], |target| target.uses.as_slice())
    }

    /// All that is pointed at.
    pub(crate) fn targets(&self) -> &[Target<'a>] {
        &self.targets
    }

    /// What a blob is used as.
    pub(crate) fn role(&self, digest: &Digest) -> Option<Kind> {
        self.target(digest)?.role
    }

    /// Manifests and indexes that are what they are used as, and whose bytes are their own.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'a Node> + '_ {
        self.targets.iter().filter_map(|target| target.node.filter(|node| target.role == Some(node.kind)))
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

    /// The manifests and indexes to which nothing leads from index.json. They are blobs like any other: nothing says
    /// that they mean what they look like (image-spec `image-layout.md`, Content). In the order of their digests.
    pub(crate) fn unreached(&self) -> Vec<&'a Node> {
        let places = self.of_blobs.iter().enumerate().filter(|(_, target)| target.is_none());
        let nodes = places.filter_map(|(place, _)| self.facts.node_at(self.facts.node_id(place)?));
        let mut nodes: Vec<_> = nodes.filter(|node| intact(node)).collect();
        nodes.sort_unstable_by_key(|node| &node.digest);
        nodes
    }

    /// Whether all that leads anywhere could be read, so that what is not reached really is not.
    pub(crate) fn is_followed_to_the_end(&self) -> bool {
        let index = self.facts.index().ok().and_then(|document| document.root().ok());
        let list = index.and_then(|root| root.get("manifests"));
        let leads =
            |entry: &Entry| entry.descriptor.as_ref().map_or_else(|no| no.mention.is_some(), |_| true);
        list.is_some_and(|list| list.kind() == json::Kind::Array)
            && self.facts.entries().iter().all(leads)
            && self
                .targets
                .iter()
                .filter(|target| target.is_document)
                .all(|target| target.node.is_some_and(|node| node.invalid.is_none()))
    }

    /// The digests of all responses.
    pub(crate) fn response_digests(&self) -> BTreeSet<&'a Digest> {
        self.responses.iter().filter_map(|response| Some(&response.node?.digest)).collect()
    }
}

fn intact(node: &Node) -> bool {
    node.verified != Verified::No
}

/// All that a node points at: its config, its list, its subject.
fn uses_of<'a>(facts: &'a Facts, node: &'a Node) -> Uses<'a> {
    let from = Some(&node.digest);
    let slot = if node.kind == Kind::Index { Slot::Entry } else { Slot::Layer };
    let mut all = SmallVec::new();
    let config = node.config.iter();
    let one = |slot, what| Use { from, slot, what }.located(facts);
    all.extend(config.map(|config| one(Slot::Config, What::Descriptor(config))));
    all.extend(node.entries.iter().filter_map(|entry| of_entry(facts, from, slot, entry)));
    let subject = node.subject.iter();
    all.extend(subject.map(|subject| one(Slot::Subject, What::Subject(subject))));
    all
}

fn of_entry<'a>(
    facts: &Facts,
    from: Option<&'a Digest>,
    slot: fn(usize) -> Slot,
    entry: &'a Entry,
) -> Option<Located<'a>> {
    let what = match &entry.descriptor {
        Ok(descriptor) => What::Descriptor(descriptor),
        Err(unusable) => What::Mention(unusable.mention.as_ref()?),
    };
    Some(Use { from, slot: slot(entry.position), what }.located(facts))
}
