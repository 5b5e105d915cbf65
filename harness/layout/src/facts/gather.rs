//! From what was read of a layout to its facts.
//!
//! Owns: the two files at the root, and putting what was found in order. Leaves to others: the blobs of a directory
//! ([`super::walk`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::descriptor::{Entry, List};
use super::visit::{Visited, Visitor};
use super::walk::blobs;
use super::{Blob, Facts, Limits, Oddity, Stray};
use crate::dir::{LayoutDir, Listed, ReadError};
use crate::document::{Document, ManifestView};
use crate::{Annotations, ByDigest};
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

/// Everything below `blobs`, and names without a place.
pub(crate) struct Found<K> {
    pub(crate) blobs: ByDigest<Blob>,
    pub(crate) visited: Vec<(Digest, K)>,
    pub(crate) stray: Vec<Stray>,
    pub(crate) unreadable: BTreeMap<String, ReadError>,
    pub(crate) oddities: Vec<Oddity>,
}

/// Puts what was read in order.
pub(crate) fn assemble<K>(path: &Path, roots: Roots<K>, found: Found<K>) -> (Facts, Visited<K>) {
    let Found { blobs, mut visited, mut stray, unreadable, mut oddities } = found;
    stray.sort_unstable();
    oddities.sort_unstable();
    visited.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let facts = Facts {
        path: path.to_owned(),
        oci_layout: roots.oci_layout,
        index: roots.index,
        index_annotations: roots.annotations,
        entries: roots.entries,
        blobs,
        nodes: OnceLock::new(),
        stray,
        unreadable,
        oddities,
        cut: None,
    };
    (facts, Visited { roots: roots.visited, blobs: visited })
}

fn entries(index: &Document) -> (Annotations, Vec<Entry>) {
    let Ok(root) = index.root() else {
        return Default::default();
    };
    let view = ManifestView::new(root);
    let items = view.manifests().into_present().into_iter().flat_map(|list| list.items());
    let places: Vec<_> = (0..).zip(items).map(|(n, value)| (n, value.place())).collect();
    let entries = places.into_par_iter().with_min_len(256);
    (
        view.annotations().into_present().unwrap_or_default(),
        entries.map(|(n, place)| Entry::read(List::Manifests, n, root.in_place(place))).collect(),
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
        let (blobs, visited, stray) = (ByDigest::from_iter([]), Vec::new(), Vec::new());
        Self { blobs, visited, stray, unreadable: BTreeMap::new(), oddities: Vec::new() }
    }
}

impl<K> Found<K> {
    /// Names beside the three that a layout has.
    fn root(&mut self, dir: &LayoutDir) {
        for Listed { name, kind } in dir.list(".").unwrap_or_default() {
            if !name.to_str().is_some_and(is_root_name) {
                self.stray.push(Stray { path: name.display().to_string(), kind });
            }
        }
    }
}
