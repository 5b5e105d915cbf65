//! A layout as rules see it: its facts, who points at which blob, and what each blob is used as.
//!
//! Owns: following descriptors from index.json on. Leaves to others: what is wrong, and referrers responses
//! ([`responses`]).

pub(crate) mod responses;

use std::collections::{BTreeSet, HashMap};
use std::mem;

use rayon::prelude::*;
use referee_layout::facts::Verified;
use referee_layout::{Blob, Descriptor, Entry, Facts, Kind, Mention, Node, Subject, json};
use referee_spec::path::blob_path;
use referee_spec::{Digest, media_type};
use smallvec::SmallVec;

use crate::doc::Slot;
use crate::profile::Profile;
pub(crate) use responses::Response;

/// Facts, and what follows from them.
pub(crate) struct Evidence<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) profile: &'a Profile,
    /// All blobs by their places in the facts, and then what is pointed at and is not there.
    targets: Vec<Target<'a>>,
    /// The places in `targets` of what is pointed at, in the order in which it is met from index.json on.
    met: Vec<u32>,
    /// The places of those that are not there.
    absent: HashMap<&'a Digest, u32>,
    responses: Vec<Response<'a>>,
}

/// Something that can be pointed at.
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

/// Where the blobs that a document points at are, as far as they are there: most images have a config and one layer.
type Places = SmallVec<[Option<u32>; 2]>;

/// One descriptor that leads somewhere, and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use<'a> {
    /// The document that has it; `None` for index.json.
    pub(crate) from: Option<&'a Digest>,
    what: What<'a>,
}

#[derive(Debug, Clone, Copy)]
enum What<'a> {
    /// An item of a list. What else is wrong with it is no reason to overlook what it leads to.
    Item(&'a Entry),
    Config(&'a Descriptor),
    Subject(&'a Subject),
}

impl<'a> Target<'a> {
    fn of(digest: &'a Digest, blob: Option<&'a Blob>) -> Self {
        let node = blob.and_then(Blob::node).filter(|node| intact(node));
        Self { digest, blob, node, uses: SmallVec::new(), role: None, is_document: false }
    }
}

impl<'a> Use<'a> {
    /// What an item of a list leads to, if that can be told.
    fn of(from: Option<&'a Digest>, entry: &'a Entry) -> Option<Self> {
        let leads = entry.descriptor.as_ref().map_or_else(|no| no.mention.is_some(), |_| true);
        leads.then_some(Self { from, what: What::Item(entry) })
    }

    /// Where the blob is in the facts.
    fn place(&self, facts: &Facts) -> Option<u32> {
        u32::try_from(facts.blobs().place(self.digest()?)?).ok()
    }

    fn digest(&self) -> Option<&'a Digest> {
        match self.what {
            What::Subject(subject) => Some(&subject.digest),
            _ => self.descriptor().map(|own| &own.digest).or_else(|| Some(&self.mention()?.digest)),
        }
    }

    fn mention(&self) -> Option<&'a Mention> {
        match self.what {
            What::Item(entry) => entry.descriptor.as_ref().err()?.mention.as_ref(),
            What::Config(_) | What::Subject(_) => None,
        }
    }

    pub(crate) fn media_type(&self) -> Option<&'a str> {
        match self.what {
            What::Subject(subject) => subject.media_type.as_deref(),
            _ => match self.descriptor() {
                Some(descriptor) => Some(&descriptor.media_type),
                None => self.mention()?.media_type.as_deref(),
            },
        }
    }

    pub(crate) fn size(&self) -> Option<u64> {
        match self.what {
            What::Subject(subject) => subject.size,
            _ => self.descriptor().map(|descriptor| descriptor.size),
        }
    }

    /// The descriptor itself, if it is usable and no subject.
    pub(crate) fn descriptor(&self) -> Option<&'a Descriptor> {
        match self.what {
            What::Item(entry) => entry.descriptor.as_ref().ok(),
            What::Config(config) => Some(config),
            What::Subject(_) => None,
        }
    }

    pub(crate) fn slot(&self) -> Slot {
        match self.what {
            What::Item(entry) => Slot::of(entry),
            What::Config(_) => Slot::Config,
            What::Subject(_) => Slot::Subject,
        }
    }

    pub(crate) fn file(&self) -> String {
        self.from.map_or_else(|| "index.json".to_owned(), blob_path)
    }

    pub(crate) fn pointer(&self) -> String {
        self.slot().pointer()
    }

    /// The kind of document that its media type says, Docker's among them.
    pub(crate) fn kind(&self) -> Option<Kind> {
        Kind::of_media_type(self.media_type()?)
    }
}

fn is_docker(media_type: Option<&str>) -> bool {
    matches!(media_type, Some(media_type::DOCKER_MANIFEST | media_type::DOCKER_LIST))
}

impl<'a> Evidence<'a> {
    pub(crate) fn new(facts: &'a Facts, profile: &'a Profile) -> Self {
        let (evidence, responses) =
            rayon::join(|| Self::followed(facts, profile), || responses::find(facts, profile));
        Self { responses, ..evidence }
    }

