//! The generic reader: one carrier of any convention, followed through a layout.
//!
//! Owns: which entries a carrier matches and what they lead to. Leaves to others: joining ([`super`]).

use std::collections::BTreeSet;
use std::fmt;

use super::want::Want;
use super::{Diagnostic, unlisted_folder, usable};
use crate::facts::{BlobContent, Descriptor, DocumentKind, Entry, Facts, Node, Referrer};
use crate::graph::{self, EdgeKind};
use referee_convention::{Carrier, ListedIn, Lists, Reach};
use referee_spec::{Digest, media_type};

/// One way to a referrer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting<'a> {
    /// Who says it.
    says: Says<'a>,
    /// Its manifest, where that is in the layout and may be used.
    pub(super) node: Option<&'a Node>,
    /// The document that lists it, or is it; index.json if there is none.
    file: Option<&'a Node>,
    /// The descriptor in that document.
    entry: Option<&'a Entry>,
    /// The entry of index.json that leads to that document, where it is a response.
    pub(super) via: Option<&'a Entry>,
}

/// Who says what a referrer is like.
#[derive(Debug, Clone, Copy)]
enum Says<'a> {
    /// Its own manifest.
    Manifest(&'a Node),
    /// The descriptor that lists it.
    List(&'a Descriptor),
}

impl<'a> Sighting<'a> {
    /// The referrer's digest.
    pub(super) fn digest(&self) -> &'a Digest {
        match self.says {
            Says::Manifest(node) => &node.digest,
            Says::List(descriptor) => &descriptor.digest,
        }
    }

    /// The referrer's descriptor, as a reader of the convention answers it.
    pub(super) fn referrer(&self) -> Referrer {
        match self.says {
            Says::Manifest(node) => node.referrer(),
            Says::List(descriptor) => as_referrer(descriptor),
        }
    }

    /// The descriptor that lists it, where a reader answers that.
    pub(super) fn listed(&self) -> Option<&'a Descriptor> {
        match self.says {
            Says::Manifest(_) => None,
            Says::List(descriptor) => Some(descriptor),
        }
    }

    /// The entry that lists it.
    pub(super) fn entry(&self) -> Option<&'a Entry> {
        self.entry
    }

    pub(super) fn found_at(&self) -> FoundAt {
        let via = self.via.map(|entry| format!("index.json#{}", entry.pointer()));
        FoundAt { via, ..FoundAt::of(self.file, self.entry) }
    }

    /// Whether both are the same entry of the same document. Where both know the entry of index.json that leads to the document,
    /// that has to be the same, too.
    pub(super) fn is_where(&self, other: &Self) -> bool {
        let at = |sighting: &Self| {
            (sighting.file.map(|node| &node.digest), sighting.entry.map(|entry| entry.position))
        };
        let way = |sighting: &Self| sighting.via.map(|entry| entry.position);
        let (mine, theirs) = (way(self), way(other));
        at(self) == at(other) && (mine == theirs || mine.is_none() || theirs.is_none())
    }
}

/// Where a referrer is listed; for a manifest that is only a blob, the blob itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundAt {
    /// The file, relative to the layout's root.
    pub file: String,
    /// JSON pointer to the descriptor in it; empty for the whole file.
    pub pointer: String,
    /// The place in index.json that leads to the file, where the file is a response.
    pub via: Option<String>,
}

impl FoundAt {
    /// The place of an entry of an index, or of index.json.
    pub(super) fn of(file: Option<&Node>, entry: Option<&Entry>) -> Self {
        Self {
            file: file.map_or_else(|| "index.json".to_owned(), Node::path),
            pointer: entry.map(Entry::pointer).unwrap_or_default(),
            via: None,
        }
    }
}

impl fmt::Display for FoundAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(via) = &self.via {
            write!(f, "{via} > ")?;
        }
        match self.pointer.as_str() {
            "" => f.write_str(&self.file),
            pointer => write!(f, "{}#{pointer}", self.file),
        }
    }
}

