//! What the members of an archive are to a layout.
//!
//! Owns: which member is which file, and what is unusual about it. Links are only noted: what they lead to is read in a
//! second look ([`super::follow`]), once all names are known. Leaves to others: what one blob holds ([`crate::facts`]).

use tar::EntryType;

use super::members::{Content, Header};
use super::tree::{Member, Tree};
use super::{blob_digest, inner_path};
use crate::document::Document;
use crate::facts::examine::{examine, reset};
use crate::facts::gather::{Found, is_algorithm, is_root_name};
use crate::facts::{AnomalyKind, ArchiveAnomaly, Visitor};
use crate::file::{FileKind, ReadError};
use crate::{Blob, Limits};
use referee_source::counted;
use referee_spec::Digest;

/// What was read so far.
pub(super) struct Reader<'v, V: Visitor> {
    pub(super) limits: &'v Limits,
    pub(super) visitor: &'v V,
    pub(super) oci_layout: Result<Document, ReadError>,
    pub(super) index: Result<Document, ReadError>,
    pub(super) found: Found<V::Kept>,
    pub(super) tree: Tree,
    /// The paths of links that stand where a layout has something.
    pub(super) links: Vec<String>,
    /// Whether there is a directory `blobs`, or something else of that name.
    pub(super) folder: bool,
    /// What may explain that there is no layout.
    pub(super) hint: String,
    buffer: Vec<u8>,
}

impl<'v, V: Visitor> Reader<'v, V> {
    /// With nothing read; `again` says whether the archive can be read a second time.
    pub(super) fn new(limits: &'v Limits, visitor: &'v V, again: bool) -> Self {
        Self {
            limits,
            visitor,
            oci_layout: Err(ReadError::Missing),
            index: Err(ReadError::Missing),
            found: Found::default(),
            tree: Tree::new(again),
            links: Vec::new(),
            folder: false,
            hint: String::new(),
            buffer: Vec::new(),
        }
    }

    /// Reads one member; says if it was cut off.
    pub(super) fn member(&mut self, header: &Header, content: &mut Content<'_>) -> Option<String> {
        let Some(path) = inner_path(&header.name) else {
            self.anomaly(&header.name, AnomalyKind::Traversal);
            return None;
        };
        let target = || header.target.clone().unwrap_or_default();
        let member = match header.kind {
            // extended headers describe other members
            EntryType::XGlobalHeader | EntryType::XHeader => return None,
            _ if path.is_empty() => return None,
            EntryType::Directory => Member::Directory,
            EntryType::Symlink => Member::Symlink(target()),
            EntryType::Link => self.tree.hard_link(&target()),
            EntryType::Char | EntryType::Block => Member::Special(FileKind::Device),
            EntryType::Fifo => Member::Special(FileKind::Fifo),
            EntryType::GNUSparse => Member::Sparse,
            _ => Member::File { position: header.position, link: None },
        };
        if self.tree.insert(&path, member.clone()) && member != Member::Directory {
            self.anomaly(&path, AnomalyKind::Duplicate);
        }
        match member {
            Member::Special(_) => self.anomaly(&path, AnomalyKind::Special),
            Member::Sparse => self.anomaly(&path, AnomalyKind::Sparse),
            _ => {}
        }
        self.at(&path, &member, content)
    }

