//! From what was read of a layout to its facts.
//!
//! Owns: walking a directory in parallel, and putting what was found in order. Leaves to others: one blob
//! ([`super::examine`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::descriptor::Entry;
use super::examine::{Examined, PIECE, examine};
use super::visit::{Visited, Visitor};
use super::{Facts, Limits, Oddity, Stray, Verified};
use crate::dir::{FileKind, Folder, LayoutDir, Listed, OpenFile, ReadError};
use crate::document::{Document, ManifestView};
use crate::input::Input;
use crate::{Annotations, ByDigest, Digest};

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
    /// Shows both files to `visitor`, and reads the descriptors of `index.json` meanwhile.
    pub(crate) fn see(
        oci_layout: Result<Document, ReadError>,
        index: Result<Document, ReadError>,
        visitor: &impl Visitor<Kept = K>,
    ) -> Self {
        let see =
            || [&oci_layout, &index].into_iter().flatten().filter_map(|document| visitor.root(document));
        let ((annotations, entries), visited) =
            rayon::join(|| index.as_ref().map(entries).unwrap_or_default(), || see().collect());
        Self { oci_layout, index, annotations, entries, visited }
    }
}

/// Everything below `blobs`, and names without a place.
pub(crate) struct Found<K> {
    pub(crate) examined: Vec<Examined<K>>,
    pub(crate) stray: Vec<Stray>,
    pub(crate) unreadable: BTreeMap<String, ReadError>,
    pub(crate) oddities: Vec<Oddity>,
}

/// Puts what was read in order.
pub(crate) fn assemble<K: Send + Sync>(path: &Path, roots: Roots<K>, found: Found<K>) -> (Facts, Visited<K>) {
    let Found { mut examined, mut stray, unreadable, mut oddities } = found;
    stray.sort_unstable();
    oddities.sort_unstable();
    // places are sorted, not what is there, and by a part of each digest
    let places = examined.iter().enumerate().map(|(place, one)| (one.digest.prefix(), place));
    let mut order: Vec<(u128, usize)> = places.collect();
    order.par_sort_unstable_by(|(a, m), (b, n)| {
        a.cmp(b).then_with(|| examined[*m].digest.cmp(&examined[*n].digest))
    });
    let blob = |(_, place): &(u128, usize)| (examined[*place].digest.clone(), examined[*place].blob.clone());
    let blobs: Vec<_> = order.par_iter().with_min_len(1024).map(blob).collect();
    let (mut nodes, mut node_of, mut visited) = (Vec::new(), Vec::with_capacity(order.len()), Vec::new());
    for (_, place) in order {
        let one = &mut examined[place];
        visited.extend(one.visited.take().map(|visited| (one.digest.clone(), visited)));
        node_of.push(one.node.as_ref().map(|_| nodes.len()));
        nodes.extend(one.node.take());
    }
    let facts = Facts {
        path: path.to_owned(),
        oci_layout: roots.oci_layout,
        index: roots.index,
        index_annotations: roots.annotations,
        entries: roots.entries,
        blobs: ByDigest::sorted(blobs),
        nodes,
        node_of,
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
    let items: Vec<_> = view.manifests().into_present().into_iter().flat_map(|v| v.items()).collect();
    let entries = items.into_par_iter().with_min_len(256).enumerate();
    (
        view.annotations().into_present().unwrap_or_default(),
        entries.map(|(n, value)| Entry::read("/manifests", n, value)).collect(),
    )
}

/// Whether a layout has a place for a name below its root.
pub(crate) fn is_root_name(name: &str) -> bool {
    ["oci-layout", "index.json", "blobs"].contains(&name)
}

/// Whether a name below `blobs` can be an algorithm: any encoded part shows whether it fits the grammar.
pub(crate) fn is_algorithm(name: &str) -> bool {
    !matches!(Digest::parse(&format!("{name}:x")), Err(crate::digest::DigestError::Algorithm))
}

impl<K> Default for Found<K> {
    fn default() -> Self {
        let (examined, stray, oddities) = (Vec::new(), Vec::new(), Vec::new());
        Self { examined, stray, unreadable: BTreeMap::new(), oddities }
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

/// A name below `blobs/<algorithm>` that is a digest.
struct Job<'a> {
    digest: Digest,
    kind: FileKind,
    folder: &'a Folder<'a>,
}

fn blobs<V: Visitor>(dir: &LayoutDir, limits: &Limits, visitor: &V) -> Found<V::Kept> {
    let mut found = Found::default();
    let algorithms = match dir.list("blobs") {
        Ok(listed) => listed,
        Err(error) => {
            found.unreadable.insert("blobs".to_owned(), error);
            return found;
        }
    };
    let mut folders = Vec::new();
    for Listed { name, kind } in algorithms {
        let path = format!("blobs/{}", name.display());
        match (name.to_str().filter(|name| is_algorithm(name)), kind) {
            (Some(algorithm), FileKind::Directory | FileKind::Symlink) => match dir.folder(&path) {
                Ok(folder) => folders.push((algorithm.to_owned(), path, folder)),
                Err(error) => {
                    found.unreadable.insert(path, error);
                }
            },
            _ => found.stray.push(Stray { path, kind }),
        }
    }
    let mut jobs = Vec::new();
    for (algorithm, path, folder) in &folders {
        let mut text = format!("{algorithm}:");
        let (start, before, strays) = (text.len(), jobs.len(), found.stray.len());
        let listed = folder.each(|name, kind| {
            text.truncate(start);
            text.push_str(name.to_str().unwrap_or_default());
            match Digest::parse(&text) {
                Ok(digest) => jobs.push(Job { digest, kind, folder }),
                Err(_) => found.stray.push(Stray { path: format!("{path}/{}", name.display()), kind }),
            }
        });
        if let Err(error) = listed {
            jobs.truncate(before);
            found.stray.truncate(strays);
            found.unreadable.insert(path.clone(), error);
        }
    }
    let jobs = jobs.into_par_iter().with_min_len(16);
    let buffer = || Vec::with_capacity(PIECE);
    found.examined = jobs.map_init(buffer, |buffer, job| one(job, limits, buffer, visitor)).collect();
    found
}

/// What one name holds.
fn one<V: Visitor>(job: Job<'_>, limits: &Limits, buffer: &mut Vec<u8>, visitor: &V) -> Examined<V::Kept> {
    let Job { digest, kind, folder } = job;
    buffer.clear();
    buffer.shrink_to(PIECE);
    let room = buffer.capacity();
    let file = match folder.open(digest.encoded(), kind, buffer) {
        Ok(file) => file,
        Err(error) => return Examined::unreadable(digest, kind, 0, error),
    };
    let read = buffer.len() as u64;
    // what does not fill the room has most likely ended; if it hashes to its name, it has, and nobody need be asked
    let whole = (buffer.len() < room)
        .then(|| examine(digest.clone(), kind, &mut Input::new(io::empty(), read), limits, buffer, visitor));
    match whole {
        Some(whole) if whole.blob.verified == Verified::Yes => whole,
        whole => match (OpenFile::check(file), whole) {
            (Ok(input), Some(whole)) if input.size == read => whole,
            (Ok(mut input), _) => examine(digest, kind, &mut input, limits, buffer, visitor),
            (Err(error), _) => Examined::unreadable(digest, kind, 0, error),
        },
    }
}
