//! Who names whom in a layout, by whatever means, gathered in one pass.
//!
//! Owns: telling a valid `subject` from all else that names a manifest: a `subject` in what is no valid manifest, an
//! annotation that some convention uses, a tag made of a digest. Leaves to others: what could not be read and may name
//! anything (`unclear`), and which convention finds what (`join`).

use std::collections::{BTreeMap, BTreeSet};

use super::carrier::is_other;
use super::unclear::{self, Unclear};
use super::{FoundAt, View, usable};
use crate::facts::{BlobContent, DocumentKind, Entry, Facts, Foreign, Node, Verified};
use referee_convention::{Convention, Lists};
use referee_spec::path::blob_path;
use referee_spec::{Algorithm, Digest, media_type};

/// Everything in a layout that names a manifest, and what may do so.
#[derive(Debug)]
pub struct Census<'a> {
    pub(super) facts: &'a Facts,
    keys: BTreeMap<&'a str, Lists>,
    named: BTreeMap<Digest, BTreeSet<Naming<'a>>>,
    /// All that names something.
    pub(super) naming: BTreeSet<&'a Digest>,
    /// The names that index.json has for each digest.
    pub(super) ref_names: BTreeMap<&'a Digest, Vec<&'a str>>,
    pub(super) unclear: Vec<Unclear<'a>>,
}

/// Something that names a manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming<'a> {
    /// By which means.
    pub how: How<'a>,
    /// What it is.
    pub digest: &'a Digest,
}

/// By which means something names a manifest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum How<'a> {
    /// By the `subject` of a valid manifest or index: it is a referrer.
    Subject,
    /// By the `subject` of something else; why that is no valid manifest or index, as a sentence fragment.
    Invalid(String),
    /// By a response alone: its own manifest is not there, or could not be read.
    Listed,
    /// By the annotation of this key, and not by `subject`.
    Annotation(&'a str),
    /// By this tag, and not by `subject`.
    Tag(&'a str),
    /// Nobody knows; why, as a sentence fragment.
    Unclear(String),
}

/// What has to do with a subject and is no referrer of it, or not known to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related<'a> {
    /// Its digest, if that is known.
    pub digest: Option<&'a Digest>,
    /// Its media type, as far as it can be told.
    pub media_type: Option<&'a str>,
    /// Its artifact type, as far as it can be told.
    pub artifact_type: Option<&'a str>,
    /// How it names the subject.
    pub hows: Vec<How<'a>>,
    /// Where it is listed; where it is itself, if no list has it.
    pub places: BTreeSet<FoundAt>,
}

impl How<'_> {
    /// A word for scripts: `subject`, `listed`, `invalid`, `annotation`, `tag` or `unclear`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Invalid(_) => "invalid",
            Self::Listed => "listed",
            Self::Annotation(_) => "annotation",
            Self::Tag(_) => "tag",
            Self::Unclear(_) => "unclear",
        }
    }
}

impl<'a> Census<'a> {
    /// Goes through a layout once. Annotations count whose key some convention uses for the digest of a subject.
    pub fn new(facts: &'a Facts, conventions: &'a [Convention]) -> Self {
        let mut census = Self {
            facts,
            keys: keys(conventions),
            named: BTreeMap::new(),
            naming: BTreeSet::new(),
            ref_names: ref_names(facts),
            unclear: Vec::new(),
        };
        census.subjects();
        for (file, entry) in lists(facts) {
            census.entry(file, entry);
        }
        // a referrer is one, however else it may name its subject
        for names in census.named.values_mut() {
            let referrers: BTreeSet<&Digest> =
                names.iter().filter(|one| one.how == How::Subject).map(|one| one.digest).collect();
            names.retain(|one| one.how == How::Subject || !referrers.contains(one.digest));
        }
        census.naming = census.named.values().flatten().map(|one| one.digest).collect();
        let known: BTreeSet<&Digest> = census.unclear.iter().filter_map(|one| one.digest).collect();
        let mut others = unclear::gather(facts);
        others.retain(|one| one.digest.is_none_or(|digest| !known.contains(digest)));
        census.unclear.extend(others);
        census
    }

