//! A directory that cannot be left, read in bounded pieces.
//!
//! Owns: opening names below one root, what kind of thing a name is, limits on reading. Symlinks are followed
//! only while they stay below the root; FIFOs, sockets and devices are never opened. Leaves to others: what the bytes mean.
//!
//! Names are checked before opening, and opened without blocking and without following a last link, so that a name
//! that is swapped in between can neither block nor lead out.

use std::ffi::{CStr, OsStr, OsString};
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, MetadataExt as _, OpenOptions, OpenOptionsExt};
use rustix::buffer::spare_capacity;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};
use rustix::io::Errno;

use crate::file::input::Input;
use crate::file::link::{Link, LinkEnd};
use crate::file::{FileKind, ReadError};

/// How many bytes of names are listed at a time, as by the C library: some 370 names of 64 characters.
const NAMES: usize = 11 << 10;

/// A root directory and everything below it.
#[derive(Debug)]
pub struct LayoutDir {
    root: Dir,
    path: PathBuf,
}

/// One name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The name, which need not be UTF-8.
    pub name: OsString,
    /// What it is, links not followed.
    pub kind: FileKind,
}

/// One directory of the layout, held open.
#[derive(Debug)]
pub(crate) struct Folder<'a> {
    root: &'a LayoutDir,
    path: PathBuf,
    dir: Dir,
}

/// A regular file, open for reading, with the size it had when it was opened.
pub(crate) type OpenFile = Input<File>;

impl LayoutDir {
    /// Opens `path` as a root.
    ///
    /// # Errors
    /// Those of the operating system: there is no such path, it is no directory, it may not be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(path, cap_std::ambient_authority())?;
        Ok(Self { root, path: path.to_owned() })
    }

    /// The path that was opened, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What `name`, a path below the root, is; links in its last part are not followed.
    ///
    /// # Errors
    /// [`ReadError::Missing`] and its siblings.
    pub fn kind(&self, name: impl AsRef<Path>) -> Result<FileKind, ReadError> {
        let metadata = self.root.symlink_metadata(name).map_err(ReadError::from_io)?;
        Ok(kind_of(metadata.mode()))
    }

    /// The content of the file `name`, a path below the root.
    ///
    /// # Errors
    /// Any [`ReadError`]; a file of more than `limit` bytes is not read at all.
    pub fn read(&self, name: impl AsRef<Path>, limit: u64) -> Result<Vec<u8>, ReadError> {
        let mut bytes = Vec::new();
        OpenFile::check(self.open_file(name.as_ref())?, 0)?.read_all(&mut bytes, limit)?;
        Ok(bytes)
    }

    /// The names in the directory `name`, in byte order.
    ///
    /// # Errors
    /// Any [`ReadError`].
    pub fn list(&self, name: impl AsRef<Path>) -> Result<Vec<Listed>, ReadError> {
        self.folder(name)?.list()
    }

    pub(crate) fn folder(&self, path: impl AsRef<Path>) -> Result<Folder<'_>, ReadError> {
        let path = path.as_ref().to_owned();
        let dir = self.root.open_dir(&path).map_err(|error| self.why(&path, error))?;
        Ok(Folder { root: self, path, dir })
    }

    /// The careful way, for any path: links are followed inside the root only.
    fn open_file(&self, path: &Path) -> Result<File, ReadError> {
        let metadata = self.root.metadata(path).map_err(|error| self.why(path, error))?;
        if !metadata.is_file() {
            return Err(ReadError::Kind(kind_of(metadata.mode())));
        }
        let mut options = OpenOptions::new();
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        options.read(true).custom_flags(flags.bits().cast_signed());
        let file = self.root.open_with(path, &options).map_err(|error| self.why(path, error))?;
        Ok(file.into_std())
    }

    /// Why `path` cannot be opened: the system does not say which part of it is to blame.
    fn why(&self, path: &Path, error: io::Error) -> ReadError {
        let mut parts: Vec<&Path> = path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect();
        parts.reverse();
        for part in parts {
            let followed = self.root.metadata(part);
            let Err(why) = followed else { continue };
            let Ok(to) = self.root.read_link_contents(part) else { break };
            let end = match Errno::from_io_error(&why) {
                // what leads out is told by an error that is not the system's own
                None | Some(Errno::XDEV) => LinkEnd::Outside,
                Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => LinkEnd::Nothing,
                Some(_) => break,
            };
            return ReadError::Link(Link::new(&to.to_string_lossy(), false, end));
        }
        match self.root.metadata(path) {
            Ok(metadata) if Errno::from_io_error(&error) == Some(Errno::NOTDIR) => {
                ReadError::NotADirectory(kind_of(metadata.mode()))
            }
            _ => ReadError::from_io(error),
        }
    }
}

fn kind_of(mode: u32) -> FileKind {
    FileType::from_raw_mode(mode).into()
}

