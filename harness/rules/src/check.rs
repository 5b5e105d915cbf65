//! Holding a layout against a profile.
//!
//! Owns: the order of things: each document is seen once while the layout is read, then the layout as a whole; and the
//! lines around what was found. Leaves to others: reading, and what is wrong.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use referee_layout::archive::{self, ArchiveError};
use referee_layout::facts::{Verified, blob_path};
use referee_layout::{Digest, Document, Facts, Kind, Layout, Limits, media_type};

use crate::catalogue::RULES;
use crate::doc::{Doc, DocKind, Slot};
use crate::evidence::Evidence;
use crate::finding::{Cursor, Excerpt, Finding, Findings};
use crate::profile::Profile;
use crate::rule::{Check, Severity};

/// How many bytes of documents are kept for the lines around findings. An archive cannot be read again.
const KEPT: usize = 8 << 20;

/// Holds layouts against one profile.
#[derive(Debug, Clone)]
pub struct Checker {
    profile: Profile,
    limits: Limits,
}

/// What was found in one layout.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// All findings, in the order of the files and of their places.
    pub findings: Vec<Finding>,
    /// How many blobs there are.
    pub blobs: usize,
    /// How many of them hash to their name.
    pub verified: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

/// What is kept of a document once it was seen.
struct Seen {
    kind: DocKind,
    findings: Vec<Finding>,
    document: Option<Document>,
}

impl Checker {
    /// Holds layouts against `profile`.
    pub fn new(profile: Profile) -> Self {
        Self { profile, limits: Limits::thorough() }
    }

    /// The same with other limits on what is read.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Checks a directory, in parallel on the current rayon pool.
    pub fn directory(&self, layout: &Layout) -> Report {
        let budget = AtomicUsize::new(KEPT);
        let (facts, seen) = layout.inspect(&self.limits, &|document| Some(self.see(document, &budget)));
        let again = |file: &str| {
            let bytes = layout.dir().read(file, self.limits.document).ok()?;
            Some(Document::parse(file, &bytes))
        };
        self.judge(&facts, seen, &again)
    }

    /// Checks a layout in an archive, read as one stream.
    ///
    /// # Errors
    /// It is no archive, or has nothing of a layout.
    pub fn archive(&self, name: &Path, from: impl Read) -> Result<Report, ArchiveError> {
        let budget = AtomicUsize::new(KEPT);
        let see = |document: &Document| Some(self.see(document, &budget));
        let (facts, seen) = archive::inspect(name, from, &self.limits, &see)?;
        Ok(self.judge(&facts, seen, &|_| None))
    }

    /// What the rules for single documents say of one blob.
    fn see(&self, document: &Document, budget: &AtomicUsize) -> Seen {
        let kind = document.root().map_or(DocKind::Other, Doc::kind_of);
        let findings = self.document(document, kind);
        let size = document.bytes().len();
        let left = budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(size));
        Seen { kind, findings, document: left.is_ok().then(|| document.clone()) }
    }

    fn document(&self, document: &Document, kind: DocKind) -> Vec<Finding> {
        let Some(doc) = Doc::new(document, kind, &self.profile) else {
            return Vec::new();
        };
        let mut all = Vec::new();
        for rule in RULES {
            let Check::Document(check) = rule.check else { continue };
            let Some(mut findings) = Findings::of(rule, &self.profile) else { continue };
            check(&doc, &mut findings);
            all.append(&mut findings.into_found());
        }
        all.sort_by_key(|finding| finding.span.as_ref().map(|span| span.start));
        let mut cursor = Cursor::START;
        for finding in &mut all {
            let span = finding.span.clone();
            finding.excerpt = span.map(|span| Excerpt::of(document.bytes(), &span, &mut cursor));
        }
        all
    }

    fn judge(
        &self,
        facts: &Facts,
        mut seen: BTreeMap<Digest, Seen>,
        again: &dyn Fn(&str) -> Option<Document>,
    ) -> Report {
        let evidence = Evidence::new(facts, &self.profile);
        let mut findings = Vec::new();
        // of an archive that breaks off only that is known
        if facts.cut().is_none() {
            for (document, kind) in
                [(facts.oci_layout(), DocKind::OciLayout), (facts.index(), DocKind::IndexJson)]
            {
                findings.extend(document.iter().flat_map(|document| self.document(document, kind)));
            }
            for (digest, seen) in &mut seen {
                if counts(&evidence, digest, seen.kind) {
                    findings.append(&mut seen.findings);
                }
            }
        }
        for rule in RULES {
            let Check::Layout(check) = rule.check else { continue };
            if facts.cut().is_some() && !rule.id.starts_with("archive-") {
                continue;
            }
            let Some(mut found) = Findings::of(rule, &self.profile) else { continue };
            check(&evidence, &mut found);
            findings.append(&mut found.into_found());
        }
        let mut documents: BTreeMap<String, Option<Document>> = BTreeMap::new();
        for (digest, seen) in seen {
            documents.extend(seen.document.map(|document| (blob_path(&digest), Some(document))));
        }
        for document in [facts.oci_layout(), facts.index()].into_iter().flatten() {
            documents.insert(document.file().to_owned(), Some(document.clone()));
        }
        let mut cursors: BTreeMap<String, Cursor> = BTreeMap::new();
        for finding in findings.iter_mut().filter(|finding| finding.excerpt.is_none()) {
            if finding.pointer.is_empty() && finding.span.is_none() {
                continue;
            }
            let document = documents.entry(finding.file.clone()).or_insert_with_key(|file| again(file));
            let cursor = cursors.entry(finding.file.clone()).or_insert(Cursor::START);
            locate(finding, document.as_ref(), cursor);
        }
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
        let blobs = facts.blobs();
        Report {
            findings,
            blobs: blobs.len(),
            verified: blobs.values().filter(|blob| blob.verified == Verified::Yes).count(),
            bytes: blobs.values().map(|blob| blob.size).sum(),
        }
    }
}

/// Whether what was found in a blob by itself counts: only if somebody uses it as what it says it is, and its bytes are
/// its own. Everything else is opaque (image-spec `image-layout.md`, Content).
fn counts(evidence: &Evidence<'_>, digest: &Digest, kind: DocKind) -> bool {
    if evidence.blob(digest).is_none_or(|blob| blob.verified == Verified::No) {
        return false;
    }
    match kind {
        DocKind::Index => evidence.role(digest) == Some(Kind::Index),
        DocKind::Manifest => evidence.role(digest) == Some(Kind::Manifest),
        DocKind::Other | DocKind::IndexJson | DocKind::OciLayout => {
            let config = evidence
                .uses(digest)
                .iter()
                .any(|one| one.slot == Slot::Config && one.media_type == Some(media_type::IMAGE_CONFIG));
            config || evidence.role(digest).is_some()
        }
    }
}

fn locate(finding: &mut Finding, document: Option<&Document>, cursor: &mut Cursor) {
    let Some(document) = document else { return };
    let span = finding.span.clone().or_else(|| {
        let root = document.root().ok()?;
        Some(root.at_pointer(&finding.pointer)?.span())
    });
    finding.excerpt = span.as_ref().map(|span| Excerpt::of(document.bytes(), span, cursor));
    finding.span = span;
}

impl Report {
    /// How many findings are of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
