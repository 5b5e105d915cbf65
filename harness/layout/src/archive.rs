//! A layout in a tar archive, read as one stream ([image-spec][layout]: a layout may travel as a tar).
//!
//! Owns: gzip and zstd around a tar, members in any order, and what is unusual about them. Nothing is unpacked and no
//! path of the archive reaches the file system: its names are compared, never opened. Leaves to others: what one
//! blob holds ([`crate::facts`]).
//!
//! [layout]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md

mod stream;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Component, Path};

use tar::EntryType;

use crate::document::Document;
use crate::facts::examine::{examine, reset};
use crate::facts::gather::{Found, Roots, assemble, is_algorithm, is_root_name};
use crate::facts::visit::NoVisitor;
use crate::facts::{AnomalyKind, ArchiveAnomaly, Visited, Visitor};
use crate::file::input::Input;
use crate::file::{FileKind, ReadError};
use crate::{Blob, Facts, Limits};
use referee_spec::Digest;

/// How many bytes may describe one member: its header, a long name, attributes. All are read into memory at once.
const HEADERS: u64 = 1 << 20;

/// How many members are read: each costs memory, and a small gzip can hold very many.
const MEMBERS: usize = 2_000_000;

/// Why a stream is not a layout in an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// It is no tar, nor a gzip or zstd with a tar in it.
    #[error("{name} is neither a directory nor a tar archive (plain, gzip or zstd): as an archive it {why}")]
    NotAnArchive {
        /// The archive's name.
        name: String,
        /// What is wrong with it as an archive.
        why: String,
    },
    /// It has nothing of a layout at its root.
    #[error("{name} is not an OCI Image Layout: it has neither oci-layout nor index.json at its root{hint}")]
    NotALayout {
        /// The archive's name.
        name: String,
        /// What may explain it, and what to do; may be empty.
        hint: String,
    },
    /// The operating system refused.
    #[error("{name} cannot be read: {source}")]
    Io {
        /// The archive's name.
        name: String,
        /// What it said.
        source: io::Error,
    },
}

/// Reads the layout in the archive `from`.
///
/// # Errors
/// Those of [`inspect`].
pub fn facts(name: &Path, from: impl Read, limits: &Limits) -> Result<Facts, ArchiveError> {
    inspect(name, from, limits, &NoVisitor).map(|(facts, _)| facts)
}

/// Reads the layout in the archive `from`, and shows its documents to `visitor`, as [`crate::Layout::inspect`] does.
///
/// An archive that ends too early or breaks off is a fact: see [`Facts::truncation`].
///
/// # Errors
/// It is no archive, or has nothing of a layout.
pub fn inspect<V: Visitor>(
    name: &Path,
    from: impl Read,
    limits: &Limits,
    visitor: &V,
) -> Result<(Facts, Visited<V::Kept>), ArchiveError> {
    let text = || name.display().to_string();
    let uncompressed =
        stream::uncompressed(from).map_err(|source| ArchiveError::Io { name: text(), source })?;
    let left = Cell::new(0);
    let mut archive = tar::Archive::new(stream::Rationed::new(uncompressed, &left));
    let mut reader = Reader::new(limits, visitor);
    let truncation = reader.all(&mut archive, &left);
    if let Some(why) = truncation.clone().filter(|_| reader.members == 0) {
        return Err(ArchiveError::NotAnArchive { name: text(), why });
    }
    let missing = |part: &Result<Document, ReadError>| part.as_ref().err() == Some(&ReadError::Missing);
    if truncation.is_none() && missing(&reader.oci_layout) && missing(&reader.index) {
        return Err(ArchiveError::NotALayout { name: text(), hint: reader.hint });
    }
    let (mut facts, visited) =
        assemble(name, Roots::see(reader.oci_layout, reader.index, visitor), reader.found);
    facts.set_truncation(truncation);
    Ok((facts, visited))
}

struct Reader<'v, V: Visitor> {
    limits: &'v Limits,
    visitor: &'v V,
    oci_layout: Result<Document, ReadError>,
    index: Result<Document, ReadError>,
    found: Found<V::Kept>,
    seen: BTreeSet<String>,
    folder: bool,
    members: usize,
    hint: String,
    buffer: Vec<u8>,
}

impl<'v, V: Visitor> Reader<'v, V> {
    fn new(limits: &'v Limits, visitor: &'v V) -> Self {
        Self {
            limits,
            visitor,
            oci_layout: Err(ReadError::Missing),
            index: Err(ReadError::Missing),
            found: Found::default(),
            seen: BTreeSet::new(),
            folder: false,
            members: 0,
            hint: String::new(),
            buffer: Vec::new(),
        }
    }

