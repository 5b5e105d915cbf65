//! References: descriptors that name a blob.
//!
//! Owns: what one says of the blob, and where it is. Leaves to others: the blob itself, and following references.

use referee_layout::{Descriptor, DocumentKind, Entry, Facts, Mention, Node, Subject};
use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::doc::Slot;

/// One descriptor that refers to a blob, and where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reference<'a> {
    /// The document that has it; `None` for index.json.
    pub(crate) from: Option<&'a Digest>,
    via: Via<'a>,
}

/// The value that refers to the blob.
#[derive(Debug, Clone, Copy)]
enum Via<'a> {
    /// An item of a list. It counts if its digest can be read, whatever else is wrong with it.
    Item(&'a Entry),
    Config(&'a Descriptor),
    Subject(&'a Subject),
}

impl<'a> Reference<'a> {
    /// That of an item of a list; `None` if its digest cannot be read.
    pub(super) fn of(from: Option<&'a Digest>, entry: &'a Entry) -> Option<Self> {
        let readable = entry.descriptor.as_ref().map_or_else(|no| no.mention.is_some(), |_| true);
        readable.then_some(Self { from, via: Via::Item(entry) })
    }

    /// The position of the blob in the facts.
    pub(super) fn position(&self, facts: &Facts) -> Option<u32> {
        u32::try_from(facts.blobs().position(self.digest()?)?).ok()
    }

    pub(super) fn digest(&self) -> Option<&'a Digest> {
        match self.via {
            Via::Subject(subject) => Some(&subject.digest),
            _ => self.descriptor().map(|own| &own.digest).or_else(|| Some(&self.mention()?.digest)),
        }
    }

    fn mention(&self) -> Option<&'a Mention> {
        match self.via {
            Via::Item(entry) => entry.descriptor.as_ref().err()?.mention.as_ref(),
            Via::Config(_) | Via::Subject(_) => None,
        }
    }

    pub(crate) fn media_type(&self) -> Option<&'a str> {
        match self.via {
            Via::Subject(subject) => subject.media_type.as_deref(),
            _ => match self.descriptor() {
                Some(descriptor) => Some(&descriptor.media_type),
                None => self.mention()?.media_type.as_deref(),
            },
        }
    }

    pub(crate) fn size(&self) -> Option<u64> {
        match self.via {
            Via::Subject(subject) => subject.size,
            _ => self.descriptor().map(|descriptor| descriptor.size),
        }
    }

    /// The item of a list that it is, if it is one.
    pub(crate) fn entry(&self) -> Option<&'a Entry> {
        match self.via {
            Via::Item(entry) => Some(entry),
            Via::Config(_) | Via::Subject(_) => None,
        }
    }

    /// The descriptor itself, if it is usable and no subject.
    pub(crate) fn descriptor(&self) -> Option<&'a Descriptor> {
        match self.via {
            Via::Item(entry) => entry.descriptor.as_ref().ok(),
            Via::Config(config) => Some(config),
            Via::Subject(_) => None,
        }
    }

    pub(crate) fn slot(&self) -> Slot {
        match self.via {
            Via::Item(entry) => Slot::of(entry),
            Via::Config(_) => Slot::Config,
            Via::Subject(_) => Slot::Subject,
        }
    }

    pub(crate) fn file(&self) -> String {
        self.from.map_or_else(|| "index.json".to_owned(), blob_path)
    }

    pub(crate) fn pointer(&self) -> String {
        self.slot().pointer()
    }

    /// The kind of document that its media type says, Docker's among them.
    pub(crate) fn kind(&self) -> Option<DocumentKind> {
        DocumentKind::of_media_type(self.media_type()?)
    }
}

/// All references of a manifest or index: its config, its list, its subject.
pub(super) fn references_from(node: &Node) -> impl Iterator<Item = Reference<'_>> {
    let from = Some(&node.digest);
    let one = move |via| Reference { from, via };
    let config = node.config.iter().map(move |config| one(Via::Config(config)));
    let items = node.entries.iter().filter_map(move |entry| Reference::of(from, entry));
    let subject = node.subject.iter().map(move |subject| one(Via::Subject(subject)));
    config.chain(items).chain(subject)
}
