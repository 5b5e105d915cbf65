//! The referrers responses that index.json leads to.
//!
//! Owns: the two marks by which one is known: the annotation of the profile's proposal, and the fallback tag of
//! distribution-spec. Leaves to others: whether a response is right.

use referee_spec::annotation::REF_NAME;
use std::collections::BTreeMap;

use referee_convention::{Template, Values};
use referee_layout::facts::Verified;
use referee_layout::{Descriptor, DocumentKind, Entry, Facts, Node};
use referee_spec::Digest;
use referee_spec::path::blob_path;

use super::Evidence;
use crate::doc::annotation_pointer;
use crate::profile::Profile;

/// The fallback tag (distribution-spec, Referrers Tag Schema).
const TAG: &str = "{subject.algorithm:32}-{subject.encoded:64}";

/// One entry of index.json that says: here are the referrers of this subject.
#[derive(Debug, Clone)]
pub(crate) struct Response<'a> {
    pub(crate) mark: Mark,
    pub(crate) entry: &'a Entry,
    pub(crate) subject: Digest,
    /// The image index that it points at, if it is there, is one, and its bytes are its own.
    pub(crate) node: Option<&'a Node>,
}

/// How an entry of index.json says that it is a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// By an annotation with this key.
    Annotation(String),
    /// By this fallback tag.
    Tag(String),
}

impl Response<'_> {
    /// The place of the mark in index.json.
    pub(crate) fn pointer(&self) -> String {
        let key = match &self.mark {
            Mark::Annotation(key) => key,
            Mark::Tag(_) => REF_NAME,
        };
        annotation_pointer(&self.entry.pointer(), key)
    }

    /// The response's own file.
    pub(crate) fn file(&self) -> String {
        self.node.map_or_else(|| "index.json".to_owned(), |node| blob_path(&node.digest))
    }

    /// Whether the proposal's annotation marks it.
    pub(crate) fn is_annotated(&self) -> bool {
        matches!(self.mark, Mark::Annotation(_))
    }

    /// Its descriptors with the referrers that they describe. What is not there, and what does not refer to the subject,
    /// is reported as that, whatever else its descriptor says.
    pub(crate) fn referrers<'e>(
        &'e self,
        evidence: &'e Evidence<'_>,
    ) -> impl Iterator<Item = (&'e Entry, &'e Descriptor, &'e Node)> {
        self.entries().filter_map(|(entry, descriptor)| {
            let node = evidence.node(&descriptor.digest)?;
            let refers = node.subject.as_ref().is_some_and(|subject| subject.digest == self.subject);
            refers.then_some((entry, descriptor, node))
        })
    }

    /// Its descriptors, with their places.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Entry, &Descriptor)> {
        let entries = self.node.map_or(&[][..], |node| node.entries.as_slice());
        entries.iter().filter_map(|entry| Some((entry, entry.descriptor.as_ref().ok()?)))
    }
}

/// All responses, in the order of index.json.
pub(super) fn find<'a>(facts: &'a Facts, profile: &Profile) -> Vec<Response<'a>> {
    let mut responses = Vec::new();
    let tags = tags(facts);
    for entry in facts.entries() {
        let Some(digest) = entry.digest() else { continue };
        let usable = |node: &&Node| node.kind == DocumentKind::Index && node.verified != Verified::No;
        let node = || facts.node(digest).filter(usable);
        // nothing can list its own digest, so what is marked with that is no response
        let itself = |subject: &Digest| subject == digest;
        if let Some(key) = profile.key()
            && let Some(subject) = entry.annotation(key).and_then(|value| Digest::parse(value).ok())
        {
            let node = node().filter(|_| !itself(&subject));
            responses.push(Response { mark: Mark::Annotation(key.to_owned()), entry, subject, node });
        }
        // a full name may stand before the tag, as in `host/repository:tag`
        let name = entry.ref_name().filter(|_| !tags.is_empty());
        let tag = name.map(|name| name.rsplit_once(':').map_or(name, |(_, tag)| tag));
        let known = tag.and_then(|tag| tags.get_key_value(tag));
        if let Some((tag, subject)) = known.filter(|(_, subject)| !itself(subject)) {
            let (mark, subject) = (Mark::Tag(tag.clone()), (*subject).clone());
            responses.push(Response { mark, entry, subject, node: node() });
        }
    }
    responses
}

/// The fallback tags of everything in the layout that is a subject or could be one.
fn tags(facts: &Facts) -> BTreeMap<String, &Digest> {
    let dashed = |entry: &&Entry| entry.ref_name().is_some_and(|name| name.contains('-'));
    if !facts.entries().iter().any(|entry| dashed(&entry)) {
        return BTreeMap::new();
    }
    let all = facts.nodes().map(|node| &node.digest).chain(facts.subjects());
    all.map(|digest| (tag(digest), digest)).collect()
}

/// The fallback tag of a subject.
pub(crate) fn tag(subject: &Digest) -> String {
    let tag = Template::parse(TAG).ok().and_then(|tag| tag.expand_as_tag(&Values::of(subject)));
    tag.expect("the template is a constant, and asks for the subject's digest alone")
}