    /// Reads all members; says where and why it could not go on. `left` is how much the stream may give.
    fn all(&mut self, archive: &mut tar::Archive<impl Read>, left: &Cell<u64>) -> Option<String> {
        let mut last = None;
        let mut entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return Some(truncation(None, &error)),
        };
        let mut unread = 0;
        loop {
            left.set(HEADERS.saturating_add(unread));
            let Some(entry) = entries.next() else { break };
            left.set(u64::MAX);
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(truncation(last.as_deref(), &error)),
            };
            self.members += 1;
            if self.members > MEMBERS {
                return Some(format!("has more than {MEMBERS} members, which is more than referee reads"));
            }
            let path = entry.path_bytes().into_owned();
            let size = entry.size();
            let kind = entry.header().entry_type();
            let target = entry.link_name_bytes().map(|target| String::from_utf8_lossy(&target).into_owned());
            let name = String::from_utf8_lossy(&path).into_owned();
            if let Some(short) = self.member(&name, kind, target, &mut Input::new(&mut entry, size)) {
                return Some(format!("ends inside {name}, {short}"));
            }
            last = Some(name);
            if kind == EntryType::GNUSparse {
                // its holes may be of any size, so it is not expanded; what is stored of it is skipped with the next header
                unread = entry.header().entry_size().unwrap_or_default();
            } else if let Err(error) = io::copy(&mut entry, &mut io::sink()) {
                return Some(truncation(last.as_deref(), &error));
            } else {
                unread = 0;
            }
        }
        if !self.folder {
            self.found.unreadable.insert("blobs".to_owned(), ReadError::Missing);
        }
        None
    }

    /// Reads one member; says if it was cut off.
    fn member<R: Read>(
        &mut self,
        name: &str,
        kind: EntryType,
        target: Option<String>,
        input: &mut Input<R>,
    ) -> Option<String> {
        let Some(path) = inner_path(name) else {
            self.anomaly(name, AnomalyKind::Traversal);
            return None;
        };
        if path.is_empty() {
            return None;
        }
        let file_kind = match kind {
            EntryType::Directory => FileKind::Directory,
            EntryType::Symlink | EntryType::Link => FileKind::Symlink,
            EntryType::Char | EntryType::Block => FileKind::Device,
            EntryType::Fifo => FileKind::Fifo,
            // extended headers describe other members
            EntryType::XGlobalHeader | EntryType::XHeader => return None,
            _ => FileKind::File,
        };
        if file_kind != FileKind::Directory && !self.seen.insert(path.clone()) {
            self.anomaly(&path, AnomalyKind::Duplicate);
        }
        let error = match file_kind {
            FileKind::Symlink => {
                self.anomaly(&path, AnomalyKind::Link(target.unwrap_or_default()));
                Some(ReadError::Archived("link"))
            }
            FileKind::Device | FileKind::Fifo => {
                self.anomaly(&path, AnomalyKind::Special);
                Some(ReadError::Kind(file_kind))
            }
            _ if kind == EntryType::GNUSparse => {
                self.anomaly(&path, AnomalyKind::Sparse);
                Some(ReadError::Archived("sparse file"))
            }
            _ => None,
        };
        self.read_member(&path, file_kind, error, input)
    }

    fn read_member<R: Read>(
        &mut self,
        path: &str,
        kind: FileKind,
        error: Option<ReadError>,
        input: &mut Input<R>,
    ) -> Option<String> {
        let parts: Vec<&str> = path.split('/').collect();
        match (parts.as_slice(), kind) {
            (["blobs"], FileKind::Directory) => self.folder = true,
            (["blobs"], _) => {
                self.found.unreadable.insert("blobs".to_owned(), ReadError::Kind(kind));
                self.folder = true;
            }
            ([root], _) if is_root_name(root) => {
                let limit = if *root == "index.json" { self.limits.index } else { self.limits.document };
                let mut bytes = Vec::new();
                let read = error.map_or_else(|| input.read_all(&mut bytes, limit), Err);
                let short = short(read.as_ref().err());
                let read = read.map(|()| Document::parse(*root, bytes));
                if *root == "index.json" {
                    self.index = read;
                } else {
                    self.oci_layout = read;
                }
                return short;
            }
            (["blobs", algorithm], FileKind::Directory) if is_algorithm(algorithm) => self.folder = true,
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
                let error = error.or((kind == FileKind::Directory).then_some(ReadError::Kind(kind)));
                let (blob, visited) = match error {
                    Some(error) => (Blob::cannot_be_read(kind, input.size, error), None),
                    None => {
                        reset(&mut self.buffer);
                        examine(&digest, kind, input, self.limits, &mut self.buffer, self.visitor)
                    }
                };
                let short = short(blob.unreadable());
                self.found.blob(digest, blob, visited);
                return short;
            }
            _ => {
                if parts.last() == Some(&"oci-layout") && self.hint.is_empty() {
                    let inner = path.trim_end_matches("/oci-layout");
                    self.hint =
                        format!("; it is in the folder {inner}, so pack it with `tar -C {inner} -c .`");
                } else if path == "manifest.json" && self.hint.is_empty() {
                    "; this looks like the output of an old `docker save`".clone_into(&mut self.hint);
                }
                if kind != FileKind::Directory || self.seen.insert(path.to_owned()) {
                    self.found.unexpected.insert(path.to_owned(), kind);
                }
            }
        }
        None
    }

    /// Notes a folder that a layout has no place for, and that other members lie in.
    fn folder_of(&mut self, path: &str) {
        if !self.seen.insert(path.to_owned()) {
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

    fn anomaly(&mut self, path: &str, kind: AnomalyKind) {
        self.found.anomalies.push(ArchiveAnomaly { path: path.to_owned(), kind });
    }
}

/// The digest that a path `blobs/<algorithm>/<encoded>` stands for.
fn blob_digest(parts: &[&str]) -> Option<Digest> {
    match parts {
        ["blobs", algorithm, encoded] => Digest::of_name(algorithm, OsStr::new(encoded)),
        _ => None,
    }
}

fn short(error: Option<&ReadError>) -> Option<String> {
    match error {
        Some(ReadError::Short { read, size }) => Some(format!("after {read} of its {size} bytes")),
        Some(ReadError::Io(message)) => Some(message.clone()),
        _ => None,
    }
}

fn truncation(last: Option<&str>, error: &io::Error) -> String {
    let error = error.to_string();
    // after a colon the tar crate's message has bytes of the archive
    let error = error.split(':').next().unwrap_or_default();
    match last {
        Some(last) => format!("breaks off after {last} ({error})"),
        None => format!("breaks off before its first member ({error})"),
    }
}

/// A member's name from the layout's root, without `./`; `None` if it leads elsewhere.
fn inner_path(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::RootDir | Component::ParentDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}
