//! From what was read of a layout to its facts.
//!
//! Owns: walking a directory in parallel, and putting what was found in order. Leaves to others: one blob
//! ([`super::examine`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rayon::prelude::*;

use super::descriptor::Entry;
use super::examine::{Examined, PIECE, Visit, examine};
use super::{Facts, Limits, Oddity, Stray, Verified};
use crate::dir::{FileKind, Folder, LayoutDir, Listed, OpenFile, ReadError};
use crate::document::{Document, ManifestView};
use crate::input::Input;
use crate::{Annotations, ByDigest, Digest};

/// What a visitor made of JSON objects among the blobs, in the order of their digests.
pub(crate) type Visited<T> = Vec<(Digest, T)>;

/// The facts of a directory.
pub(super) fn facts<T: Send>(
    dir: &LayoutDir,
    limits: &Limits,
    visit: Option<Visit<'_, T>>,
) -> (Facts, Visited<T>) {
    let (read, mut found) = rayon::join(
        || {
            let read =
                |file: &'static str, limit| dir.read(file, limit).map(|bytes| Document::parse(file, &bytes));
            Parts { oci_layout: read("oci-layout", limits.document), index: read("index.json", limits.index) }
        },
        || blobs(dir, limits, visit),
    );
    found.root(dir);
    assemble(dir.path(), read, found)
}

/// The two files of a layout.
pub(crate) struct Parts {
    pub(crate) oci_layout: Result<Document, ReadError>,
    pub(crate) index: Result<Document, ReadError>,
}

/// Everything below `blobs`, and names without a place.
pub(crate) struct Found<T> {
    pub(crate) examined: Vec<Examined<T>>,
    pub(crate) stray: Vec<Stray>,
    pub(crate) unreadable: BTreeMap<String, ReadError>,
    pub(crate) oddities: Vec<Oddity>,
}

/// Puts what was read in order.
pub(crate) fn assemble<T: Send>(path: &Path, parts: Parts, found: Found<T>) -> (Facts, Visited<T>) {
    let Found { mut examined, mut stray, unreadable, mut oddities } = found;
    let Parts { oci_layout, index } = parts;
    let (index_annotations, entries) = index.as_ref().map(entries).unwrap_or_default();
    examined.par_sort_unstable_by(|a, b| a.digest.cmp(&b.digest));
    stray.sort_unstable();
    oddities.sort_unstable();
    let mut blobs = Vec::with_capacity(examined.len());
    let count = examined.iter().filter(|one| one.node.is_some()).count();
    let (mut nodes, mut node_of) = (Vec::with_capacity(count), Vec::with_capacity(examined.len()));
    let mut visited = Vec::new();
    for Examined { digest, blob, node, visited: one } in examined {
        node_of.push(node.as_ref().map(|_| nodes.len()));
        nodes.extend(node.map(|node| *node));
        visited.extend(one.map(|one| (digest.clone(), one)));
        blobs.push((digest, blob));
    }
    let facts = Facts {
        path: path.to_owned(),
        oci_layout,
        index,
        index_annotations,
        entries,
        blobs: ByDigest::sorted(blobs),
        nodes,
        node_of,
        stray,
        unreadable,
        oddities,
        cut: None,
    };
    (facts, visited)
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

impl<T> Default for Found<T> {
    fn default() -> Self {
        let (examined, stray, oddities) = (Vec::new(), Vec::new(), Vec::new());
        Self { examined, stray, unreadable: BTreeMap::new(), oddities }
    }
}

impl<T> Found<T> {
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

fn blobs<T: Send>(dir: &LayoutDir, limits: &Limits, visit: Option<Visit<'_, T>>) -> Found<T> {
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
    found.examined = jobs.map_init(buffer, |buffer, job| one(job, limits, buffer, visit)).collect();
    found
}

/// What one name holds.
fn one<T>(
    job: Job<'_>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visit: Option<Visit<'_, T>>,
) -> Examined<T> {
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
    let whole = (buffer.len() < room).then(|| {
        examine(digest.clone(), kind, &mut Input::new(io::empty(), read), limits, buffer, visit)
    });
    match whole {
        Some(whole) if whole.blob.verified == Verified::Yes => whole,
        whole => match (OpenFile::check(file), whole) {
            (Ok(input), Some(whole)) if input.size == read => whole,
            (Ok(mut input), _) => examine(digest, kind, &mut input, limits, buffer, visit),
            (Err(error), _) => Examined::unreadable(digest, kind, 0, error),
        },
    }
}
