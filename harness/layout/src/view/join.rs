//! Joining what the carriers of several conventions lead to.
//!
//! Owns: one entry per referrer, what disagrees, whether the set is complete. Leaves to others: following a carrier
//! ([`super::carrier`]). A carrier that several conventions share is followed once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::carrier::{self, Reading, Sighting};
use super::{Complete, Diagnostic, Found, FoundAt, View, unlisted_folder, usable};
use crate::facts::{Descriptor, DocumentKind, Facts, Node, Subject, Verified};
use referee_convention::Carrier;
use referee_convention::Convention;
use referee_source::counted;
use referee_spec::Digest;

/// A referrer while it is put together.
struct Draft<'a> {
    first: Sighting<'a>,
    found_at: Vec<Sighting<'a>>,
    found_by: BTreeSet<Arc<str>>,
}

struct Join<'a> {
    facts: &'a Facts,
    subject: &'a Digest,
    drafts: Vec<Draft<'a>>,
    by_digest: HashMap<&'a Digest, usize>,
    diagnostics: Vec<Diagnostic>,
    said: BTreeSet<Diagnostic>,
}

pub(super) fn read(facts: &Facts, subject: &Digest, conventions: &[Convention]) -> View {
    let mut join = Join {
        facts,
        subject,
        drafts: Vec::new(),
        by_digest: HashMap::new(),
        diagnostics: Vec::new(),
        said: BTreeSet::new(),
    };
    let mut readings: Vec<(&Carrier, Reading<'_>)> = Vec::new();
    for carrier in conventions.iter().flat_map(|convention| &convention.carriers) {
        if !readings.iter().any(|(known, _)| known.reads_as(carrier)) {
            let mut reading = carrier::read(facts, subject, carrier);
            join.note(std::mem::take(&mut reading.diagnostics));
            readings.push((carrier, reading));
        }
    }
    let mut responses = BTreeSet::new();
    let mut broken = false;
    let mut marked = None;
    for (at, (carrier, reading)) in readings.iter().enumerate() {
        responses.extend(reading.responses.iter().copied());
        broken |= reading.broken;
        let reads = |convention: &&Convention| convention.carriers.iter().any(|one| one.reads_as(carrier));
        let ids: Vec<Arc<str>> =
            conventions.iter().filter(reads).map(|convention| Arc::from(convention.id.as_str())).collect();
        join.add(&reading.sightings, &ids, at == 0);
    }
    for convention in conventions {
        let marks = &convention.index_annotation;
        let has =
            |(key, value): (&String, &String)| facts.index_annotations().get(key) == Some(value.as_str());
        if marked.is_none() && !marks.is_empty() && marks.iter().all(has) {
            marked = Some(convention.id.clone());
        }
    }
    join.drafts.par_sort_unstable_by_key(|draft| draft.first.digest());
    join.missing();
    join.subject();
    join.named_otherwise();
    let complete = join.completeness(&responses, broken, marked.as_deref());
    let drafts = &join.drafts;
    let finds = |convention: &Convention| {
        let mine = drafts.iter().filter(|draft| draft.found_by.contains(convention.id.as_str()));
        (convention.id.clone(), mine.map(|draft| draft.first.digest().clone()).collect())
    };
    let conventions: BTreeMap<_, _> = conventions.par_iter().map(finds).collect();
    View {
        subject: subject.clone(),
        referrers: join.drafts.into_par_iter().with_min_len(256).map(Found::from).collect(),
        conventions,
        complete,
        diagnostics: join.diagnostics,
    }
}

impl From<Draft<'_>> for Found {
    fn from(draft: Draft<'_>) -> Self {
        let node = draft.first.node;
        Self {
            referrer: node.map_or_else(|| draft.first.referrer(), Node::referrer),
            places: draft.found_at.iter().map(Sighting::found_at).collect(),
            found_by: draft.found_by,
            verified: node.is_some_and(|node| node.verified == Verified::Yes),
        }
    }
}

