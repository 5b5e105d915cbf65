//! From what was read of a layout to its facts.
//!
//! Owns: walking a directory in parallel, and putting what was found in order. Leaves to others: one blob
//! ([`super::examine`]), and reading archives ([`crate::archive`]), which end here too.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::descriptor::Entry;
use super::examine::{Examined, Visit, examine};
use super::{Facts, Limits, Oddity, Stray};
use crate::dir::{FileKind, Folder, LayoutDir, Listed, ReadError};
use crate::document::{Document, ManifestView};
use crate::{ByDigest, Digest};

/// What a visitor made of each JSON object among the blobs.
pub(crate) type Visited<T> = ByDigest<T>;

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
    let (mut nodes, mut node_of) = (Vec::new(), Vec::with_capacity(examined.len()));
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
    (facts, ByDigest::sorted(visited))
}

fn entries(index: &Document) -> (BTreeMap<String, String>, Vec<Entry>) {
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

struct Job<'a> {
    listed: Listed,
    algorithm: &'a str,
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
            (Some(algorithm), FileKind::Directory | FileKind::Symlink) => {
                match dir.folder(&path).and_then(|folder| Ok((folder.names()?, folder))) {
                    Ok((listed, folder)) => folders.push((algorithm.to_owned(), folder, listed)),
                    Err(error) => {
                        found.unreadable.insert(path, error);
                    }
                }
            }
            _ => found.stray.push(Stray { path, kind }),
        }
    }
    let mut jobs = Vec::new();
    for (algorithm, folder, listed) in &mut folders {
        let (algorithm, folder) = (algorithm.as_str(), &*folder);
        jobs.extend(std::mem::take(listed).into_iter().map(|listed| Job { listed, algorithm, folder }));
    }
    let examined: Vec<Result<Examined<T>, Stray>> = jobs
        .into_par_iter()
        .with_min_len(16)
        .map_init(Vec::new, |buffer, job| one(job, limits, buffer, visit))
        .collect();
    for one in examined {
        match one {
            Ok(one) => found.examined.push(one),
            Err(stray) => found.stray.push(stray),
        }
    }
    found
}

/// One name below `blobs/<algorithm>`: what it holds, or that it is no digest.
fn one<T>(
    job: Job<'_>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visit: Option<Visit<'_, T>>,
) -> Result<Examined<T>, Stray> {
    let Job { listed: Listed { name, kind }, algorithm, folder } = job;
    let digest = name.to_str().and_then(|name| Digest::parse(&format!("{algorithm}:{name}")).ok());
    let digest =
        digest.ok_or_else(|| Stray { path: format!("blobs/{algorithm}/{}", name.display()), kind })?;
    Ok(match folder.open(&name, kind) {
        Ok(mut file) => examine(digest, kind, &mut file, limits, buffer, visit),
        Err(error) => Examined::unreadable(digest, kind, 0, error),
    })
}
