//! A layout in a tar archive, read as one stream ([image-spec][layout]: a layout may travel as a tar).
//!
//! Owns: gzip and zstd around a tar, members in any order, links among them, and what is unusual about them. Nothing is
//! unpacked and no path of the archive reaches the file system: its names are compared, never opened. Leaves to others:
//! what one blob holds ([`crate::facts`]).
//!
//! [layout]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md

mod follow;
mod members;
mod read;
mod stream;
mod tree;

use std::ffi::OsStr;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path};

use crate::document::Document;
use crate::facts::gather::{Roots, assemble};
use crate::facts::visit::NoVisitor;
use crate::facts::{Visited, Visitor};
use crate::file::ReadError;
use crate::{Facts, Limits};
use members::{Broken, for_each_member};
use read::Reader;
use referee_spec::Digest;

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

/// A stream that can be read only once, as a pipe. Links in it are not followed.
#[derive(Debug)]
pub struct Once<R>(pub R);

impl<R: Read> Read for Once<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R> Seek for Once<R> {
    fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
        Err(io::ErrorKind::NotSeekable.into())
    }
}

/// Reads the layout in the archive `from`.
///
/// # Errors
/// Those of [`inspect`].
pub fn facts(name: &Path, from: impl Read + Seek, limits: &Limits) -> Result<Facts, ArchiveError> {
    inspect(name, from, limits, &NoVisitor).map(|(facts, _)| facts)
}

/// Reads the layout in the archive `from`, and shows its documents to `visitor`, as [`crate::Layout::inspect`] does.
///
/// An archive that ends too early or breaks off is a fact: see [`Facts::truncation`]. It is read once, from where it stands;
/// a second time only to follow links, if it can be.
///
/// # Errors
/// It is no archive, or has nothing of a layout.
pub fn inspect<V: Visitor>(
    name: &Path,
    mut from: impl Read + Seek,
    limits: &Limits,
    visitor: &V,
) -> Result<(Facts, Visited<V::Kept>), ArchiveError> {
    let text = || name.display().to_string();
    let start = from.stream_position().ok();
    let mut reader = Reader::new(limits, visitor, start.is_some());
    let uncompressed =
        stream::uncompressed(&mut from).map_err(|source| ArchiveError::Io { name: text(), source })?;
    let read = for_each_member(uncompressed, |header, content| reader.member(header, content));
    let truncation = match read {
        Ok(()) => None,
        Err(broken) if broken.at_once => {
            return Err(ArchiveError::NotAnArchive { name: text(), why: broken.why });
        }
        Err(broken) => Some(broken.why),
    };
    // of an archive that breaks off only that is known
    if truncation.is_none() {
        let wanted = reader.wanted();
        reader.follow(wanted, |read| {
            let broken = |error: io::Error| Broken { why: error.to_string(), at_once: true };
            from.seek(SeekFrom::Start(start.unwrap_or_default())).map_err(broken)?;
            for_each_member(stream::uncompressed(&mut from).map_err(broken)?, read)
        });
        if !reader.folder {
            reader.found.unreadable.insert("blobs".to_owned(), ReadError::Missing);
        }
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

/// The digest that a path `blobs/<algorithm>/<encoded>` stands for.
fn blob_digest(parts: &[&str]) -> Option<Digest> {
    match parts {
        ["blobs", algorithm, encoded] => Digest::of_name(algorithm, OsStr::new(encoded)),
        _ => None,
    }
}

/// A member's name from the layout's root, without `./`; `None` if it leads elsewhere, or is the name of no file.
fn inner_path(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for component in Path::new(name).components() {
        match component {
            // no file can have a name with a zero byte
            Component::Normal(part) => parts.push(part.to_str().filter(|part| !part.contains('\0'))?),
            Component::CurDir => {}
            Component::RootDir | Component::ParentDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}