    /// The layout.
    pub fn facts(&self) -> &'a Facts {
        self.facts
    }

    /// All that is named, in the order of digests; it need not be in the layout.
    pub fn subjects_named(&self) -> impl Iterator<Item = &Digest> {
        self.named.keys()
    }

    /// What names it: referrers first.
    pub fn names(&self, subject: &Digest) -> impl Iterator<Item = &Naming<'a>> {
        self.named.get(subject).into_iter().flatten()
    }

    /// What may name anything, since it could not be read; not what is known to name something.
    pub fn unclear(&self) -> Vec<Related<'a>> {
        let is_named = |one: &&Unclear<'a>| one.digest.is_some_and(|digest| self.naming.contains(digest));
        self.unclear.iter().filter(|one| !is_named(one)).map(Unclear::related).collect()
    }

    /// What has to do with the subject of a view that has all conventions, beside the referrers that are found.
    pub fn related(&self, view: &View) -> Vec<Related<'a>> {
        let found: BTreeSet<&Digest> = view.referrers.iter().map(|found| &found.referrer.digest).collect();
        let mut related: BTreeMap<&Digest, Related<'a>> = BTreeMap::new();
        for Naming { how, digest } in self.names(&view.subject) {
            if *how != How::Subject && !found.contains(digest) {
                related.entry(digest).or_insert_with(|| self.one(digest)).hows.push(how.clone());
            }
        }
        for (file, entry) in lists(self.facts) {
            if let Ok(descriptor) = &entry.descriptor
                && let Some(one) = related.get_mut(&descriptor.digest)
            {
                one.places.insert(FoundAt::of(file, Some(entry)));
                // what is not there, or says nothing of itself, is what a list says that it is
                one.media_type = one.media_type.or(Some(&*descriptor.media_type));
                one.artifact_type = one.artifact_type.or(descriptor.optional().artifact_type.as_deref());
            }
        }
        for one in related.values_mut().filter(|one| one.places.is_empty()) {
            let file = one.digest.map(blob_path).unwrap_or_default();
            one.places.insert(FoundAt { file, pointer: String::new(), via: None });
        }
        let known = |digest: &Digest| {
            found.contains(digest) || related.contains_key(digest) || *digest == view.subject
        };
        let unclear = self.unclear.iter().filter(|one| one.digest.is_none_or(|digest| !known(digest)));
        let unclear: Vec<Related<'a>> = unclear.map(Unclear::related).collect();
        related.into_values().chain(unclear).collect()
    }

    /// Whether an entry of index.json leads to a response: by an annotation of a convention, or by a tag made of a digest
    /// and nothing else.
    pub(super) fn is_response(&self, entry: &Entry) -> bool {
        let Ok(descriptor) = &entry.descriptor else { return false };
        let is_index = match self.facts.node(&descriptor.digest) {
            Some(node) => node.kind == DocumentKind::Index && node.subject.is_none(),
            None => DocumentKind::of_media_type(&descriptor.media_type) == Some(DocumentKind::Index),
        };
        let marks = self.keys.iter().filter(|(_, lists)| **lists == Lists::Response);
        is_index
            && (marks.map(|(key, _)| key).any(|key| entry.annotation(key).is_some())
                || entry.ref_name().and_then(digest_tag).is_some_and(|(_, suffix)| suffix.is_empty())
                || entry.ref_name().is_some_and(is_cut_tag))
    }

    fn one(&self, digest: &'a Digest) -> Related<'a> {
        let (media_type, artifact_type) = match self.facts.blobs().get(digest).map(|blob| &blob.content) {
            Some(BlobContent::Node(node)) => {
                (Some(node.media_type.as_deref().unwrap_or(node.kind.media_type())), node.referrer_type())
            }
            Some(BlobContent::Json(Some(foreign))) => {
                (foreign.media_type.as_deref(), foreign.artifact_type.as_deref())
            }
            _ => (None, None),
        };
        Related { digest: Some(digest), media_type, artifact_type, hows: Vec::new(), places: BTreeSet::new() }
    }

    /// What manifests, and what is like them, say of themselves.
    fn subjects(&mut self) {
        let facts = self.facts;
        let documents = facts.blobs().pick(|_, blob| match &blob.content {
            BlobContent::Node(node) => Some((Some(&**node), None, blob.verified)),
            BlobContent::Json(Some(foreign)) => Some((None, Some(&**foreign), blob.verified)),
            _ => None,
        });
        for (digest, (node, foreign, verified)) in documents {
            let subject = match (node, foreign) {
                (Some(node), _) => node.subject.as_deref(),
                (None, foreign) => foreign.and_then(|foreign| foreign.subject.as_ref()),
            };
            if let Some(subject) = subject {
                let how =
                    if node.is_some_and(usable) { How::Subject } else { invalid(node, foreign, verified) };
                self.name(&subject.digest, digest, how);
            }
            if let Some((name, subject)) = node.and_then(|node| node.subject_by_odd_name.as_deref()) {
                let why = format!("that is written `{name}`, which is the same to some parsers only");
                self.name(subject, digest, How::Invalid(why));
            }
            for (key, value) in node.into_iter().flat_map(|node| node.annotations.iter()) {
                self.annotation(key, value, digest, node);
            }
        }
    }

    fn entry(&mut self, file: Option<&'a Node>, entry: &'a Entry) {
        let Ok(descriptor) = &entry.descriptor else { return };
        let node = self.facts.node(&descriptor.digest);
        for (key, value) in descriptor.optional().annotations.iter() {
            self.annotation(key, value, &descriptor.digest, node);
        }
        if file.is_some() {
            return;
        }
        if self.is_response(entry) {
            return self.response(entry, node);
        }
        if let Some(tag) = entry.ref_name()
            && let Some((named, _)) = digest_tag(tag)
        {
            self.name(&named, &descriptor.digest, How::Tag(tag));
        }
    }

    /// What a response of a subject lists that cannot be read, so that it has only the response's word for it.
    fn response(&mut self, entry: &'a Entry, response: Option<&'a Node>) {
        let Some(response) = response.filter(|node| usable(node)) else { return };
        let marks = self.keys.iter().filter(|(_, lists)| **lists == Lists::Response);
        let marked = marks.filter_map(|(key, _)| Digest::parse(entry.annotation(key)?).ok());
        let tagged = entry.ref_name().and_then(digest_tag).map(|(digest, _)| digest);
        let subjects: BTreeSet<Digest> = marked.chain(tagged).collect();
        for listed in response.entries.iter().filter_map(Entry::digest) {
            if self.facts.node(listed).is_none() && !is_other(self.facts, listed) {
                for subject in &subjects {
                    self.name(subject, listed, How::Listed);
                }
            }
        }
    }

    fn annotation(&mut self, key: &str, value: &str, digest: &'a Digest, node: Option<&Node>) {
        let Some((key, lists)) = self.keys.get_key_value(key) else { return };
        let (key, lists) = (*key, *lists);
        // what a response is marked with says whose response it is
        let response = lists == Lists::Response
            && node.is_some_and(|node| node.kind == DocumentKind::Index && node.subject.is_none());
        match Digest::parse(value) {
            _ if response => {}
            Ok(named) => self.name(&named, digest, How::Annotation(key)),
            // one that says itself whom it names needs no annotation
            Err(_) if node.is_some_and(|node| node.subject.is_some()) => {}
            Err(_) if self.unclear.iter().any(|one| one.digest == Some(digest)) => {}
            Err(_) => self.unclear.push(Unclear {
                digest: Some(digest),
                media_type: self.one(digest).media_type,
                artifact_type: self.one(digest).artifact_type,
                places: [FoundAt { file: blob_path(digest), pointer: String::new(), via: None }].into(),
                why: format!("its annotation {key} is no digest: {value}"),
            }),
        }
    }

    fn name(&mut self, named: &Digest, digest: &'a Digest, how: How<'a>) {
        // nothing is a referrer of itself
        if named != digest {
            self.named.entry(named.clone()).or_default().insert(Naming { how, digest });
        }
    }
}

