//! Facts about one layout, gathered once.
//!
//! Owns: opening a layout, its index and entries, the inventory of blobs, and a compact [`Node`] for each
//! manifest and index among them. Leaves to others: edges ([`crate::graph`]), referrers ([`crate::view`]), and
//! whether anything is wrong.
//!
//! Each blob is opened at most once. Its first bytes decide whether it can be a JSON document; only then is it
//! read whole, and only manifests and indexes are hashed, from the bytes already read; layers are if asked for.

mod by_digest;
mod descriptor;
pub(crate) mod examine;
mod foreign;
pub(crate) mod gather;
mod node;
mod resolve;
pub(crate) mod visit;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::document::{Annotations, Document};
use crate::file::dir::LayoutDir;
use crate::file::{FileKind, ReadError};
use crate::json::JsonError;
use referee_spec::Digest;

pub use crate::document::DocumentKind;
pub use by_digest::ByDigest;
pub use descriptor::{Descriptor, DescriptorError, Entry, List, Mention, OptionalFields, Platform, Unusable};
pub use foreign::Foreign;
pub use node::{Flaw, Node, Referrer, Subject, Verified};
pub use resolve::ResolveError;
use visit::NoVisitor;
pub use visit::{Visited, Visitor};

/// A layout on disk, open but not yet read.
#[derive(Debug)]
pub struct Layout {
    dir: LayoutDir,
}

/// Why a path is not a layout. The messages say what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is nothing at that path.
    #[error("{} does not exist", path.display())]
    NoSuchPath {
        /// The path as it was given.
        path: PathBuf,
    },
    /// It is a file, perhaps an archive.
    #[error("{} is not a directory", path.display())]
    NotADirectory {
        /// The path as it was given.
        path: PathBuf,
    },
    /// One of the files that make a layout is not there ([image-spec, Content][content]).
    ///
    /// [content]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#content
    #[error("{} is not an OCI Image Layout: it has no {missing}{hint}", path.display())]
    NotALayout {
        /// The path as it was given.
        path: PathBuf,
        /// `oci-layout` or `index.json`.
        missing: &'static str,
        /// What else was found that may explain it, and what to do; may be empty.
        hint: String,
    },
    /// The operating system refused.
    #[error("{} cannot be opened: {source}", path.display())]
    Io {
        /// The path as it was given.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

/// How much is read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// Blobs larger than this many bytes are not read as documents. Default: 64 MiB.
    pub document: u64,
    /// An index.json larger than this many bytes is not read. Default: 256 MiB, a million entries and more.
    pub index: u64,
    /// Hash every blob, layers too. Default: no.
    pub hash_everything: bool,
}

/// All facts about one layout. Gathering does not fail: what cannot be read is a fact.
#[derive(Debug)]
pub struct Facts {
    path: PathBuf,
    oci_layout: Result<Document, ReadError>,
    index: Result<Document, ReadError>,
    index_annotations: Annotations,
    entries: Vec<Entry>,
    blobs: ByDigest<Blob>,
    unexpected: Vec<UnexpectedPath>,
    unreadable: BTreeMap<String, ReadError>,
    anomalies: Vec<ArchiveAnomaly>,
    truncation: Option<String>,
}

/// One file at `blobs/<algorithm>/<encoded>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its size in bytes; 0 if it could not be opened.
    pub size: u64,
    /// What it holds.
    pub content: BlobContent,
    /// Whether its bytes hash to its name, where that was looked at.
    pub verified: Verified,
    /// What the name is: a file, or a symlink to one.
    pub kind: FileKind,
}

impl Blob {
    /// A blob that cannot be read.
    pub(crate) fn cannot_be_read(kind: FileKind, size: u64, error: ReadError) -> Self {
        let content = BlobContent::Unreadable(Box::new(error));
        Self { size, content, verified: Verified::Unknown, kind }
    }

