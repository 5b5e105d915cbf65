//! What a carrier puts on an entry.
//!
//! Owns: pulled-up fields, annotations and names of entries, and the entries of index.json without doubles.
//! Leaves to others: which referrers there are, and indexes beside an image ([`super::subject_index`]).

use referee_convention::{Carrier, PullUp};
use referee_spec::Digest;
use referee_spec::annotation::REF_NAME;

use crate::content::Platform;
use crate::contents::ContentNode;
use crate::document::Descriptor;

/// A referrer's descriptor in a response: what is pulled up, and nothing of the carrier's own.
pub(super) fn response_entry(carrier: &Carrier, node: &ContentNode) -> Descriptor {
    let mut descriptor = node.descriptor();
    for field in &carrier.pull_up {
        match field {
            PullUp::ArtifactType => descriptor.artifact_type.clone_from(&node.artifact_type),
            PullUp::Annotations => descriptor.annotations.clone_from(&node.annotations),
        }
    }
    descriptor
}

/// A referrer's descriptor in a list that also holds other things.
///
/// A pulled-up `ref.name` is left out: in index.json it would be a tag that nobody gave (ANNOT-026). The
/// carrier's own annotations win over pulled-up ones.
pub(super) fn referrer_entry(carrier: &Carrier, subject: &Digest, node: &ContentNode) -> Descriptor {
    let mut descriptor = response_entry(carrier, node);
    descriptor.annotations.remove(REF_NAME);
    descriptor.platform = carrier.platform.as_deref().and_then(Platform::parse);
    mark(carrier, subject, &mut descriptor);
    descriptor
}

fn mark(carrier: &Carrier, subject: &Digest, descriptor: &mut Descriptor) {
    for (key, value) in &carrier.annotation {
        descriptor.annotations.insert(key.clone(), value.expand(subject));
    }
    if let Some(name) = &carrier.ref_name {
        descriptor.annotations.insert(REF_NAME.to_owned(), name.expand_as_tag(subject));
    }
}

/// The entries of index.json, in order.
#[derive(Default)]
pub(super) struct Entries(Vec<Descriptor>);

impl Entries {
    /// An entry as any tool writes it.
    pub(super) fn add_plain(&mut self, mut descriptor: Descriptor, tag: Option<&str>) {
        if let Some(tag) = tag {
            descriptor.annotations.insert(REF_NAME.to_owned(), tag.to_owned());
        }
        self.0.push(descriptor);
    }

    /// The entry of a response.
    pub(super) fn add_response(&mut self, carrier: &Carrier, subject: &Digest, mut response: Descriptor) {
        mark(carrier, subject, &mut response);
        self.add(response);
    }

    /// The entry of one referrer. Two carriers that agree share one.
    pub(super) fn add_referrer(&mut self, carrier: &Carrier, subject: &Digest, node: &ContentNode) {
        self.add(referrer_entry(carrier, subject, node));
    }

    /// Gives a referrer its tag: on the entry that lists it, or on one of its own.
    pub(super) fn name(&mut self, node: &ContentNode, tag: &str) {
        let free = |entry: &&mut Descriptor| {
            entry.digest == node.digest && !entry.annotations.contains_key(REF_NAME)
        };
        match self.0.iter_mut().find(free) {
            Some(entry) => {
                entry.annotations.insert(REF_NAME.to_owned(), tag.to_owned());
            }
            None => self.add_plain(node.descriptor(), Some(tag)),
        }
    }

    pub(super) fn into_descriptors(self) -> Vec<Descriptor> {
        self.0
    }

    /// Adds `new`, or joins it with an entry of the same digest that says nothing against it.
    fn add(&mut self, new: Descriptor) {
        let same = |entry: &&mut Descriptor| {
            let agrees = |(key, value): (&String, &String)| {
                let there = entry.annotations.get(key);
                if key == REF_NAME { there == Some(value) } else { there.is_none_or(|v| v == value) }
            };
            entry.digest == new.digest
                && new.annotations.contains_key(REF_NAME) == entry.annotations.contains_key(REF_NAME)
                && new.annotations.iter().all(agrees)
                && (new.platform.is_none() || entry.platform.is_none() || new.platform == entry.platform)
        };
        match self.0.iter_mut().find(same) {
            Some(entry) => {
                entry.artifact_type = entry.artifact_type.take().or(new.artifact_type);
                entry.platform = entry.platform.take().or(new.platform);
                entry.annotations.extend(new.annotations);
            }
            None => self.0.push(new),
        }
    }
}