/// The entries of index.json and of all indexes that can be used, each with the index.
pub(super) fn lists(facts: &Facts) -> impl Iterator<Item = (Option<&Node>, &Entry)> {
    let roots = facts.entries().iter().map(|entry| (None, entry));
    let indexes = facts.nodes().filter(|node| node.kind == DocumentKind::Index && usable(node));
    roots.chain(indexes.flat_map(|node| node.entries.iter().map(move |entry| (Some(node), entry))))
}

/// The annotations that have the digest of a subject in some convention, and nothing else; and what their entries point at.
/// Where several conventions share a key, it is that of a response if it is in one.
fn keys(conventions: &[Convention]) -> BTreeMap<&str, Lists> {
    let mut keys = BTreeMap::new();
    for carrier in conventions.iter().flat_map(|convention| &convention.carriers) {
        let annotations = carrier.annotation.iter().chain(&carrier.extra_annotation);
        for (key, _) in annotations.filter(|(_, template)| template.is_subject_digest()) {
            let lists = keys.entry(key.as_str()).or_insert(carrier.lists);
            if carrier.lists == Lists::Response {
                *lists = Lists::Response;
            }
        }
    }
    keys
}

/// The names that index.json has for each digest, in its order.
fn ref_names(facts: &Facts) -> BTreeMap<&Digest, Vec<&str>> {
    let mut names: BTreeMap<&Digest, Vec<&str>> = BTreeMap::new();
    for entry in facts.entries() {
        if let (Some(digest), Some(name)) = (entry.digest(), entry.ref_name()) {
            let names = names.entry(digest).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

fn invalid<'a>(node: Option<&Node>, foreign: Option<&Foreign>, verified: Verified) -> How<'a> {
    let flaw = node.and_then(|node| node.invalid.as_deref());
    How::Invalid(match (flaw, foreign.and_then(|foreign| foreign.media_type.as_deref())) {
        _ if verified == Verified::No => "its blob does not match its digest".to_owned(),
        (Some(flaw), _) => format!("it is no valid manifest or index ({})", flaw.message),
        (None, Some(media_type::ARTIFACT_MANIFEST)) => {
            "it is an artifact manifest, a type that image-spec v1.1 had before its release only".to_owned()
        }
        (None, Some(_)) => "its mediaType is not that of a manifest or index".to_owned(),
        (None, None) => "it has neither the mediaType nor the fields of a manifest or index".to_owned(),
    })
}

/// Whether a tag is that of a response whose subject has a digest too long for one: the specification cuts its encoded part
/// to 64 characters.
fn is_cut_tag(name: &str) -> bool {
    let tag = name.rsplit([':', '/']).next().and_then(|tag| tag.split_once('-'));
    tag.is_some_and(|(algorithm, encoded)| {
        Algorithm::ALL.into_iter().any(|known| known.name() == algorithm && known.hex_len() > 64)
            && encoded.len() == 64
            && encoded.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// The digest that a tag is made of, and what follows it, as in `sha256-....sig`. The name of an entry may be a full one.
fn digest_tag(name: &str) -> Option<(Digest, &str)> {
    let tag = name.rsplit([':', '/']).next()?;
    let (algorithm, rest) = tag.split_once('-')?;
    let known = Algorithm::ALL.into_iter().find(|known| known.name() == algorithm)?;
    let (encoded, suffix) = rest.split_at_checked(known.hex_len())?;
    Some((Digest::parse(&format!("{algorithm}:{encoded}")).ok()?, suffix))
}
