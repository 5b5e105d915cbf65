//! From what was read of a layout to its facts.
//!
//! Owns: walking a directory in parallel, and putting what was found in order. Leaves to others: one blob
//! ([`super::examine`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::descriptor::Entry;
use super::examine::{Examined, PIECE};
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
    let Found { examined, mut stray, unreadable, mut oddities } = found;
    stray.sort_unstable();
    oddities.sort_unstable();
    let (mut nodes, mut node_of, mut visited) = (Vec::new(), Vec::with_capacity(examined.len()), Vec::new());
    // what is left takes the room that all of it had
    let taken = examined.into_iter().map(|Examined { digest, blob, node, visited: seen }| {
        visited.extend(seen.map(|seen| (digest.clone(), seen)));
        // a layout of four billion blobs does not fit in memory
        node_of.push(node.as_ref().and_then(|_| u32::try_from(nodes.len()).ok()));
        nodes.extend(node);
        (digest, blob)
    });
    let blobs = ByDigest::new(taken.collect());
    visited.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let facts = Facts {
        path: path.to_owned(),
        oci_layout: roots.oci_layout,
        index: roots.index,
        index_annotations: roots.annotations,
        entries: roots.entries,
        blobs,
        nodes,
        sorted: OnceLock::new(),
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
    for (algorithm, path, folder) in &folders {
        let mut text = format!("{algorithm}:");
        let (start, before, strays) = (text.len(), found.examined.len(), found.stray.len());
        let listed = folder.each(|name, kind| {
            text.truncate(start);
            text.push_str(name.to_str().unwrap_or_default());
            match Digest::parse(&text) {
                Ok(digest) => found.examined.push(Examined::unread(digest, kind)),
                Err(_) => found.stray.push(Stray { path: format!("{path}/{}", name.display()), kind }),
            }
        });
        if let Err(error) = listed {
            found.examined.truncate(before);
            found.stray.truncate(strays);
            found.unreadable.insert(path.clone(), error);
        }
        let blobs = found.examined[before..].par_iter_mut().with_min_len(16);
        let buffer = || Vec::with_capacity(PIECE);
        blobs.for_each_init(buffer, |buffer, one| read(one, folder, limits, buffer, visitor));
    }
    found
}

/// Reads what one name holds.
fn read<V: Visitor>(
    one: &mut Examined<V::Kept>,
    folder: &Folder<'_>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visitor: &V,
) {
    buffer.clear();
    buffer.shrink_to(PIECE);
    let room = buffer.capacity();
    let file = match one.digest.with_encoded(|name| folder.open(name, one.blob.kind, buffer)) {
        Ok(file) => file,
        Err(error) => return one.cannot_be_read(0, error),
    };
    let read = buffer.len() as u64;
    // what does not fill the room has most likely ended; if it hashes to its name, it has, and nobody need be asked
    let ended = buffer.len() < room;
    if ended {
        one.read(&mut Input::new(io::empty(), read), limits, buffer, visitor);
        if one.blob.verified == Verified::Yes {
            return;
        }
    }
    match OpenFile::check(file) {
        Ok(input) if ended && input.size == read => {}
        Ok(mut input) => one.read(&mut input, limits, buffer, visitor),
        Err(error) => one.cannot_be_read(0, error),
    }
}