/// What one carrier leads to.
#[derive(Debug, Default)]
pub(super) struct Reading<'a> {
    pub(super) sightings: Vec<Sighting<'a>>,
    /// The responses of the subject that could be read.
    pub(super) responses: BTreeSet<&'a Digest>,
    /// Whether a response of the subject could not be read.
    pub(super) broken: bool,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) fn read<'a>(facts: &'a Facts, subject: &Digest, carrier: &Carrier) -> Reading<'a> {
    let reading = Reading::default();
    let mut reader = Reader { facts, subject, want: Want::new(facts, subject, carrier), reading };
    match (carrier.place, carrier.lists) {
        (ListedIn::Index, Lists::Response) => reader.responses(),
        (ListedIn::Index, Lists::Referrer) => match carrier.reach {
            Reach::Entries => reader.list(None, facts.entries()),
            Reach::Graph => reader.reachable(),
        },
        (ListedIn::SubjectIndex, _) => reader.subject_indexes(),
        (ListedIn::Blob, _) => reader.blobs(),
    }
    reader.reading
}

struct Reader<'a, 'w> {
    facts: &'a Facts,
    subject: &'w Digest,
    want: Want<'w>,
    reading: Reading<'a>,
}

impl<'a> Reader<'a, '_> {
    /// Entries of index.json that point at a response.
    fn responses(&mut self) {
        for entry in self.facts.entries().iter().filter(|entry| self.want.fits(entry)) {
            let Ok(descriptor) = &entry.descriptor else {
                continue;
            };
            if !matches!(descriptor.media_type.as_ref(), media_type::IMAGE_INDEX | media_type::DOCKER_LIST) {
                self.reading.note(
                    "no-response-type",
                    entry,
                    format!("is marked as a response, but its type is {}", descriptor.media_type),
                );
                continue;
            }
            match self.facts.node(&descriptor.digest) {
                // a referrer that is an index can carry the same mark; it says itself what it is
                Some(node) if node.subject.is_some() => {
                    self.reading.note(
                        "referrer-as-response",
                        entry,
                        "is marked as a response, but points at a referrer".to_owned(),
                    );
                }
                Some(node) if usable(node) => {
                    self.reading.responses.insert(&node.digest);
                    self.reading.response(self.facts, self.subject, entry, node);
                }
                other => {
                    self.reading.broken = true;
                    let why = match other {
                        Some(_) => "is not valid",
                        None if self.facts.blobs().contains_key(&descriptor.digest) => "cannot be read",
                        None if unlisted_folder(self.facts, &descriptor.digest).is_some() => "cannot be read",
                        None => "is not in the layout",
                    };
                    self.reading.note("response-broken", entry, format!("points at a response that {why}"));
                }
            }
        }
    }

    /// Entries that point at a referrer each, in index.json or in an index.
    fn list(&mut self, file: Option<&'a Node>, entries: &'a [Entry]) {
        for entry in entries.iter().filter(|entry| self.want.fits(entry)) {
            let Ok(descriptor) = &entry.descriptor else {
                continue;
            };
            match self.facts.node(&descriptor.digest) {
                Some(node) if !refutes(self.subject, node) => {
                    self.reading.sight(Says::Manifest(node), Some(node), file, Some(entry));
                }
                Some(node) if self.want.is_nothing() || node.subject.is_none() => {}
                Some(node) => self.reading.refuted(file, entry, node),
                // without the manifest, only a mark can tell whose referrer it is
                None if self.want.is_nothing() => {}
                None => self.reading.sight(Says::List(descriptor), None, file, Some(entry)),
            }
        }
    }

    /// Entries of index.json and of all indexes that can be reached from there.
    fn reachable(&mut self) {
        self.list(None, self.facts.entries());
        let indexes: Vec<&Digest> = self.indexes().map(|node| &node.digest).collect();
        for digest in graph::reachable(self.facts, indexes, |kind| kind == EdgeKind::Manifest) {
            if let Some(node) = self.facts.node(digest).filter(|node| is_index(node)) {
                self.list(Some(node), &node.entries);
            }
        }
    }

    /// Entries beside the image in the indexes that index.json names.
    fn subject_indexes(&mut self) {
        let mut indexes: Vec<&Node> = self.indexes().collect();
        indexes.sort_unstable_by_key(|node| &node.digest);
        indexes.dedup_by_key(|node| &node.digest);
        for node in indexes {
            self.list(Some(node), &node.entries);
        }
    }

    /// The indexes that index.json names.
    fn indexes(&self) -> impl Iterator<Item = &'a Node> + use<'a> {
        let facts = self.facts;
        let entries = facts.entries().iter().filter_map(Entry::digest);
        entries.filter_map(|digest| facts.node(digest)).filter(|node| is_index(node))
    }

    /// All blobs.
    fn blobs(&mut self) {
        for node in self.facts.nodes().filter(|node| !refutes(self.subject, node)) {
            self.reading.sight(Says::Manifest(node), Some(node), Some(node), None);
        }
    }
}

