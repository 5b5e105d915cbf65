//! From what was read of a layout to its facts.
//!
//! Owns: walking a directory in parallel, and putting what was found in order. Leaves to others: one blob
//! ([`super::examine`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::descriptor::{Entry, List};
use super::examine::{Room, examine};
use super::visit::{Visited, Visitor};
use super::{Blob, Facts, Limits, Oddity, Stray, Verified};
use crate::dir::{FileKind, Folder, LayoutDir, Listed, OpenFile, ReadError};
use crate::document::{Document, ManifestView};
use crate::input::Input;
use crate::{Annotations, ByDigest, Digest};

/// So many blobs at most are one share of the work.
const SHARE: usize = 128;

/// So many shares at least there are for each thread, if there are as many blobs: some blobs are very large.
const SHARES: usize = 64;

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
    let entries = (0..).zip(items).collect::<Vec<_>>().into_par_iter().with_min_len(256);
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
    !matches!(Digest::parse(&format!("{name}:x")), Err(crate::digest::DigestError::Algorithm))
}

impl<K> Default for Found<K> {
    fn default() -> Self {
        let (blobs, visited, stray) = (ByDigest::new(Vec::new()), Vec::new(), Vec::new());
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
    let (mut blobs, mut of_folders) = (Vec::new(), Vec::new());
    for (algorithm, path, folder) in &folders {
        let (before, strays) = (blobs.len(), found.stray.len());
        let listed = folder.each(|name, kind| match Digest::of_name(algorithm, name) {
            Some(digest) => blobs.push((digest, Blob::unread(kind))),
            None => found.stray.push(Stray { path: format!("{path}/{}", name.display()), kind }),
        });
        if let Err(error) = listed {
            blobs.truncate(before);
            found.stray.truncate(strays);
            found.unreadable.insert(path.clone(), error);
        }
        of_folders.push((folder, before..blobs.len()));
    }
    found.blobs = ByDigest::new(blobs);
    for (folder, places) in of_folders {
        let share = places.len() / SHARES / rayon::current_num_threads();
        let blobs = found.blobs.shares_mut(places, share.clamp(1, SHARE));
        let seen = blobs.map_init(Room::default, |room, some| {
            let seen = some.filter_map(|(digest, blob)| {
                let visited;
                (*blob, visited) = read(digest, blob.kind, folder, limits, room, visitor);
                Some((digest.clone(), visited?))
            });
            seen.collect::<Vec<_>>()
        });
        found.visited.extend(seen.collect::<Vec<_>>().into_iter().flatten());
    }
    found
}

/// Reads what one name holds.
fn read<V: Visitor>(
    digest: &Digest,
    kind: FileKind,
    folder: &Folder<'_>,
    limits: &Limits,
    room: &mut Room,
    visitor: &V,
) -> (Blob, Option<V::Kept>) {
    room.clear();
    let file = match digest.with_encoded(|name| folder.open(name, kind, &mut room.bytes)) {
        Ok(file) => file,
        Err(error) => return (Blob::cannot_be_read(kind, 0, error), None),
    };
    let read = room.bytes.len() as u64;
    // what does not fill the room has most likely ended; if it hashes to its name, it has, and nobody need be asked
    let ended = room.bytes.len() < room.bytes.capacity();
    let whole =
        ended.then(|| examine(digest, kind, &mut Input::new(io::empty(), read), limits, room, visitor));
    match whole {
        Some(whole) if whole.0.verified == Verified::Yes => whole,
        whole => match OpenFile::check(file, read) {
            Ok(mut input) => whole
                .filter(|_| input.size == read)
                .unwrap_or_else(|| examine(digest, kind, &mut input, limits, room, visitor)),
            Err(error) => (Blob::cannot_be_read(kind, 0, error), None),
        },
    }
}