    /// All but the responses.
    fn followed(facts: &'a Facts, profile: &'a Profile) -> Self {
        let blobs = facts.blobs().all().with_min_len(64);
        let targets: Vec<_> = blobs.map(|(digest, blob)| Target::of(digest, Some(blob))).collect();
        let met = Vec::with_capacity(targets.len());
        let mut evidence =
            Self { facts, profile, targets, met, absent: HashMap::new(), responses: Vec::new() };
        // looking digests up is what takes time here: that is done for many at once
        let entries = facts.entries().par_iter().with_min_len(64);
        let places: Vec<_> = entries.map(|entry| Use::of(None, entry)?.place(facts)).collect();
        let mut open = Vec::new();
        for (entry, place) in facts.entries().iter().zip(places) {
            if let Some(one) = Use::of(None, entry) {
                evidence.used(one, place, &mut open);
            }
        }
        while !open.is_empty() {
            let documents = mem::take(&mut open);
            let nodes = documents.par_iter().with_min_len(64);
            let places = nodes.map(|node| uses_of(node).map(|one| one.place(facts)).collect::<Places>());
            for (node, places) in documents.iter().zip(places.collect::<Vec<_>>()) {
                for (one, place) in uses_of(node).zip(places) {
                    evidence.used(one, place, &mut open);
                }
            }
        }
        evidence
    }

    /// Notes a use of the blob at that place, and in `open` if it is a document that leads on.
    fn used(&mut self, one: Use<'a>, place: Option<u32>, open: &mut Vec<&'a Node>) {
        let Some(at) = place.or_else(|| Some(self.absent(one.digest()?))) else { return };
        let target = &mut self.targets[at as usize];
        if target.uses.is_empty() {
            self.met.push(at);
        }
        target.uses.push(one);
        let kind = match one.slot() {
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
        open.extend(target.node.filter(|node| node.kind == role));
    }

    /// The place of what is not there.
    fn absent(&mut self, digest: &'a Digest) -> u32 {
        *self.absent.entry(digest).or_insert_with(|| {
            self.targets.push(Target::of(digest, None));
            // four billion targets do not fit in memory
            u32::try_from(self.targets.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn target(&self, digest: &Digest) -> Option<&Target<'a>> {
        let place = self.facts.blobs().place(digest);
        let place = place.or_else(|| self.absent.get(digest).map(|place| *place as usize))?;
        self.targets.get(place)
    }

    /// Who points at a blob.
    pub(crate) fn uses(&self, digest: &Digest) -> &[Use<'a>] {
        self.target(digest).map_or(&[], |target| target.uses.as_slice())
    }

    /// All that is pointed at.
    pub(crate) fn targets(&self) -> impl Iterator<Item = &Target<'a>> {
        self.met.iter().map(|place| &self.targets[*place as usize])
    }

    /// What a blob is used as.
    pub(crate) fn role(&self, digest: &Digest) -> Option<Kind> {
        self.target(digest)?.role
    }

    /// Manifests and indexes that are what they are used as, and whose bytes are their own.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &'a Node> + '_ {
        self.targets().filter_map(|target| target.node.filter(|node| target.role == Some(node.kind)))
    }

    /// The manifest or index of that digest, if its bytes are its own.
    pub(crate) fn node(&self, digest: &Digest) -> Option<&'a Node> {
        self.facts.node(digest).filter(|node| intact(node))
    }

    /// The blob of that digest.
    pub(crate) fn blob(&self, digest: &Digest) -> Option<&'a Blob> {
        self.facts.blobs().get(digest)
    }

    /// Whether there is no blob of that digest, as far as can be known.
    pub(crate) fn is_absent(&self, digest: &Digest) -> bool {
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

    /// The manifests and indexes to which nothing leads from index.json. They are blobs like any other: nothing says
    /// that they mean what they look like (image-spec `image-layout.md`, Content). In the order of their digests.
    pub(crate) fn unreached(&self) -> Vec<&'a Node> {
        let unused = self.targets.iter().filter(|target| target.uses.is_empty());
        let mut nodes: Vec<_> = unused.filter_map(|target| target.node).collect();
        nodes.sort_unstable_by_key(|node| &node.digest);
        nodes
    }

    /// Whether all that leads anywhere could be read, so that what is not reached really is not.
    pub(crate) fn is_followed_to_the_end(&self) -> bool {
        let index = self.facts.index().ok().and_then(|document| document.root().ok());
        let list = index.and_then(|root| root.get("manifests"));
        list.is_some_and(|list| list.kind() == json::Kind::Array)
            && self.facts.entries().iter().all(|entry| Use::of(None, entry).is_some())
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
fn uses_of(node: &Node) -> impl Iterator<Item = Use<'_>> {
    let from = Some(&node.digest);
    let one = move |what| Use { from, what };
    let config = node.config.iter().map(move |config| one(What::Config(config)));
    let items = node.entries.iter().filter_map(move |entry| Use::of(from, entry));
    let subject = node.subject.iter().map(move |subject| one(What::Subject(subject)));
    config.chain(items).chain(subject)
}