    /// The manifest or index that it is.
    pub fn node(&self) -> Option<&Node> {
        match &self.content {
            BlobContent::Node(node) => Some(node),
            _ => None,
        }
    }

    /// Why it was not read, if it was not.
    pub fn unreadable(&self) -> Option<&ReadError> {
        match &self.content {
            BlobContent::Unreadable(error) => Some(error),
            _ => None,
        }
    }
}

/// What a blob holds, as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobContent {
    /// Bytes that are no JSON object.
    Opaque,
    /// A JSON object that is no manifest or index; what it says of a `subject`, if it has one.
    Json(Option<Box<Foreign>>),
    /// A manifest or index.
    Node(Box<Node>),
    /// Starts like a JSON object and is none.
    Broken(Box<JsonError>),
    /// Starts like a JSON object and is larger than [`Limits::document`].
    Large,
    /// Not read.
    Unreadable(Box<ReadError>),
}

/// A name below the root that the layout has no place for, or below `blobs/` that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnexpectedPath {
    /// Its path from the root, with `?` escapes where it is not UTF-8.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
}

/// A member of an archive that unpacks to something else than a plain file or folder of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchiveAnomaly {
    /// Its name, with `?` escapes where it is not UTF-8.
    pub path: String,
    /// What it unpacks to.
    pub kind: AnomalyKind,
}

/// What a member of an archive may be instead of a plain file or folder of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AnomalyKind {
    /// Its name is absolute or has `..`, so that it lands outside if it is unpacked carelessly; or no file can have it.
    Traversal,
    /// An earlier member has the same name; unpacking keeps this one.
    Duplicate,
    /// A device or FIFO.
    Special,
    /// A file with holes, whose bytes are not what follows its header.
    Sparse,
}

impl Layout {
    /// Opens the directory `path`.
    ///
    /// # Errors
    /// If it is no directory or lacks `oci-layout` or `index.json`. That these are valid is not asked.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let dir = Self::directory(path)?;
        for missing in ["oci-layout", "index.json"] {
            if dir.kind(missing) == Err(ReadError::Missing) {
                let hint = hint(&dir);
                return Err(OpenError::NotALayout { path: path.to_owned(), missing, hint });
            }
        }
        Ok(Self { dir })
    }

    /// The directory.
    pub fn dir(&self) -> &LayoutDir {
        &self.dir
    }

    /// Opens the directory `path` if it has anything of a layout: what else is missing is a fact, too.
    ///
    /// # Errors
    /// If it is no directory, or has neither `oci-layout` nor `index.json`.
    pub fn open_damaged(path: &Path) -> Result<Self, OpenError> {
        match Self::open(path) {
            Err(OpenError::NotALayout { path, missing, hint }) => {
                let dir = Self::directory(&path)?;
                let any = ["oci-layout", "index.json"].iter().any(|name| dir.kind(name).is_ok());
                if any { Ok(Self { dir }) } else { Err(OpenError::NotALayout { path, missing, hint }) }
            }
            other => other,
        }
    }

    /// Reads the layout, in parallel on the current rayon pool.
    pub fn facts(&self, limits: &Limits) -> Facts {
        self.inspect(limits, &NoVisitor).0
    }

    /// Reads the layout, and shows its documents to `visitor`.
    pub fn inspect<V: Visitor>(&self, limits: &Limits, visitor: &V) -> (Facts, Visited<V::Kept>) {
        gather::facts(&self.dir, limits, visitor)
    }

    fn directory(path: &Path) -> Result<LayoutDir, OpenError> {
        LayoutDir::open(path).map_err(|source| {
            let path = path.to_owned();
            match source.kind() {
                std::io::ErrorKind::NotFound => OpenError::NoSuchPath { path },
                std::io::ErrorKind::NotADirectory => OpenError::NotADirectory { path },
                _ => OpenError::Io { path, source },
            }
        })
    }
}

