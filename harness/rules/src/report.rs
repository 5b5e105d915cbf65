//! What was found in one layout.
//!
//! Owns: the order of findings, their lines, and how many there are. A layout may have a million findings: what a report shows
//! of one is made when it is shown. Leaves to others: finding them ([`crate::check`]), and printing.

use std::collections::BTreeMap;

use rayon::prelude::*;
use referee_layout::facts::Verified;
use referee_layout::json::Places;
use referee_layout::{Document, Facts};

use crate::finding::{Cursor, Excerpt, Finding, Found, by_pointer};
use crate::rule::{Rule, Severity};

/// What was found in one layout.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// All of it, in order.
    found: Vec<Found>,
    /// `oci-layout` and `index.json`, of which the lines are made when they are shown: those of blobs are known.
    roots: Vec<Document>,
    /// How many blobs there are.
    pub blobs: usize,
    /// How many of them hash to their name.
    pub verified: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Report {
    /// Of what was `found`, in any order. `open` gives the document of a blob, if it can be had.
    pub(crate) fn new(mut found: Vec<Found>, facts: &Facts, open: impl Fn(&str) -> Option<Document>) -> Self {
        let roots: Vec<Document> =
            [facts.oci_layout(), facts.index()].into_iter().flatten().cloned().collect();
        locate(&mut found, &roots, open);
        found.par_sort_unstable_by(Found::order);
        // two marks may lead to one list
        found.dedup_by(|one, other| one.says_the_same(other));
        let blobs = facts.blobs();
        Self {
            found,
            roots,
            blobs: blobs.len(),
            verified: blobs.values().filter(|blob| blob.verified == Verified::Yes).count(),
            bytes: blobs.values().map(|blob| blob.size).sum(),
        }
    }

    /// All findings, in the order of the files and of their places.
    pub fn findings(&self) -> impl Iterator<Item = Finding> + '_ {
        self.findings_of(|_, _| true)
    }

    /// Those of them that are wanted by their rule and severity, which is asked for each in turn.
    pub fn findings_of(
        &self,
        mut wanted: impl FnMut(&'static Rule, Severity) -> bool,
    ) -> impl Iterator<Item = Finding> {
        let found = self.found.iter().filter(move |found| wanted(found.asked.rule, found.asked.severity));
        let (mut file, mut cursor) = ("", Cursor::START);
        found.map(move |found| {
            if *file != *found.file {
                (file, cursor) = (&found.file, Cursor::START);
            }
            let root = || self.roots.iter().find(|root| *root.file() == *file);
            let line = || Some(Excerpt::of(root()?.bytes(), &found.span()?, &mut cursor));
            let excerpt = found.excerpt.as_deref().cloned().or_else(line);
            found.finding(excerpt)
        })
    }

    /// How many findings are of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.found.iter().filter(|found| found.asked.severity == severity).count()
    }

    /// How many findings each rule has that has any, by its id and their severity, which may be that of a proposal.
    pub fn counts(&self) -> BTreeMap<(&'static str, Severity), usize> {
        let mut counts = BTreeMap::new();
        for Found { asked, .. } in &self.found {
            *counts.entry((asked.rule.id, asked.severity)).or_default() += 1;
        }
        counts
    }
}

/// Finds the places of what has a pointer alone, and the lines of what is in blobs: each document is opened once, and gone
/// through once.
fn locate(found: &mut [Found], roots: &[Document], open: impl Fn(&str) -> Option<Document>) {
    let is_root = |found: &Found| roots.iter().any(|root| *root.file() == *found.file);
    let is_open = |found: &&mut Found| {
        let has_place = !found.pointer().is_empty() || found.span().is_some();
        has_place && found.excerpt.is_none() && !(is_root(found) && found.span().is_some())
    };
    let mut found: Vec<&mut Found> = found.iter_mut().filter(is_open).collect();
    found.sort_by(|one, other| one.file.cmp(&other.file).then_with(|| by_pointer(one, other)));
    let same_file = |one: &&mut Found, other: &&mut Found| one.file == other.file;
    for found in found.chunk_by_mut(same_file) {
        let Some(file) = found.first().map(|first| first.file.clone()) else { continue };
        let root = roots.iter().find(|root| *root.file() == *file);
        let Some(document) = root.cloned().or_else(|| open(&file)) else { continue };
        let (mut places, mut cursor) = (Places::default(), Cursor::START);
        for found in found {
            let value = document.root().ok().and_then(|root| places.find(&root, found.pointer()));
            let span = found.span().or_else(|| value.map(|value| value.span()));
            if root.is_none() {
                let excerpt = span.as_ref().map(|span| Excerpt::of(document.bytes(), span, &mut cursor));
                found.excerpt = excerpt.map(Box::new);
            }
            found.set_span(span);
        }
    }
}
