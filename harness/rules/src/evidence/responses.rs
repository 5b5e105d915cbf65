//! The referrers responses that index.json leads to.
//!
//! Owns: the marks by which one is known: those of the proposal's carriers, and the fallback tag of distribution-spec. Leaves
//! to others: whether a response is right.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use referee_convention::{Carrier, Convention, ListedIn, Lists, Mark as Template, PullUp, Values};
use referee_layout::facts::Verified;
use referee_layout::{Descriptor, DocumentKind, Entry, Facts, Node};
use referee_spec::Digest;
use referee_spec::annotation::REF_NAME;
use referee_spec::path::blob_path;
use referee_spec::tag::fallback_tag;

use super::Evidence;
use super::marks::{claims, fits, named_subject, not_a_digest};
use crate::doc::annotation_pointer;
use crate::profile::Profile;

/// One entry of index.json that says: here are the referrers of this subject.
#[derive(Debug, Clone)]
pub(crate) struct Response<'a> {
    /// The carrier of the proposal that it is of; none where only distribution-spec has such a tag.
    pub(crate) carrier: Option<&'a Carrier>,
    /// The key of the annotation that says so.
    pub(crate) key: &'a str,
    pub(crate) entry: &'a Entry,
    /// Whose referrers; `None` if the mark stands for nothing that is in the layout or that something in it refers to.
    pub(crate) subject: Option<Digest>,
    /// The image index that it points at, if it is there, is one, and its bytes are its own.
    pub(crate) node: Option<&'a Node>,
}

/// A mark of a response that is not that of the subject which another mark stands for.
#[derive(Debug)]
pub(crate) struct WrongMark<'r> {
    pub(crate) subject: &'r Digest,
    pub(crate) key: &'r str,
    /// What it has to be; nothing where the subject has no name to be marked with.
    pub(crate) value: Option<String>,
}

