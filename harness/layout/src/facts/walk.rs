//! Reading all blobs of a directory.
//!
//! Owns: listing `blobs`, and opening what is listed, on all threads. Leaves to others: what one blob holds
//! ([`super::examine`]), and what follows from all of them ([`super::gather`]).

use std::ffi::OsStr;
use std::io;
use std::iter;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::examine::{examine, reset};
use super::gather::{Found, is_algorithm};
use super::visit::Visitor;
use super::{Blob, Limits, Verified};
use crate::file::dir::{Folder, LayoutDir, Listed, Names, OpenFile};
use crate::file::input::Input;
use crate::file::{FileKind, ReadError};
use referee_spec::Digest;

/// The capacity for blobs to begin with.
const CAPACITY: usize = 1 << 16;

/// At most so many names are read by one thread before it asks for more.
const BATCH: usize = 64;

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
    // memory that is not written to costs nothing, and a list that grows is copied
    found.blobs.reserve(CAPACITY);
    let found = Mutex::new(found);
    let lock = || found.lock().unwrap_or_else(PoisonError::into_inner);
    for Listed { name, kind } in algorithms {
        let path = format!("blobs/{}", name.display());
        let algorithm = name.to_str().filter(|name| is_algorithm(name));
        let (Some(algorithm), FileKind::Directory | FileKind::Symlink) = (algorithm, kind) else {
            lock().unexpected.insert(path, kind);
            continue;
        };
        let read_batch = |folder: &Folder<'_>, buffer: &mut Vec<u8>, batch: Vec<Name>| {
            let mut blobs = Vec::with_capacity(batch.len());
            for name in batch {
                match name {
                    Name::Blob(digest, kind) => {
                        let (blob, kept) = read(&digest, kind, folder, limits, buffer, visitor);
                        blobs.push((digest, blob, kept));
                    }
                    Name::Unexpected(name, kind) => {
                        lock().unexpected.insert(format!("{path}/{name}"), kind);
                    }
                }
            }
            let mut found = lock();
            blobs.into_iter().for_each(|(digest, blob, kept)| found.blob(digest, blob, kept));
        };
        let read_all = |folder| for_each_batch(algorithm, &folder, read_batch);
        match dir.folder(&path).and_then(read_all) {
            Ok(()) => {}
            // a link to a file is no more than a file there would be
            Err(ReadError::NotADirectory(kind)) => drop(lock().unexpected.insert(path, kind)),
            Err(error) => drop(lock().unreadable.insert(path, error)),
        }
    }
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One name in the folder of an algorithm.
enum Name {
    Blob(Digest, FileKind),
    /// One that is no digest, with `?` escapes where it is not UTF-8.
    Unexpected(String, FileKind),
}

/// Shows the names of a folder to `read`, on all threads, with a handle of the folder and a buffer that are the thread's own.
/// The names are listed while those before them are read, by whichever thread is free: then the system still has at hand what
/// it looked up for them. Batches grow from one name, so that a few large blobs are shared among the threads.
fn for_each_batch(
    algorithm: &str,
    folder: &Folder<'_>,
    read: impl Fn(&Folder<'_>, &mut Vec<u8>, Vec<Name>) + Sync,
) -> Result<(), ReadError> {
    let mut buffer = Names::buffer();
    let mut names = folder.names(&mut buffer)?;
    let mut end = Ok(());
    let mut listed = iter::from_fn(|| {
        let name = |name: &OsStr, kind| match Digest::of_name(algorithm, name) {
            Some(digest) => Name::Blob(digest, kind),
            None => Name::Unexpected(name.display().to_string(), kind),
        };
        names.next(name).unwrap_or_else(|error| {
            end = Err(error);
            None
        })
    })
    .fuse();
    let mut seen = 0;
    let batches = iter::from_fn(|| {
        let batch: Vec<Name> = listed.by_ref().take((1 + seen / 16).min(BATCH)).collect();
        seen += batch.len();
        (!batch.is_empty()).then_some(batch)
    });
    let of_thread = || (folder.reopen(), Vec::new());
    batches.par_bridge().for_each_init(of_thread, |(own, buffer), batch| {
        read(own.as_ref().unwrap_or(folder), buffer, batch);
    });
    end
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