impl Folder<'_> {
    /// Another handle of the same folder, for another thread: opening a file counts the users of the handle, and threads that
    /// count on the same one wait for each other.
    pub(crate) fn reopen(&self) -> Result<Self, ReadError> {
        let dir = self.dir.open_dir(".").map_err(ReadError::from_io)?;
        Ok(Self { root: self.root, path: self.path.clone(), dir })
    }

    /// The names, in byte order.
    pub(crate) fn list(&self) -> Result<Vec<Listed>, ReadError> {
        let mut listed = Vec::new();
        let mut buffer = Names::buffer();
        let mut names = self.names(&mut buffer)?;
        while names.next(|name, kind| listed.push(Listed { name: name.to_owned(), kind }))?.is_some() {}
        listed.sort_unstable();
        Ok(listed)
    }

    /// The names, in the order of the file system. `buffer` holds some of them at a time.
    pub(crate) fn names<'r>(&'r self, buffer: &'r mut [MaybeUninit<u8>]) -> Result<Names<'r>, ReadError> {
        // the handle is a path only (O_PATH), which cannot be listed itself
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let dir = rustix::fs::openat(&self.dir, ".", flags, Mode::empty()).map_err(ReadError::from_errno)?;
        Ok(Names { folder: self, entries: RawDir::new(dir, buffer) })
    }

    fn stat(&self, name: &OsStr) -> FileKind {
        rustix::fs::statat(&self.dir, name, AtFlags::SYMLINK_NOFOLLOW)
            .map_or(FileKind::Other, |stat| FileType::from_raw_mode(stat.st_mode).into())
    }

    /// Opens the file `name`, one component, that [`Folder::names`] called a `kind`, and appends its first bytes to
    /// `bytes`, as many as fit its capacity. It is not known yet whether it still is a file: see [`OpenFile::check`].
    pub(crate) fn open(&self, name: &CStr, kind: FileKind, bytes: &mut Vec<u8>) -> Result<File, ReadError> {
        match kind {
            FileKind::File => {}
            FileKind::Symlink => return self.follow(name, bytes),
            kind => return Err(ReadError::Kind(kind)),
        }
        // one component, links not followed: this cannot lead out, and is one system call instead of five
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.dir, name, flags, Mode::empty()) {
            Ok(file) => read_start(file.into(), bytes),
            // it has become a link since it was listed
            Err(Errno::LOOP) => self.follow(name, bytes),
            Err(error) => Err(ReadError::from_errno(error)),
        }
    }

    fn follow(&self, name: &CStr, bytes: &mut Vec<u8>) -> Result<File, ReadError> {
        let path = self.path.join(OsStr::from_bytes(name.to_bytes()));
        read_start(self.root.open_file(&path)?, bytes)
    }
}

/// The names in a directory, while they are read.
pub(crate) struct Names<'r> {
    folder: &'r Folder<'r>,
    entries: RawDir<'r, OwnedFd>,
}

impl Names<'_> {
    /// A buffer for some names.
    pub(crate) fn buffer() -> Vec<MaybeUninit<u8>> {
        vec![MaybeUninit::uninit(); NAMES]
    }

    /// What `read` makes of the next name and of what it is, links not followed; `None` after the last one.
    pub(crate) fn next<T>(
        &mut self,
        read: impl FnOnce(&OsStr, FileKind) -> T,
    ) -> Result<Option<T>, ReadError> {
        while let Some(entry) = self.entries.next() {
            let entry = entry.map_err(ReadError::from_errno)?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => self.folder.stat(name),
                kind => FileKind::from(kind),
            };
            return Ok(Some(read(name, kind)));
        }
        Ok(None)
    }
}

/// Appends the first bytes of a file, as many as fit the capacity. The file stays at its beginning: `pread` has no position
/// that threads share, and so takes no lock.
fn read_start(file: File, bytes: &mut Vec<u8>) -> Result<File, ReadError> {
    match rustix::io::retry_on_intr(|| rustix::io::pread(&file, spare_capacity(bytes), 0)) {
        // what has no positions is no regular file, which `OpenFile::check` finds out
        Ok(_) | Err(Errno::SPIPE) => Ok(file),
        Err(error) => Err(ReadError::from_errno(error)),
    }
}

impl Input<File> {
    /// Makes sure that it is a regular file, and of which size. So many of its bytes were read.
    pub(crate) fn check(mut file: File, read: u64) -> Result<Self, ReadError> {
        let metadata = file.metadata().map_err(ReadError::from_io)?;
        if metadata.is_file() {
            file.seek(SeekFrom::Start(read)).map_err(ReadError::from_io)?;
            return Ok(Self::new(file, metadata.len()));
        }
        Err(ReadError::Kind(kind_of(metadata.mode())))
    }
}