impl Response<'_> {
    /// The place of the mark in index.json.
    pub(crate) fn pointer(&self) -> String {
        annotation_pointer(&self.entry.pointer(), self.key)
    }

    /// The response's own file.
    pub(crate) fn file(&self) -> String {
        self.node.map_or_else(|| "index.json".to_owned(), |node| blob_path(&node.digest))
    }

    /// Whether a carrier of the proposal has it.
    pub(crate) fn is_proposed(&self) -> bool {
        self.carrier.is_some()
    }

    /// Whether it is of a proposal whose sentences the requirements do not have.
    pub(crate) fn is_own(&self, evidence: &Evidence<'_>) -> bool {
        self.is_proposed() && evidence.profile.has_own_proposal()
    }

    /// Whether it is under a fallback tag, whoever asks for that.
    pub(crate) fn is_tagged(&self) -> bool {
        self.key == REF_NAME
    }

    /// What its mark names, as a message says it.
    pub(crate) fn whose(&self) -> String {
        self.subject.as_ref().map_or_else(|| "what its mark names".to_owned(), Digest::short)
    }

    /// Whether it has to copy that from its referrers. A fallback tag has to copy both, whatever a proposal says.
    pub(crate) fn pulls_up(&self, what: PullUp) -> bool {
        self.carrier.is_none_or(|carrier| carrier.pull_up.contains(&what))
    }

    /// Whether it is marked for that subject.
    pub(crate) fn is_for(&self, evidence: &Evidence<'_>, subject: &Digest) -> bool {
        match self.carrier {
            // most are marked by the digest alone
            Some(carrier) if carrier.marks().nth(1).is_some() || carrier.needs_name() => {
                let values = evidence.values(carrier, subject);
                values.iter().any(|values| fits(carrier, self.entry, values))
            }
            _ => self.subject.as_ref() == Some(subject),
        }
    }

    /// Where its marks are not all of one subject: that of what it lists, or the one that is named.
    pub(crate) fn wrong_mark<'r>(&'r self, evidence: &'r Evidence<'_>) -> Option<WrongMark<'r>> {
        let carrier = self.carrier.filter(|one| one.marks().nth(1).is_some() || one.needs_name())?;
        let listed = |(_, descriptor): (_, &'r Descriptor)| {
            evidence.node(&descriptor.digest)?.subject.as_ref().map(|subject| &subject.digest)
        };
        let subjects: Vec<&Digest> = self.entries().filter_map(listed).chain(&self.subject).collect();
        if subjects.iter().any(|subject| self.is_for(evidence, subject)) {
            return None;
        }
        subjects.into_iter().find_map(|subject| {
            let all = evidence.values(carrier, subject);
            let values = all.first().copied().unwrap_or(Values::of(subject));
            let wanted = |mark: &Template<'_>| mark.value(&values);
            let is_there = |mark: &Template<'_>| {
                wanted(mark).is_some_and(|value| self.entry.annotation(mark.key) == Some(&value))
            };
            carrier.marks().find(|mark| mark.template.has_subject() && is_there(mark))?;
            let wrong = carrier.marks().find(|mark| !is_there(mark))?;
            Some(WrongMark { subject, key: wrong.key, value: wanted(&wrong) })
        })
    }

    /// What the entry points at that is no list but one of what the list is about: the subject, or a single referrer.
    pub(crate) fn single(&self, evidence: &Evidence<'_>) -> Option<&'static str> {
        let digest = self.entry.digest()?;
        if Some(digest) == self.subject.as_ref() {
            return Some("the subject itself");
        }
        // an index that refers to the subject is looked at by a rule of its own
        let refers = evidence.node(digest).is_some_and(|node| self.lists_rightly(evidence, node));
        (refers && self.node.is_none()).then_some("a single referrer")
    }

    /// Its descriptors with the referrers that they describe. What is not there, and what does not refer to the subject,
    /// is reported as that, whatever else its descriptor says.
    pub(crate) fn referrers<'e>(
        &'e self,
        evidence: &'e Evidence<'_>,
    ) -> impl Iterator<Item = (&'e Entry, &'e Descriptor, &'e Node)> {
        self.entries().filter_map(|(entry, descriptor)| {
            let node = evidence.node(&descriptor.digest)?;
            self.lists_rightly(evidence, node).then_some((entry, descriptor, node))
        })
    }

    /// Whether something that it lists refers to the subject that it is marked for.
    pub(crate) fn lists_rightly(&self, evidence: &Evidence<'_>, node: &Node) -> bool {
        node.subject.as_ref().is_some_and(|subject| self.is_for(evidence, &subject.digest))
    }

    /// Its descriptors, with their places.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Entry, &Descriptor)> {
        let entries = self.node.map_or(&[][..], |node| node.entries.as_slice());
        entries.iter().filter_map(|entry| Some((entry, entry.descriptor.as_ref().ok()?)))
    }
}

/// The responses that have to copy this from what they list, each once where several marks lead to it.
pub(crate) fn copying<'e, 'a>(
    evidence: &'e Evidence<'a>,
    what: PullUp,
) -> impl Iterator<Item = &'e Response<'a>> {
    let mut seen = BTreeSet::new();
    let asked = evidence.responses().iter().filter(move |response| response.pulls_up(what));
    asked.filter(move |response| {
        response.node.is_some_and(|node| seen.insert((&node.digest, response.subject.as_ref())))
    })
}

/// All responses, in the order of index.json.
pub(super) fn find<'a>(facts: &'a Facts, profile: &'a Profile) -> Vec<Response<'a>> {
    let mut responses = Vec::new();
    let tags = tags(facts);
    let proposed: Vec<_> = profile.convention().into_iter().flat_map(Proposed::all_of).collect();
    for entry in facts.entries() {
        let Some(digest) = entry.digest() else { continue };
        let usable = |node: &&Node| node.kind == DocumentKind::Index && node.verified != Verified::No;
        let node = || facts.node(digest).filter(usable);
        // nothing can list its own digest, so what is marked with that is no response
        let itself = |subject: Option<&Digest>| subject == Some(digest);
        for one in &proposed {
            let Some(subject) = one.subject_of(entry, facts, profile) else { continue };
            let node = node().filter(|_| !itself(subject.as_ref()));
            if one.mark.is_name() && itself(subject.as_ref()) {
                continue;
            }
            let (carrier, key) = (Some(one.carrier), one.mark.key);
            responses.push(Response { carrier, key, entry, subject, node });
        }
        // a full name may stand before the tag, as in `host/repository:tag`
        let name = entry.ref_name().filter(|_| !tags.is_empty());
        let tag = name.map(|name| name.rsplit_once(':').map_or(name, |(_, tag)| tag));
        let subject = tag.and_then(|tag| tags.get(tag)).copied().filter(|subject| !itself(Some(subject)));
        // what the proposal has under its tag is that, and one response
        let said = |known: &Response<'_>| known.is_tagged() && known.entry.position == entry.position;
        if let Some(subject) = subject.filter(|_| !responses.last().is_some_and(said)) {
            let (subject, node) = (Some(subject.clone()), node());
            responses.push(Response { carrier: None, key: REF_NAME, entry, subject, node });
        }
    }
    responses
}