/// What may explain a missing file.
fn hint(dir: &LayoutDir) -> String {
    let has = |name: &str| dir.kind(name).is_ok();
    if has("oci-layout") {
        return "; create one with `\"manifests\": []`, or copy the layout again".to_owned();
    }
    if has("index.json") {
        return "; a layout says so in a file `{\"imageLayoutVersion\":\"1.0.0\"}`".to_owned();
    }
    if has("manifest.json") {
        return "; this looks like the output of an old `docker save`".to_owned();
    }
    let listed = dir.list(".").unwrap_or_default();
    let inner = listed
        .iter()
        .filter(|l| l.kind == FileKind::Directory)
        .find(|l| dir.kind(Path::new(&l.name).join("oci-layout")).is_ok());
    inner.map_or(String::new(), |l| format!("; did you mean its folder {}?", l.name.display()))
}

impl Default for Limits {
    fn default() -> Self {
        Self { document: 64 << 20, index: 256 << 20, hash_everything: false }
    }
}

impl Limits {
    /// What a validator needs: all blobs hashed.
    pub fn thorough() -> Self {
        Self { hash_everything: true, ..Self::default() }
    }
}

impl Facts {
    /// The directory, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file `oci-layout`.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn oci_layout(&self) -> Result<&Document, &ReadError> {
        self.oci_layout.as_ref()
    }

    /// The file `index.json`.
    ///
    /// # Errors
    /// Why it could not be read.
    pub fn index(&self) -> Result<&Document, &ReadError> {
        self.index.as_ref()
    }

    /// The annotations of index.json itself; empty if absent or malformed.
    pub fn index_annotations(&self) -> &Annotations {
        &self.index_annotations
    }

    /// The items of `manifests` in index.json, in its order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All blobs whose path is a digest.
    pub fn blobs(&self) -> &ByDigest<Blob> {
        &self.blobs
    }

    /// Manifests and indexes among the blobs, ordered by digest.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.blobs.pick(|_, blob| blob.node()).into_iter().map(|(_, node)| node)
    }

    /// The manifest or index of that digest.
    pub fn node(&self, digest: &Digest) -> Option<&Node> {
        self.blobs.get(digest)?.node()
    }

    /// Paths that the layout has no place for.
    pub fn unexpected(&self) -> &[UnexpectedPath] {
        &self.unexpected
    }

    /// Directories that could not be listed, or not to the end: `blobs` and those in it.
    pub fn unreadable(&self) -> &BTreeMap<String, ReadError> {
        &self.unreadable
    }

    /// Members of the archive that the layout was read from that unpack to something else than a plain file or folder of
    /// their own; nothing for a directory.
    pub fn anomalies(&self) -> &[ArchiveAnomaly] {
        &self.anomalies
    }

    /// Where and why the archive that the layout was read from ends too early, as in
    /// `breaks off after oci-layout (...)`; whatever comes after is not known.
    pub fn truncation(&self) -> Option<&str> {
        self.truncation.as_deref()
    }

    pub(crate) fn set_truncation(&mut self, truncation: Option<String>) {
        self.truncation = truncation;
    }

    /// All entries of index.json with that `org.opencontainers.image.ref.name`; names need not be unique
    /// ([image-spec, index.json file](https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#indexjson-file)).
    pub fn tagged(&self, name: &str) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.ref_name() == Some(name))
    }

    /// The digest that a text stands for: it is one, or a `ref.name` of index.json. A referrer under the name of its subject
    /// does not count.
    ///
    /// # Errors
    /// If there is no such name, or entries of that name have several digests.
    pub fn resolve(&self, text: &str) -> Result<Digest, ResolveError> {
        resolve::resolve(self, text)
    }

    /// The digests that some manifest or index names as its subject.
    pub fn subjects(&self) -> BTreeSet<&Digest> {
        self.blobs.values().filter_map(|blob| Some(&blob.node()?.subject.as_ref()?.digest)).collect()
    }
}

#[cfg(test)]
mod tests;
