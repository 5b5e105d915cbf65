//! From what was read of a layout to its facts.
//!
//! Owns: the two files at the root, and putting what was found in order. Leaves to others: the blobs of a directory
//! ([`super::walk`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::descriptor::{Entry, List};
use super::visit::{Visited, Visitor};
use super::walk::blobs;
use super::{ArchiveAnomaly, Blob, Facts, Limits, UnexpectedPath};
use crate::document::{Annotations, Document, ManifestView};
use crate::file::dir::{LayoutDir, Listed};
use crate::file::{FileKind, ReadError};
use referee_spec::Digest;

/// The facts of a directory.
pub(super) fn facts<V: Visitor>(dir: &LayoutDir, limits: &Limits, visitor: &V) -> (Facts, Visited<V::Kept>) {
    let read = |file: &'static str, limit| dir.read(file, limit).map(|bytes| Document::parse(file, bytes));
    let (roots, mut found) = rayon::join(
        || Roots::see(read("oci-layout", limits.document), read("index.json", limits.index), visitor),
        || blobs(dir, limits, visitor),
    );
    found.root(dir);
    assemble(dir.path(), roots, found)
}

/// The two files of a layout, seen.
pub(crate) struct Roots<K> {
    oci_layout: Result<Document, ReadError>,
    index: Result<Document, ReadError>,
    annotations: Annotations,
    entries: Vec<Entry>,
    visited: Vec<K>,
}

impl<K: Send> Roots<K> {
    /// Reads the descriptors of `index.json`, and shows both files to `visitor`.
    pub(crate) fn see(
        oci_layout: Result<Document, ReadError>,
        index: Result<Document, ReadError>,
        visitor: &impl Visitor<Kept = K>,
    ) -> Self {
        let (annotations, entries) = index.as_ref().map(entries).unwrap_or_default();
        let seen = [(&oci_layout, &[][..]), (&index, &entries)];
        let see = |(document, entries): (&Result<_, _>, _)| visitor.root(document.as_ref().ok()?, entries);
        let visited = seen.into_iter().filter_map(see).collect();
        Self { oci_layout, index, annotations, entries, visited }
    }
}

/// Everything below `blobs`, and names without a place; in no order.
pub(crate) struct Found<K> {
    /// In the order in which they were read; of several of one digest the last counts.
    pub(crate) blobs: Vec<(Digest, Blob)>,
    pub(crate) visited: BTreeMap<Digest, K>,
    /// By their paths.
    pub(crate) unexpected: BTreeMap<String, FileKind>,
    pub(crate) unreadable: BTreeMap<String, ReadError>,
    pub(crate) anomalies: Vec<ArchiveAnomaly>,
}

/// Puts what was read in order.
pub(crate) fn assemble<K>(path: &Path, roots: Roots<K>, found: Found<K>) -> (Facts, Visited<K>) {
    let Found { blobs, visited, unexpected, unreadable, mut anomalies } = found;
    anomalies.sort_unstable();
    let facts = Facts {
        path: path.to_owned(),
        oci_layout: roots.oci_layout,
        index: roots.index,
        index_annotations: roots.annotations,
        entries: roots.entries,
        blobs: blobs.into(),
        unexpected: unexpected.into_iter().map(|(path, kind)| UnexpectedPath { path, kind }).collect(),
        unreadable,
        anomalies,
        truncation: None,
    };
    (facts, Visited { roots: roots.visited, blobs: visited.into_iter().collect() })
}

fn entries(index: &Document) -> (Annotations, Vec<Entry>) {
    let Ok(root) = index.root() else {
        return Default::default();
    };
    let view = ManifestView::new(root);
    let items = view.manifests().into_present().into_iter().flat_map(|list| list.items());
    let items: Vec<_> = (0..).zip(items).collect();
    let entries = items.into_par_iter().with_min_len(256);
    (
        view.annotations().into_present().unwrap_or_default(),
        entries.map(|(n, value)| Entry::read(List::Manifests, n, value)).collect(),
    )
}

/// Whether a layout has a place for a name below its root.
pub(crate) fn is_root_name(name: &str) -> bool {
    ["oci-layout", "index.json", "blobs"].contains(&name)
}

/// Whether a name below `blobs` can be an algorithm: any encoded part shows whether it fits the grammar.
pub(crate) fn is_algorithm(name: &str) -> bool {
    !matches!(Digest::parse(&format!("{name}:x")), Err(referee_spec::digest::DigestError::Algorithm))
}

impl<K> Default for Found<K> {
    fn default() -> Self {
        let (blobs, unexpected, unreadable, anomalies) = Default::default();
        Self { blobs, visited: BTreeMap::new(), unexpected, unreadable, anomalies }
    }
}

impl<K> Found<K> {
    /// A blob, and what the visitor kept of it; in place of an earlier one of that digest. (A folder that changes while it is
    /// listed, and any archive, may have a name twice.)
    pub(crate) fn blob(&mut self, digest: Digest, blob: Blob, kept: Option<K>) {
        match kept {
            Some(kept) => drop(self.visited.insert(digest.clone(), kept)),
            None => drop(self.visited.remove(&digest)),
        }
        self.blobs.push((digest, blob));
    }

    /// Names beside the three that a layout has.
    fn root(&mut self, dir: &LayoutDir) {
        for Listed { name, kind } in dir.list(".").unwrap_or_default() {
            if !name.to_str().is_some_and(is_root_name) {
                self.unexpected.insert(name.display().to_string(), kind);
            }
        }
    }
}