/// A carrier of the proposal that has responses.
struct Proposed<'a> {
    carrier: &'a Carrier,
    /// The mark that tells whose response it is.
    mark: Template<'a>,
    /// The subjects that the mark can stand for, by its value, where it does not hold the digest itself.
    known: OnceCell<BTreeMap<String, &'a Digest>>,
}

impl<'a> Proposed<'a> {
    fn all_of(convention: &'a Convention) -> impl Iterator<Item = Self> {
        let responses =
            |carrier: &&Carrier| carrier.place == ListedIn::Index && carrier.lists == Lists::Response;
        convention.written().filter(responses).filter_map(|carrier| {
            let holds_digest = |mark: &Template<'_>| !mark.is_name() && mark.template.holds_digest();
            let naming = |mark: &Template<'_>| mark.template.has_subject();
            let mark = carrier.marks().find(holds_digest).or_else(|| carrier.marks().find(naming))?;
            Some(Self { carrier, mark, known: OnceCell::new() })
        })
    }

    /// Whose response the entry says to be; nothing if it does not say that it is one, or if it names what is no digest, which is
    /// looked at by a rule of its own.
    fn subject_of(&self, entry: &Entry, facts: &'a Facts, profile: &Profile) -> Option<Option<Digest>> {
        let value = entry.annotation(self.mark.key)?;
        let by_name_alone = self.carrier.annotation.is_empty();
        if !by_name_alone && !claims(self.carrier, entry) {
            return None;
        }
        if let Some(subject) = named_subject(self.carrier, entry) {
            return Some(Some(subject));
        }
        if not_a_digest(self.carrier, entry, profile).is_some() {
            return None;
        }
        let known = self.known.get_or_init(|| self.all_known(facts));
        let subject = known.get(value).map(|digest| (*digest).clone());
        // what is not in the layout is known by a tag that holds all of its digest
        let subject = subject.or_else(|| self.mark.template.subject_of_tag(value).filter(|_| by_name_alone));
        // a name of its own says nothing as long as it is nobody's
        (!by_name_alone || subject.is_some()).then_some(subject)
    }

    fn all_known(&self, facts: &'a Facts) -> BTreeMap<String, &'a Digest> {
        if self.mark.template.has_ref_name() {
            let named = facts.entries().iter().filter(|entry| !claims(self.carrier, entry));
            let value = |entry: &'a Entry| {
                let subject = entry.digest()?;
                let values = Values { ref_name: Some(entry.ref_name()?), ..Values::of(subject) };
                Some((self.mark.value(&values)?, subject))
            };
            return named.filter_map(value).collect();
        }
        let all = facts.nodes().map(|node| &node.digest).chain(facts.subjects());
        all.filter_map(|digest| Some((self.mark.value(&Values::of(digest))?, digest))).collect()
    }
}

/// The fallback tags of everything in the layout that is a subject or could be one.
fn tags(facts: &Facts) -> BTreeMap<String, &Digest> {
    let dashed = |entry: &&Entry| entry.ref_name().is_some_and(|name| name.contains('-'));
    if !facts.entries().iter().any(|entry| dashed(&entry)) {
        return BTreeMap::new();
    }
    let all = facts.nodes().map(|node| &node.digest).chain(facts.subjects());
    // what could not be read may be one
    let unread = facts.blobs().pick(|_, blob| blob.unreadable());
    let all = all.chain(unread.into_iter().map(|(digest, _)| digest));
    all.map(|digest| (fallback_tag(digest), digest)).collect()
}
