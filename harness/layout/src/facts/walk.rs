//! Reading all blobs of a directory.
//!
//! Owns: listing `blobs`, and opening what is listed, on all threads. Leaves to others: what one blob holds
//! ([`super::examine`]), and what follows from all of them ([`super::gather`]).

use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::examine::{Room, examine};
use super::gather::{Found, is_algorithm};
use super::visit::Visitor;
use super::{Blob, Limits, Stray, Verified};
use crate::ByDigest;
use crate::dir::{FileKind, Folder, LayoutDir, Listed, Names, OpenFile, ReadError};
use crate::input::Input;
use referee_spec::Digest;

/// So many blobs at most are one share of the work.
const SHARE: usize = 128;

/// A share is at most one part in so many of what was listed before, for each thread: some blobs are very large.
const SHARES: usize = 32;

/// Room for so many blobs is made at once: what is mapped and not written to takes no memory, and what is large grows
/// without being copied.
const ROOM: usize = 1 << 16;

/// How often a thread looks whether it may list before it sleeps.
const TRIES: usize = 100;

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
    let mut digests = Vec::with_capacity(ROOM);
    let done = Mutex::new(Done { blobs: Vec::with_capacity(ROOM), visited: Vec::new() });
    for Listed { name, kind } in algorithms {
        let path = format!("blobs/{}", name.display());
        let algorithm = name.to_str().filter(|name| is_algorithm(name));
        let (Some(algorithm), FileKind::Directory | FileKind::Symlink) = (algorithm, kind) else {
            found.stray.push(Stray { path, kind });
            continue;
        };
        let read = dir.folder(&path).and_then(|folder| {
            let mut room = Names::room();
            let names = folder.names(&mut room)?;
            let (stray, error) = (&mut found.stray, None);
            let listing = Listing { algorithm, path: &path, names, digests: &mut digests, stray, error };
            let listing = Mutex::new(listing);
            rayon::scope(|scope| {
                for _ in 0..rayon::current_num_threads() {
                    scope.spawn(|_| {
                        let mut share = Share::default();
                        let own = folder.again();
                        let folder = own.as_ref().unwrap_or(&folder);
                        while next(&listing, &mut share) {
                            share.read(folder, limits, visitor);
                            done.lock().unwrap_or_else(PoisonError::into_inner).take(&mut share);
                        }
                    });
                }
            });
            let listing = listing.into_inner().unwrap_or_else(PoisonError::into_inner);
            listing.error.map_or(Ok(()), Err)
        });
        found.unreadable.extend(read.err().map(|error| (path, error)));
    }
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let listed = digests.len();
    (found.blobs, found.visited) = (ByDigest::new(digests, done.blobs), done.visited);
    // a folder that changes meanwhile may have a name twice
    if found.blobs.len() < listed {
        found.visited.sort_by(|a, b| a.0.cmp(&b.0));
        found.visited.dedup_by(|again, first| again.0 == first.0);
    }
    found
}

/// The names in one folder, while they are listed. A thread takes some and opens those, as long as the system has at hand
/// what it looked at for them; another does the same.
struct Listing<'f> {
    algorithm: &'f str,
    path: &'f str,
    names: Names<'f>,
    /// All that were listed, in this order.
    digests: &'f mut Vec<Digest>,
    stray: &'f mut Vec<Stray>,
    /// Why it could not be listed to the end.
    error: Option<ReadError>,
}

/// Some blobs, and room for others after them.
struct Share<K> {
    /// The place of the first one.
    first: usize,
    /// The names that they are to be read from.
    names: Vec<(Digest, FileKind)>,
    blobs: Vec<Blob>,
    visited: Vec<(Digest, K)>,
    room: Room,
}

/// Blobs that were read, at their places, and what the visitor kept of them.
struct Done<K> {
    blobs: Vec<Blob>,
    visited: Vec<(Digest, K)>,
}

/// The next share; false if there is none.
fn next<K>(listing: &Mutex<Listing<'_>>, share: &mut Share<K>) -> bool {
    // listing some names takes less time than to sleep and to be woken, unless the disk is slow
    for _ in 0..TRIES {
        match listing.try_lock() {
            Ok(mut listing) => return listing.next(share),
            Err(_) => thread::yield_now(),
        }
    }
    listing.lock().unwrap_or_else(PoisonError::into_inner).next(share)
}

impl Listing<'_> {
    fn next<K>(&mut self, share: &mut Share<K>) -> bool {
        let Self { algorithm, path, names: listed, digests, stray, error } = self;
        let Share { first, names, .. } = share;
        *first = digests.len();
        let most = (*first / SHARES / rayon::current_num_threads()).clamp(1, SHARE);
        names.clear();
        while names.len() < most && error.is_none() {
            let next = listed.next(|name, kind| match Digest::of_name(algorithm, name) {
                Some(digest) => names.push((digest, kind)),
                None => stray.push(Stray { path: format!("{path}/{}", name.display()), kind }),
            });
            match next {
                Ok(true) => {}
                Ok(false) => break,
                Err(why) => *error = Some(why),
            }
        }
        digests.extend(names.iter().map(|(digest, _)| digest.clone()));
        !names.is_empty()
    }
}

impl<K> Share<K> {
    fn read(&mut self, folder: &Folder<'_>, limits: &Limits, visitor: &impl Visitor<Kept = K>) {
        for (digest, kind) in &self.names {
            let (blob, kept) = read(digest, *kind, folder, limits, &mut self.room, visitor);
            self.blobs.push(blob);
            self.visited.extend(kept.map(|kept| (digest.clone(), kept)));
        }
    }
}

impl<K> Default for Share<K> {
    fn default() -> Self {
        let (names, blobs, visited) = (Vec::new(), Vec::new(), Vec::new());
        Self { first: 0, names, blobs, visited, room: Room::default() }
    }
}

impl<K> Done<K> {
    /// Takes the blobs of a share to their places. Another share may come before it, and have earlier places.
    fn take(&mut self, share: &mut Share<K>) {
        let places = share.first..share.first + share.blobs.len();
        if self.blobs.len() < places.end {
            self.blobs.resize_with(places.end, Blob::unread);
        }
        for (place, blob) in self.blobs[places].iter_mut().zip(share.blobs.drain(..)) {
            *place = blob;
        }
        self.visited.append(&mut share.visited);
    }
}

/// Reads what one name holds.
fn read<V: Visitor>(
    digest: &Digest,
    kind: FileKind,
    folder: &Folder<'_>,
    limits: &Limits,
    room: &mut Room,
    visitor: &V,
) -> (Blob, Option<V::Kept>) {
    room.clear();
    let file = match digest.with_encoded(|name| folder.open(name, kind, &mut room.bytes)) {
        Ok(file) => file,
        Err(error) => return (Blob::cannot_be_read(kind, 0, error), None),
    };
    let read = room.bytes.len() as u64;
    // what does not fill the room has most likely ended; if it hashes to its name, it has, and nobody need be asked
    let ended = room.bytes.len() < room.bytes.capacity();
    let whole =
        ended.then(|| examine(digest, kind, &mut Input::new(io::empty(), read), limits, room, visitor));
    match whole {
        Some(whole) if whole.0.verified == Verified::Yes => whole,
        whole => match OpenFile::check(file, read) {
            Ok(mut input) => whole
                .filter(|_| input.size == read)
                .unwrap_or_else(|| examine(digest, kind, &mut input, limits, room, visitor)),
            Err(error) => (Blob::cannot_be_read(kind, 0, error), None),
        },
    }
}