impl<'a> Reading<'a> {
    fn response(&mut self, facts: &'a Facts, subject: &Digest, via: &'a Entry, response: &'a Node) {
        for entry in &response.entries {
            let Ok(descriptor) = &entry.descriptor else {
                self.broken = true;
                continue;
            };
            match facts.node(&descriptor.digest) {
                Some(node) if refutes(subject, node) => {
                    // what it lists may be a referrer, and nobody can tell from the blob
                    self.broken |= !usable(node);
                    self.refuted(Some(response), entry, node);
                }
                None if is_other(facts, &descriptor.digest) => {
                    let digest = descriptor.digest.short();
                    self.diagnostics.push(Diagnostic {
                        code: "listed-no-referrer",
                        file: Some(response.path()),
                        pointer: Some(entry.pointer()),
                        message: format!("lists {digest}, which is neither a manifest nor an index"),
                    });
                }
                node => {
                    self.sight(Says::List(descriptor), node, Some(response), Some(entry));
                    if let Some(sighting) = self.sightings.last_mut() {
                        sighting.via = Some(via);
                    }
                }
            }
        }
    }

    fn refuted(&mut self, file: Option<&Node>, entry: &Entry, node: &Node) {
        let digest = node.digest.short();
        let (code, message) = match &node.subject {
            _ if node.invalid.is_some() => {
                ("listed-invalid", format!("lists {digest}, which is no valid manifest"))
            }
            _ if !usable(node) => {
                ("listed-corrupt", format!("lists {digest}, whose blob does not match its digest"))
            }
            Some(subject) => {
                ("listed-other", format!("lists {digest}, which refers to {}", subject.digest.short()))
            }
            None => ("listed-no-referrer", format!("lists {digest}, which refers to nothing")),
        };
        let pointer = entry.pointer();
        self.diagnostics.push(Diagnostic {
            code,
            file: Some(file.map_or_else(|| "index.json".to_owned(), Node::path)),
            pointer: Some(pointer),
            message,
        });
    }

    fn note(&mut self, code: &'static str, entry: &Entry, message: String) {
        let (file, pointer) = (Some("index.json".to_owned()), Some(entry.pointer()));
        self.diagnostics.push(Diagnostic { code, file, pointer, message });
    }

    fn sight(
        &mut self,
        says: Says<'a>,
        node: Option<&'a Node>,
        file: Option<&'a Node>,
        entry: Option<&'a Entry>,
    ) {
        self.sightings.push(Sighting { says, node, file, entry, via: None });
    }
}

/// Whether a blob was read, and is neither a manifest nor an index.
pub(super) fn is_other(facts: &Facts, digest: &Digest) -> bool {
    let blob = facts.blobs().get(digest);
    blob.is_some_and(|blob| matches!(blob.content, BlobContent::Opaque | BlobContent::Json(_)))
}

fn is_index(node: &Node) -> bool {
    usable(node) && node.kind == DocumentKind::Index
}

/// Whether a manifest that is there is no referrer of the subject.
fn refutes(subject: &Digest, node: &Node) -> bool {
    !usable(node) || node.subject.as_ref().is_none_or(|named| named.digest != *subject)
}

fn as_referrer(descriptor: &Descriptor) -> Referrer {
    Referrer {
        media_type: descriptor.media_type.to_string(),
        digest: descriptor.digest.clone(),
        size: descriptor.size,
        artifact_type: descriptor.optional().artifact_type.as_deref().map(str::to_owned),
        annotations: descriptor.optional().annotations.clone(),
    }
}
