//! What a carrier puts on an entry.
//!
//! Owns: pulled-up fields, annotations and names of entries, and the entries of index.json without doubles.
//! Leaves to others: which referrers there are, and indexes beside an image ([`super::subject_index`]).

use std::collections::BTreeMap;

use referee_convention::{Carrier, Convention, PullUp, Template, Values};
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

/// A referrer's descriptors in a list that also holds other things: one, or one for each name of the subject where the
/// carrier has that on its entries.
///
/// A pulled-up `ref.name` is left out: in index.json it would be a tag that nobody gave (ANNOT-026). The
/// carrier's own annotations win over pulled-up ones.
pub(super) fn referrer_entries(
    carrier: &Carrier,
    subject: &ContentNode,
    node: &ContentNode,
) -> Vec<Descriptor> {
    let mut plain = response_entry(carrier, node);
    plain.annotations.remove(REF_NAME);
    plain.platform = carrier.platform.as_deref().and_then(Platform::parse);
    let values = |values| Values {
        referrer: Some(&node.digest),
        artifact_type: node.artifact_type.as_deref(),
        ..values
    };
    let marked = values_of(carrier, subject).into_iter().map(values);
    marked.filter_map(|values| mark(carrier, &values, plain.clone())).collect()
}

/// What is known of a subject: once, or once for each of its names where the carrier asks for them. A subject that is not in
/// the layout has no entry that could have a name.
fn values_of<'a>(carrier: &Carrier, subject: &'a ContentNode) -> Vec<Values<'a>> {
    let values = Values::of(&subject.digest);
    let mut names = subject.tags().filter(|_| !subject.absent);
    if !carrier.needs_name() {
        // one entry, and what readers do not look at has the first name
        let asks = carrier.extra_annotation.values().any(Template::has_ref_name);
        return vec![Values { ref_name: names.next().filter(|_| asks), ..values }];
    }
    names.map(|name| Values { ref_name: Some(name), ..values }).collect()
}

/// The entry with the carrier's annotations on it; none where one of those that readers look for stands for nothing.
fn mark(carrier: &Carrier, values: &Values<'_>, mut descriptor: Descriptor) -> Option<Descriptor> {
    annotate(&carrier.extra_annotation, values, &mut descriptor);
    for mark in carrier.marks() {
        descriptor.annotations.insert(mark.key.to_owned(), mark.value(values)?);
    }
    Some(descriptor)
}

/// Adds annotations at which no reader looks, but for those that stand for nothing.
fn annotate(extra: &BTreeMap<String, Template>, values: &Values<'_>, descriptor: &mut Descriptor) {
    let known = extra.iter().filter_map(|(key, template)| Some((key.clone(), template.expand(values)?)));
    descriptor.annotations.extend(known);
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

    /// The entry of an image, by the convention.
    pub(super) fn add_image(
        &mut self,
        convention: Option<&Convention>,
        mut descriptor: Descriptor,
        tag: Option<&str>,
    ) {
        if let Some(convention) = convention.filter(|_| tag.is_some()) {
            let digest = descriptor.digest.clone();
            let values = Values { ref_name: tag, ..Values::of(&digest) };
            annotate(&convention.image_annotation, &values, &mut descriptor);
        }
        self.add_plain(descriptor, tag);
    }

    /// The entry of a response; one for each name of the subject where the carrier has that on its entries.
    pub(super) fn add_response(&mut self, carrier: &Carrier, subject: &ContentNode, response: &Descriptor) {
        for values in values_of(carrier, subject) {
            if let Some(entry) = mark(carrier, &values, response.clone()) {
                self.add(entry);
            }
        }
    }

    /// The entries of one referrer. Two carriers that agree share one.
    pub(super) fn add_referrer(&mut self, carrier: &Carrier, subject: &ContentNode, node: &ContentNode) {
        for entry in referrer_entries(carrier, subject, node) {
            self.add(entry);
        }
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
