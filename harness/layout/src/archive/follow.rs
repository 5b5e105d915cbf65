//! Links in an archive, followed.
//!
//! Owns: which member each link of a layout leads to, and reading those members in further looks at the stream. Leaves to
//! others: the way of one link ([`super::tree`]).

use std::collections::BTreeMap;
use std::ffi::OsStr;

use super::blob_digest;
use super::members::{Broken, Content, Header};
use super::read::Reader;
use super::tree::{Member, Real, below};
use crate::Blob;
use crate::facts::Visitor;
use crate::facts::gather::is_algorithm;
use crate::file::{FileKind, ReadError};
use referee_spec::Digest;

/// How often a stream is read to follow links. Once is enough, unless several of them lead to one member.
const LOOKS: usize = 8;

/// What is read of a member.
pub(super) enum Place {
    Root(&'static str),
    Blob(Digest, FileKind),
}

/// What is read of which member, by its position.
pub(super) type Wanted = BTreeMap<usize, Vec<Place>>;

impl<V: Visitor> Reader<'_, V> {
    /// What is to be read to follow all links; those that lead nowhere, or out, are noted.
    pub(super) fn wanted(&mut self) -> Wanted {
        let mut wanted = Wanted::new();
        let mut links = std::mem::take(&mut self.links);
        links.sort();
        links.dedup();
        for path in links {
            // a later member may have taken its place
            if !self.tree.get(&path).is_some_and(Member::is_link) {
                continue;
            }
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["oci-layout"] => self.want(&path, Place::Root("oci-layout"), &mut wanted),
                ["index.json"] => self.want(&path, Place::Root("index.json"), &mut wanted),
                ["blobs"] => {
                    self.folder = true;
                    self.want_folders(&mut wanted);
                }
                ["blobs", algorithm] => {
                    self.folder = true;
                    self.want_blobs(algorithm, &path, &mut wanted);
                }
                _ => {
                    if let Some(digest) = blob_digest(&parts) {
                        self.want(&path, Place::Blob(digest, self.kind(&path)), &mut wanted);
                    }
                }
            }
        }
        wanted
    }

    /// What the link `blobs` leads to.
    fn want_folders(&mut self, wanted: &mut Wanted) {
        let Some((real, names)) = self.listed("blobs", "blobs") else { return };
        for name in names {
            let (path, shown) = (below(&real, &name), format!("blobs/{name}"));
            match self.kind(&path) {
                FileKind::Directory | FileKind::Symlink if is_algorithm(&name) => {
                    self.want_blobs(&name, &path, wanted);
                }
                kind => drop(self.found.unexpected.insert(shown, kind)),
            }
        }
    }

    /// What is in the folder of an algorithm at `path`.
    fn want_blobs(&mut self, algorithm: &str, path: &str, wanted: &mut Wanted) {
        let shown = format!("blobs/{algorithm}");
        let Some((real, names)) = self.listed(path, &shown) else { return };
        for name in names {
            let path = below(&real, &name);
            let kind = self.kind(&path);
            match Digest::of_name(algorithm, OsStr::new(&name)) {
                Some(digest) => self.want(&path, Place::Blob(digest, kind), wanted),
                None => drop(self.found.unexpected.insert(format!("{shown}/{name}"), kind)),
            }
        }
    }

    /// The directory that a path leads to, and the names in it; otherwise it is noted what is wrong with `shown`.
    fn listed(&mut self, path: &str, shown: &str) -> Option<(String, Vec<String>)> {
        let listed = self.tree.resolve(path).and_then(|real| match real {
            Real::Directory(real) => {
                let names = self.tree.children(&real)?.into_iter().map(str::to_owned).collect();
                Ok((real, names))
            }
            Real::File(_) => Err(ReadError::Kind(FileKind::File)),
        });
        match listed {
            Ok(listed) => return Some(listed),
            // a link to a file is no more than a file there would be
            Err(ReadError::Kind(kind)) if shown != "blobs" => {
                self.found.unexpected.insert(shown.to_owned(), kind);
            }
            Err(error) => {
                let error = match error {
                    ReadError::Kind(kind) => ReadError::NotADirectory(kind),
                    other => other,
                };
                self.found.unreadable.insert(shown.to_owned(), error);
            }
        }
        None
    }

    fn kind(&self, path: &str) -> FileKind {
        self.tree.get(path).map_or(FileKind::Directory, Member::kind)
    }

    /// Notes that the file at `path` is to be read as `place`, or why it cannot be.
    fn want(&mut self, path: &str, place: Place, wanted: &mut Wanted) {
        match self.tree.resolve(path) {
            Ok(Real::File(position)) => wanted.entry(position).or_default().push(place),
            Ok(Real::Directory(_)) => self.cannot_read(place, ReadError::Kind(FileKind::Directory)),
            Err(error) => self.cannot_read(place, error),
        }
    }

    fn cannot_read(&mut self, place: Place, error: ReadError) {
        match place {
            Place::Root(name) => self.set_root(name, Err(error)),
            Place::Blob(digest, kind) => {
                self.found.blob(digest, Blob::cannot_be_read(kind, 0, error), None);
            }
        }
    }

    /// Reads what is wanted; `look` shows all members once more.
    pub(super) fn follow(
        &mut self,
        mut wanted: Wanted,
        mut look: impl FnMut(&mut dyn FnMut(&Header, &mut Content<'_>) -> Option<String>) -> Result<(), Broken>,
    ) {
        for _ in 0..LOOKS {
            if wanted.is_empty() {
                return;
            }
            let looked = look(&mut |header, content| {
                let places = wanted.get_mut(&header.position)?;
                let place = places.pop()?;
                if places.is_empty() {
                    wanted.remove(&header.position);
                }
                match place {
                    Place::Root(name) => self.root(name, None, content),
                    Place::Blob(digest, kind) => self.blob(digest, kind, None, content),
                }
            });
            if let Err(Broken { why, .. }) = looked {
                let error = ReadError::Io(format!("the archive changed: it {why}"));
                wanted.into_values().flatten().for_each(|place| self.cannot_read(place, error.clone()));
                return;
            }
        }
        let error = ReadError::Io("too many links lead to one member of the archive".to_owned());
        wanted.into_values().flatten().for_each(|place| self.cannot_read(place, error.clone()));
    }
}