    /// Reads what stands at a path of a layout.
    fn at(&mut self, path: &str, member: &Member, content: &mut Content<'_>) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        let error = match member {
            Member::Sparse => Some(ReadError::Sparse),
            Member::Special(kind) => Some(ReadError::Kind(*kind)),
            _ => None,
        };
        match (parts.as_slice(), member) {
            (["blobs"], Member::Directory) => self.folder = true,
            (["oci-layout" | "index.json" | "blobs"], link) if link.is_link() => {
                self.links.push(path.to_owned());
            }
            (["blobs", algorithm], link) if link.is_link() && is_algorithm(algorithm) => {
                self.links.push(path.to_owned());
            }
            (["blobs"], other) => {
                self.found.unreadable.insert(path.to_owned(), ReadError::NotADirectory(other.kind()));
                self.folder = true;
            }
            ([root], _) if is_root_name(root) => return self.root(root, error, content),
            (["blobs", algorithm], Member::Directory) if is_algorithm(algorithm) => self.folder = true,
            // an archive need not have a member for a folder that others lie in; it is reported once, as of a directory
            (["blobs", algorithm, _, ..], _) if !is_algorithm(algorithm) => {
                self.folder = true;
                self.folder_of(&format!("blobs/{algorithm}"));
            }
            (["blobs", algorithm, encoded, _, ..], _) => {
                self.folder = true;
                self.folder_of(&format!("blobs/{algorithm}/{encoded}"));
            }
            (["blobs", ..], _) if blob_digest(&parts).is_some() => {
                let digest = blob_digest(&parts)?;
                self.folder = true;
                if member.is_link() {
                    self.links.push(path.to_owned());
                    return None;
                }
                let is_folder = *member == Member::Directory;
                let error = error.or(is_folder.then_some(ReadError::Kind(FileKind::Directory)));
                return self.blob(digest, member.kind(), error, content);
            }
            _ => {
                self.explain(path, &parts);
                self.found.unexpected.insert(path.to_owned(), member.kind());
            }
        }
        None
    }

    /// Reads `oci-layout` or `index.json`, or notes why it cannot be read.
    pub(super) fn root(
        &mut self,
        name: &str,
        error: Option<ReadError>,
        content: &mut Content<'_>,
    ) -> Option<String> {
        let limit = if name == "index.json" { self.limits.index } else { self.limits.document };
        let mut bytes = Vec::new();
        let read = error.map_or_else(|| content.read_all(&mut bytes, limit), Err);
        let short = short(read.as_ref().err());
        self.set_root(name, read.map(|()| Document::parse(name, bytes)));
        short
    }

    pub(super) fn set_root(&mut self, name: &str, read: Result<Document, ReadError>) {
        *(if name == "index.json" { &mut self.index } else { &mut self.oci_layout }) = read;
    }

    /// Reads a blob, or notes why it cannot be read.
    pub(super) fn blob(
        &mut self,
        digest: Digest,
        kind: FileKind,
        error: Option<ReadError>,
        content: &mut Content<'_>,
    ) -> Option<String> {
        let (blob, visited) = match error {
            Some(error) => (Blob::cannot_be_read(kind, content.size, error), None),
            None => {
                reset(&mut self.buffer);
                examine(&digest, kind, content, self.limits, &mut self.buffer, self.visitor)
            }
        };
        let short = short(blob.unreadable());
        self.found.blob(digest, blob, visited);
        short
    }

    /// Notes a folder that a layout has no place for, and that other members lie in.
    fn folder_of(&mut self, path: &str) {
        if !self.tree.insert_folder(path) {
            return;
        }
        let parts: Vec<&str> = path.split('/').collect();
        let kind = FileKind::Directory;
        match blob_digest(&parts) {
            Some(digest) => {
                let blob = Blob::cannot_be_read(kind, 0, ReadError::Kind(kind));
                self.found.blob(digest, blob, None);
            }
            None => {
                self.found.unexpected.insert(path.to_owned(), kind);
            }
        }
    }

    /// Notes what may explain that there is no layout.
    fn explain(&mut self, path: &str, parts: &[&str]) {
        if !self.hint.is_empty() {
            return;
        }
        if parts.last() == Some(&"oci-layout") {
            let inner = path.trim_end_matches("/oci-layout");
            self.hint = format!("; it is in the folder {inner}, so pack it with `tar -C {inner} -c .`");
        } else if path == "manifest.json" {
            "; this looks like the output of an old `docker save`".clone_into(&mut self.hint);
        }
    }

    fn anomaly(&mut self, path: &str, kind: AnomalyKind) {
        self.found.anomalies.push(ArchiveAnomaly { path: path.to_owned(), kind });
    }
}

fn short(error: Option<&ReadError>) -> Option<String> {
    match error {
        Some(ReadError::Short { read, size }) => {
            Some(format!("after {read} of its {}", counted(size, "byte")))
        }
        Some(ReadError::Io(message)) => Some(message.clone()),
        _ => None,
    }
}
