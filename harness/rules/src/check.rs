//! Holding a layout against a profile.
//!
//! Owns: the order of things: each document is seen once while the layout is read, then the layout as a whole. Leaves to
//! others: reading, what is wrong, and what a report shows of it (`report`).

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use referee_layout::archive::{self, ArchiveError};
use referee_layout::facts::Verified;
use referee_layout::json::Value;
use referee_layout::{
    BlobText, Document, DocumentKind, Entry, Facts, Layout, Limits, Node, Visited, Visitor,
};
use referee_spec::path::blob_path;
use referee_spec::{Digest, media_type};

use crate::catalogue;
use crate::declare::{Check, Declared, DocumentCheck, LayoutCheck};
use crate::doc::{Doc, DocKind, File, ReadDescriptors, Slot, canonical};
use crate::evidence::Evidence;
use crate::finding::{Asked, Cursor, Excerpt, Findings, Found};
use crate::profile::Profile;
use crate::report::Report;
use crate::rule::{Canonical, Rule};

/// How many bytes of documents are kept for the lines around findings. An archive cannot be read again.
const KEPT: usize = 8 << 20;

/// A document of so many descriptors is held against several rules at a time.
const MANY: usize = 256;

/// Holds layouts against one profile.
#[derive(Debug, Clone)]
pub struct Checker {
    profile: Profile,
    limits: Limits,
    /// What the profile asks of single documents, and of a layout as a whole.
    of_documents: Vec<(Asked, DocumentCheck)>,
    of_layouts: Vec<(Asked, LayoutCheck)>,
    /// Whether some rule for single documents asks about canonical input, too.
    asks_canonical: bool,
}

/// What is kept of a document once it was seen.
struct Seen {
    /// What was found in it, read as that kind of document: some have the fields of two.
    readings: Vec<(DocKind, Vec<Found>)>,
    document: Option<Document>,
}

/// One document as the rules are shown it.
pub(crate) struct Shown<'a> {
    /// For rules that ask about canonical input, too: with all descriptors. Only made if there is such a rule.
    whole: Option<Doc<'a>>,
    /// For rules that skip it: without canonical descriptors. `None` if the whole document is canonical.
    reduced: Option<Doc<'a>>,
}

impl<'a> Shown<'a> {
    fn to(&self, rule: &Rule) -> Option<&Doc<'a>> {
        match rule.canonical {
            Canonical::Ask => self.whole.as_ref(),
            Canonical::Skip => self.reduced.as_ref(),
        }
    }
}

impl Checker {
    /// Holds layouts against `profile`.
    pub fn new(profile: Profile) -> Self {
        Self::with_rules(profile, catalogue::DECLARED)
    }

    /// Holds layouts against those of `rules` that `profile` asks for.
    pub(crate) fn with_rules(profile: Profile, rules: &'static [Declared]) -> Self {
        let (mut of_documents, mut of_layouts) = (Vec::new(), Vec::new());
        for declared in rules {
            let Some(asked) = Asked::of(&declared.rule, &profile) else { continue };
            match declared.check {
                Check::Document(check) => of_documents.push((asked, check)),
                Check::Layout(check) => of_layouts.push((asked, check)),
            }
        }
        let asks_canonical = of_documents.iter().any(|(asked, _)| asked.rule.canonical == Canonical::Ask);
        Self { profile, limits: Limits::thorough(), of_documents, of_layouts, asks_canonical }
    }

    /// The same with other limits on what is read.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Checks a directory, in parallel on the current rayon pool.
    pub fn directory(&self, layout: &Layout) -> Report {
        self.directory_with_facts(layout).0
    }

    /// Checks a directory, and gives what was read of it, too.
    pub fn directory_with_facts(&self, layout: &Layout) -> (Report, Facts) {
        let (facts, seen) = layout.inspect(&self.limits, &DocumentRules { checker: self, budget: None });
        let reopen = |file: &str| {
            let bytes = layout.dir().read(file, self.limits.document).ok()?;
            Some(Document::parse(file, bytes))
        };
        (self.judge(&facts, seen, &reopen), facts)
    }

    /// Checks a layout in an archive, read as one stream; a second time only to follow links, if it can be.
    ///
    /// # Errors
    /// It is no archive, or has nothing of a layout.
    pub fn archive(&self, name: &Path, from: impl Read + Seek) -> Result<Report, ArchiveError> {
        let look = DocumentRules { checker: self, budget: Some(AtomicUsize::new(KEPT)) };
        let (facts, seen) = archive::inspect(name, from, &self.limits, &look)?;
        Ok(self.judge(&facts, seen, &|_| None))
    }

