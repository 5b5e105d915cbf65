//! Reading a layout once, in parallel.
//!
//! Owns: which bytes are read and hashed. Leaves to others: everything that is made of them.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::descriptor::Entry;
use super::node::{Node, Verified};
use super::{Blob, BlobContent, Facts, Limits, Stray, blob_path};
use crate::Digest;
use crate::dir::{FileKind, Folder, LayoutDir, Listed, OpenFile, ReadError};
use crate::document::{Document, ManifestView};
use crate::json::Tree;

/// How much of a blob is read before it is known what it may be.
const PEEK: u64 = 4096;
/// How much of an opaque blob is hashed at a time.
const PIECE: u64 = 1 << 20;

pub(super) fn facts(dir: &LayoutDir, limits: &Limits) -> Facts {
    let ((oci_layout, index, entries), mut found) = rayon::join(
        || {
            let read = |file: &'static str| {
                dir.read(file, limits.document).map(|bytes| Document::parse(file, &bytes))
            };
            let index = read("index.json");
            let entries = index.as_ref().map(entries).unwrap_or_default();
            (read("oci-layout"), index, entries)
        },
        || blobs(dir, limits),
    );
    let (index_annotations, entries) = entries;
    found.root(dir);
    found.stray.sort_unstable();
    let by_digest = found.nodes.iter().enumerate().map(|(id, node)| (node.digest.clone(), id)).collect();
    Facts {
        path: dir.path().to_owned(),
        oci_layout,
        index,
        index_annotations,
        entries,
        blobs: found.blobs,
        nodes: found.nodes,
        by_digest,
        documents: found.documents,
        stray: found.stray,
        unreadable: found.unreadable,
    }
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

#[derive(Default)]
struct Found {
    blobs: BTreeMap<Digest, Blob>,
    nodes: Vec<Node>,
    documents: BTreeMap<Digest, Document>,
    stray: Vec<Stray>,
    unreadable: BTreeMap<String, ReadError>,
}

impl Found {
    /// Names beside the three that a layout has.
    fn root(&mut self, dir: &LayoutDir) {
        for Listed { name, kind } in dir.list(".").unwrap_or_default() {
            if !["oci-layout", "index.json", "blobs"].iter().any(|known| name == *known) {
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

struct Examined {
    digest: Digest,
    blob: Blob,
    node: Option<Node>,
    document: Option<Document>,
}

fn blobs(dir: &LayoutDir, limits: &Limits) -> Found {
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
        // any encoded part shows whether the algorithm fits the grammar
        let fits = name.to_str().filter(|name| {
            !matches!(Digest::parse(&format!("{name}:x")), Err(crate::digest::DigestError::Algorithm))
        });
        match (fits, kind) {
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
    let mut examined: Vec<Result<Examined, Stray>> = jobs
        .into_par_iter()
        .with_min_len(16)
        .map_init(Vec::new, |buffer, job| examine(job, limits, buffer))
        .collect();
    examined.par_sort_unstable_by(|a, b| match (a, b) {
        (Ok(a), Ok(b)) => a.digest.cmp(&b.digest),
        (a, b) => a.is_err().cmp(&b.is_err()),
    });
    let mut blobs = Vec::with_capacity(examined.len());
    for one in examined {
        match one {
            Ok(Examined { digest, blob, node, document }) => {
                found.nodes.extend(node);
                if let Some(document) = document {
                    found.documents.insert(digest.clone(), document);
                }
                blobs.push((digest, blob));
            }
            Err(stray) => found.stray.push(stray),
        }
    }
    // sorted already, so the map is built at once
    found.blobs = blobs.into_iter().collect();
    found
}

/// One name below `blobs/<algorithm>`: what it holds, or that it is no digest.
fn examine(job: Job<'_>, limits: &Limits, buffer: &mut Vec<u8>) -> Result<Examined, Stray> {
    let Job { listed: Listed { name, kind }, algorithm, folder } = job;
    let digest = name.to_str().and_then(|name| Digest::parse(&format!("{algorithm}:{name}")).ok());
    let digest =
        digest.ok_or_else(|| Stray { path: format!("blobs/{algorithm}/{}", name.display()), kind })?;
    let mut size = 0;
    let mut node = None;
    let mut document = None;
    let read = folder.open(&name, kind).and_then(|mut file| {
        size = file.size;
        content(&mut file, &digest, limits, buffer)
    });
    let (content, verified) = match read {
        Ok(Read { content, verified, node: read, document: kept }) => {
            node = read;
            document = kept;
            (content, verified)
        }
        Err(error) => (BlobContent::Unreadable(error), Verified::Unknown),
    };
    Ok(Examined { digest, blob: Blob { size, content, verified, kind }, node, document })
}

struct Read {
    content: BlobContent,
    verified: Verified,
    node: Option<Node>,
    document: Option<Document>,
}

impl Read {
    fn plain(content: BlobContent, verified: Verified) -> Self {
        Self { content, verified, node: None, document: None }
    }
}

fn content(
    file: &mut OpenFile,
    digest: &Digest,
    limits: &Limits,
    buffer: &mut Vec<u8>,
) -> Result<Read, ReadError> {
    buffer.clear();
    file.read_some(buffer, PEEK.min(file.size))?;
    let first = buffer.iter().find(|b| !b" \t\r\n".contains(b));
    let object = first.map_or(file.size > PEEK, |b| *b == b'{');
    if !object || file.size > limits.document {
        let verified = hash_rest(file, digest, limits, buffer)?;
        let content = if object { BlobContent::Large } else { BlobContent::Opaque };
        return Ok(Read::plain(content, verified));
    }
    file.read_all(buffer, limits.document)?;
    let verified = || verify(digest, buffer);
    let parsed = Tree::parse(buffer);
    let (tree, text) = match &parsed {
        Ok((tree, text)) => (tree, *text),
        Err(error) => {
            let kept = limits.keep_documents.then(|| Document::parse(blob_path(digest), buffer));
            let content = BlobContent::Broken(error.clone());
            return Ok(Read { content, verified: verified(), node: None, document: kept });
        }
    };
    let root = tree.root(text);
    if super::Kind::of(root).is_none() {
        let verified = if limits.hash_everything { verified() } else { Verified::Unknown };
        return Ok(Read::plain(BlobContent::Json, verified));
    }
    let verified = verified();
    let node = Node::read(digest, buffer.len() as u64, verified, root);
    let document = limits.keep_documents.then(|| Document::parse(blob_path(digest), buffer));
    Ok(Read { content: BlobContent::Node, verified, node, document })
}

fn verify(digest: &Digest, bytes: &[u8]) -> Verified {
    match digest.matches(bytes) {
        Some(true) => Verified::Yes,
        Some(false) => Verified::No,
        None => Verified::Unknown,
    }
}

/// Hashes a blob of which `buffer` holds the beginning, if that was asked for.
fn hash_rest(
    file: &mut OpenFile,
    digest: &Digest,
    limits: &Limits,
    buffer: &mut Vec<u8>,
) -> Result<Verified, ReadError> {
    let Some(algorithm) = digest.registered().filter(|_| limits.hash_everything) else {
        return Ok(Verified::Unknown);
    };
    let mut hasher = algorithm.hasher();
    while !buffer.is_empty() {
        hasher.update(buffer);
        buffer.clear();
        file.read_some(buffer, PIECE)?;
    }
    Ok(if hasher.finish() == *digest { Verified::Yes } else { Verified::No })
}
