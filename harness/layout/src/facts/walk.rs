//! Reading all blobs of a directory.
//!
//! Owns: listing `blobs`, and opening what is listed, on all threads. Leaves to others: what one blob holds
//! ([`super::examine`]), and what follows from all of them ([`super::gather`]).

use std::ffi::OsStr;
use std::io;
use std::iter;

use rayon::prelude::*;

use super::examine::{examine, reset};
use super::gather::{Found, is_algorithm};
use super::visit::Visitor;
use super::{Blob, Limits, Verified};
use crate::file::FileKind;
use crate::file::dir::{Folder, LayoutDir, Listed, Names, OpenFile};
use crate::file::input::Input;
use referee_spec::Digest;

/// The blobs of a directory, and what lies among them.
pub(super) fn blobs<V: Visitor>(dir: &LayoutDir, limits: &Limits, visitor: &V) -> Found<V::Kept> {
    let mut found = Found::default();
    let algorithms = match dir.list("blobs") {
        Ok(listed) => listed,
        Err(error) => {
            found.unreadable.insert("blobs".to_owned(), error);
            return found;
        }
    };
    for Listed { name, kind } in algorithms {
        let path = format!("blobs/{}", name.display());
        let algorithm = name.to_str().filter(|name| is_algorithm(name));
        let (Some(algorithm), FileKind::Directory | FileKind::Symlink) = (algorithm, kind) else {
            found.unexpected.insert(path, kind);
            continue;
        };
        match dir.folder(&path) {
            Ok(folder) => read_folder(algorithm, &path, &folder, limits, visitor, &mut found),
            Err(error) => drop(found.unreadable.insert(path, error)),
        }
    }
    found
}

/// One name in the folder of an algorithm, and what is there.
enum Name<B> {
    Blob(Digest, B),
    /// One that is no digest, with `?` escapes where it is not UTF-8.
    Unexpected(String, FileKind),
}

/// Reads all blobs of one folder, on all threads. The names are listed while those before them are read, by whichever thread
/// is free: then the system still has at hand what it looked up for them.
fn read_folder<V: Visitor>(
    algorithm: &str,
    path: &str,
    folder: &Folder<'_>,
    limits: &Limits,
    visitor: &V,
    found: &mut Found<V::Kept>,
) {
    let mut names_buffer = Names::buffer();
    let mut names = match folder.names(&mut names_buffer) {
        Ok(names) => names,
        Err(error) => return drop(found.unreadable.insert(path.to_owned(), error)),
    };
    let mut failed = None;
    let listed = iter::from_fn(|| {
        let name = |name: &OsStr, kind| match Digest::of_name(algorithm, name) {
            Some(digest) => Name::Blob(digest, kind),
            None => Name::Unexpected(format!("{path}/{}", name.display()), kind),
        };
        // `par_bridge` asks no more after the first `None`
        names.next(name).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    let read = |buffer: &mut Vec<u8>, name| match name {
        Name::Blob(digest, kind) => {
            let blob = read(&digest, kind, folder, limits, buffer, visitor);
            Name::Blob(digest, blob)
        }
        Name::Unexpected(path, kind) => Name::Unexpected(path, kind),
    };
    let push = |mut all: Vec<_>, name| {
        all.push(name);
        all
    };
    // as many lists as threads, not copied into one before they are put in their places
    let parts: Vec<Vec<_>> = listed.par_bridge().map_init(Vec::new, read).fold(Vec::new, push).collect();
    found.blobs.reserve(parts.iter().map(Vec::len).sum());
    for name in parts.into_iter().flatten() {
        match name {
            Name::Blob(digest, (blob, kept)) => found.blob(digest, blob, kept),
            Name::Unexpected(path, kind) => drop(found.unexpected.insert(path, kind)),
        }
    }
    found.unreadable.extend(failed.map(|error| (path.to_owned(), error)));
}

/// Reads what one name holds.
fn read<V: Visitor>(
    digest: &Digest,
    kind: FileKind,
    folder: &Folder<'_>,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visitor: &V,
) -> (Blob, Option<V::Kept>) {
    reset(buffer);
    let file = match digest.with_encoded(|name| folder.open(name, kind, buffer)) {
        Ok(file) => file,
        Err(error) => return (Blob::cannot_be_read(kind, 0, error), None),
    };
    let read = buffer.len() as u64;
    // what does not fill the buffer has most likely ended; if it hashes to its name, it has, and its size need not be asked
    let ended = buffer.len() < buffer.capacity();
    let whole =
        ended.then(|| examine(digest, kind, &mut Input::new(io::empty(), read), limits, buffer, visitor));
    match whole {
        Some(whole) if whole.0.verified == Verified::Yes => whole,
        whole => match OpenFile::check(file, read) {
            Ok(mut input) => whole
                .filter(|_| input.size == read)
                .unwrap_or_else(|| examine(digest, kind, &mut input, limits, buffer, visitor)),
            Err(error) => (Blob::cannot_be_read(kind, 0, error), None),
        },
    }
}