    /// A document with that outermost value, as the rules are shown it: `read` are the descriptors in it, and `canonical` says
    /// whether all of it is.
    pub(crate) fn shown<'a>(
        &'a self,
        file: File<'a>,
        kind: DocKind,
        root: Value<'a>,
        read: ReadDescriptors<'_>,
        canonical: bool,
    ) -> Shown<'a> {
        let doc = |read| Doc::new(file, root, kind, &self.profile, read);
        Shown {
            whole: self.asks_canonical.then(|| doc(ReadDescriptors::default())).flatten(),
            reduced: (!canonical).then(|| doc(read)).flatten(),
        }
    }

    /// What the rules for single documents find in one; with the lines around it, if the text cannot be had later.
    pub(crate) fn document(&self, shown: &Shown<'_>, bytes: Option<&[u8]>) -> Vec<Found> {
        let Some(doc) = shown.whole.as_ref().or(shown.reduced.as_ref()) else { return Vec::new() };
        let held = |(asked, check): &(Asked, DocumentCheck)| {
            let mut findings = Findings::of(*asked, &self.profile);
            if let Some(doc) = shown.to(asked.rule) {
                check(doc, &mut findings);
            }
            findings.into_found()
        };
        let mut all: Vec<Found> = if doc.slot_values().len() < MANY {
            self.of_documents.iter().flat_map(held).collect()
        } else {
            self.of_documents.par_iter().flat_map_iter(held).collect()
        };
        all.sort_by_key(|found| found.span().map(|span| span.start));
        let (Some(bytes), mut cursor) = (bytes, Cursor::START) else { return all };
        for found in &mut all {
            let excerpt = found.span().map(|span| Excerpt::of(bytes, &span, &mut cursor));
            found.excerpt = excerpt.map(Box::new);
        }
        all
    }

    fn judge(
        &self,
        facts: &Facts,
        seen: Visited<Box<Seen>>,
        reopen: &dyn Fn(&str) -> Option<Document>,
    ) -> Report {
        let evidence = Evidence::new(facts, &self.profile);
        let mut all = Vec::new();
        // of an archive that breaks off only that is known
        if facts.truncation().is_none() {
            let readings = seen.roots.into_iter().flat_map(|seen| seen.readings);
            all.extend(readings.flat_map(|(_, found)| found));
        }
        let mut documents: BTreeMap<String, Document> = BTreeMap::new();
        for (digest, seen) in seen.blobs {
            for (kind, mut found) in seen.readings {
                if facts.truncation().is_none() && counts(&evidence, &digest, kind) {
                    all.append(&mut found);
                }
            }
            documents.extend(seen.document.map(|document| (blob_path(&digest), document)));
        }
        let whole = |(asked, check): &(Asked, LayoutCheck)| {
            if facts.truncation().is_some() && !asked.rule.id.starts_with("archive-") {
                return Vec::new();
            }
            let mut found = Findings::of(*asked, &self.profile);
            check(&evidence, &mut found);
            found.into_found()
        };
        all.par_extend(self.of_layouts.par_iter().flat_map_iter(whole));
        let responses = evidence.response_digests();
        for found in &mut all {
            found.kind = evidence.kind(&found.file, &responses);
        }
        Report::new(all, facts, |file| documents.get(file).cloned().or_else(|| reopen(file)))
    }
}

/// Holds documents against the rules for single ones while the layout is read.
struct DocumentRules<'c> {
    checker: &'c Checker,
    /// How many bytes of documents are kept for later, of what cannot be read again.
    budget: Option<AtomicUsize>,
}

impl Visitor for DocumentRules<'_> {
    type Kept = Box<Seen>;

    fn root(&self, document: &Document, entries: &[Entry]) -> Option<Box<Seen>> {
        let kind = if document.file() == "index.json" { DocKind::IndexJson } else { DocKind::OciLayout };
        let file = File::Root(document.file());
        let read = ReadDescriptors { config: None, entries };
        let shown = self.checker.shown(file, kind, document.root().ok()?, read, false);
        let findings = self.checker.document(&shown, None);
        Some(Box::new(Seen { readings: vec![(kind, findings)], document: None }))
    }

    fn blob(&self, text: &BlobText<'_>, node: Option<&Node>) -> Option<Box<Seen>> {
        let first = self.reading(text, text.kind, node);
        let other = node.and_then(Node::other);
        let other = other.map(|other| self.reading(text, Some(other.kind), Some(other)));
        let found = [Some(first), other].into_iter().flatten().filter(|(_, findings)| !findings.is_empty());
        let readings: Vec<_> = found.collect();
        let size = text.bytes.len();
        let take = |left: usize| left.checked_sub(size);
        let budget = self.budget.as_ref();
        let kept = budget
            .is_some_and(|budget| budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok());
        let document = kept.then(|| text.to_document());
        (kept || !readings.is_empty()).then(|| Box::new(Seen { readings, document }))
    }
}

impl DocumentRules<'_> {
    /// What is found in a blob that is read as that kind of document.
    fn reading(
        &self,
        text: &BlobText<'_>,
        kind: Option<DocumentKind>,
        node: Option<&Node>,
    ) -> (DocKind, Vec<Found>) {
        let kind = DocKind::of(text, kind);
        let canonical = canonical::is_canonical(text, kind, node);
        let read = node.map(ReadDescriptors::of).unwrap_or_default();
        let findings = text.root().map_or_else(Vec::new, |root| {
            let shown = self.checker.shown(File::Blob(text.digest), kind, root, read, canonical);
            self.checker.document(&shown, Some(text.bytes))
        });
        (kind, findings)
    }
}

/// Whether what was found in a blob by itself counts: only if somebody uses it as what it says it is, and its bytes are
/// its own. Everything else is opaque (image-spec `image-layout.md`, Content).
fn counts(evidence: &Evidence<'_>, digest: &Digest, kind: DocKind) -> bool {
    if evidence.blob(digest).is_none_or(|blob| blob.verified == Verified::No) {
        return false;
    }
    match kind {
        DocKind::Index => evidence.role(digest) == Some(DocumentKind::Index),
        DocKind::Manifest => evidence.role(digest) == Some(DocumentKind::Manifest),
        DocKind::Other | DocKind::IndexJson | DocKind::OciLayout => {
            let config = evidence.references(digest).iter().any(|reference| {
                reference.slot() == Slot::Config && reference.media_type() == Some(media_type::IMAGE_CONFIG)
            });
            config || evidence.role(digest).is_some()
        }
    }
}