impl<'a> Join<'a> {
    fn add(&mut self, sightings: &[Sighting<'a>], ids: &[Arc<str>], all_new: bool) {
        if all_new {
            self.drafts.reserve(sightings.len());
            self.by_digest.reserve(sightings.len());
        }
        for sighting in sightings {
            if let (Some(listed), Some(node)) = (sighting.listed(), sighting.node) {
                let differ = differences(listed, node);
                if !differ.is_empty() {
                    let message = format!("lists {} {differ}", listed.digest.short());
                    self.note([Diagnostic::at("fields-differ", &sighting.found_at(), message)]);
                }
            }
            let new = self.drafts.len();
            let at = *self.by_digest.entry(sighting.digest()).or_insert(new);
            if at == new {
                self.drafts.push(Draft { first: *sighting, found_at: Vec::new(), found_by: BTreeSet::new() });
            }
            let draft = &mut self.drafts[at];
            match draft.found_at.iter_mut().find(|known| known.is_where(sighting)) {
                // the same place, and now it is known what leads there
                Some(known) if known.via.is_none() => *known = *sighting,
                Some(_) => {}
                None => draft.found_at.push(*sighting),
            }
            draft.found_by.extend(ids.iter().cloned());
        }
    }

    fn note(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        for diagnostic in diagnostics {
            if self.said.insert(diagnostic.clone()) {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    fn missing(&mut self) {
        let sentence = |draft: &Draft<'_>| {
            let digest = draft.first.digest();
            let (code, what) = match (self.facts.node(digest), self.facts.blobs().get(digest)) {
                (Some(node), _) if usable(node) && node.verified == Verified::Yes => return None,
                (_, None) if unlisted_folder(self.facts, digest).is_some() => {
                    ("referrer-unreadable", "is listed, but the folder of its blob could not be read")
                }
                (_, None) => ("referrer-missing", "is listed, but its blob is not in the layout"),
                (Some(node), _) if node.verified == Verified::No => {
                    ("referrer-corrupt", "does not match its digest")
                }
                (Some(_), _) => {
                    ("referrer-unverified", "cannot be verified: its digest's algorithm is not known here")
                }
                (None, Some(_)) => ("referrer-unreadable", "is no manifest or index that can be read"),
            };
            let place = draft.found_at.iter().map(Sighting::found_at).min()?;
            Some(Diagnostic::at(code, &place, format!("{} {what}", digest.short())))
        };
        let sentences: Vec<_> = self.drafts.iter().filter_map(sentence).collect();
        self.note(sentences);
    }

    fn subject(&mut self) {
        let folder = unlisted_folder(self.facts, self.subject);
        if !self.facts.blobs().contains_key(self.subject) && folder.is_none() {
            let message = format!("the subject {} itself is not in the layout", self.subject.short());
            self.note([Diagnostic { code: "subject-absent", file: None, pointer: None, message }]);
        }
    }

    /// The digest alone says what a subject is. Where the rest of its descriptor says something else, readers that compare it find
    /// nothing.
    fn named_otherwise(&mut self) {
        let Some(subject) = self.facts.node(self.subject) else { return };
        let differs = |named: &Subject| {
            let media_type = match named.media_type.as_deref() {
                None => Some("without a mediaType".to_owned()),
                Some(own) => {
                    let other = DocumentKind::of_media_type(own) != Some(subject.kind)
                        || subject.media_type.as_deref().is_some_and(|is| is != own);
                    other.then(|| format!("as {own}"))
                }
            };
            let size = match named.size {
                None => Some("without a size".to_owned()),
                Some(size) => (size != subject.size).then(|| {
                    format!("with a size of {}, where it has {}", counted(size, "byte"), subject.size)
                }),
            };
            [("subject-type-differs", media_type), ("subject-size-differs", size)]
        };
        let sentences = |draft: &Draft<'_>| {
            let named = draft.first.node.and_then(|node| Some((node, node.subject.as_deref()?)));
            let found = named.into_iter().flat_map(|(node, named)| {
                let place = FoundAt { file: node.path(), pointer: "/subject".to_owned(), via: None };
                let digest = node.digest.short();
                differs(named).into_iter().filter_map(move |(code, how)| {
                    let message = format!(
                        "{digest} names the subject {}: a reader that compares more than the digest does not find it",
                        how?
                    );
                    Some(Diagnostic::at(code, &place, message))
                })
            });
            found.collect::<Vec<_>>()
        };
        let sentences: Vec<_> = self.drafts.iter().flat_map(sentences).collect();
        self.note(sentences);
    }

    /// A response or a marker makes a set complete; a referrer that a response does not list, or a response that
    /// cannot be read, makes it known to be incomplete.
    fn completeness(
        &mut self,
        responses: &BTreeSet<&Digest>,
        broken: bool,
        marked: Option<&str>,
    ) -> Complete {
        let say = |code, message| Diagnostic { code, file: None, pointer: None, message };
        if broken {
            return Complete::No;
        }
        let listed = responses.iter().filter_map(|response| self.facts.node(response)).map(|response| {
            response.entries.iter().filter_map(|entry| entry.digest()).collect::<HashSet<&Digest>>()
        });
        let listed: Vec<HashSet<&Digest>> = listed.collect();
        let digests = self.drafts.iter().map(|draft| draft.first.digest());
        let unlisted = digests.filter(|digest| listed.iter().any(|list| !list.contains(digest)));
        let notes: Vec<_> = unlisted
            .map(|digest| {
                let message =
                    format!("{} refers to the subject, but a response does not list it", digest.short());
                say("unlisted", message)
            })
            .collect();
        if !notes.is_empty() {
            self.note(notes);
            return Complete::No;
        }
        if !responses.is_empty() {
            return Complete::Yes;
        }
        if let Some(id) = marked {
            if self.drafts.is_empty() {
                return Complete::Yes;
            }
            let message = format!(
                "index.json is marked as `{id}`, which lists all referrers of a subject in a response, but there is none for these"
            );
            self.note([say("response-absent", message)]);
            return Complete::No;
        }
        let message = "the layout has no response for the subject, so referrers may have been left behind when it was copied";
        self.note([say("no-response", message.to_owned())]);
        Complete::Unknown
    }
}

/// In which fields a listed descriptor is not what the manifest gives, as a sentence fragment; empty if in none.
fn differences(listed: &Descriptor, node: &Node) -> String {
    let media_type = node.media_type.as_deref().unwrap_or(node.kind.media_type());
    let (own, given) = (listed.optional(), node.referrer_type());
    let has_type = own.artifact_type.is_some();
    let has_annotations = own.annotations.iter().next().is_some();
    // each with whether it differs, and whether the list has it at all
    let fields = [
        ("mediaType", listed.media_type != media_type, true),
        ("size", listed.size != node.size, true),
        ("artifactType", own.artifact_type.as_deref() != given, has_type),
        ("annotations", own.annotations != node.annotations, has_annotations),
    ];
    let of = |is_there: bool| {
        let names = fields.iter().filter(|(_, differs, there)| *differs && *there == is_there);
        names.map(|(name, ..)| *name).collect::<Vec<_>>().join(" and ")
    };
    match (of(true), of(false)) {
        (other, none) if other.is_empty() && none.is_empty() => String::new(),
        (other, none) if none.is_empty() => format!("with {other} other than its manifest has"),
        (other, none) if other.is_empty() => format!("without the {none} that its manifest has"),
        (other, none) => {
            format!("with {other} other than its manifest has, and without the {none} that it has")
        }
    }
}
