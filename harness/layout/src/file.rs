//! Files: what they are, why one cannot be read, and reading those below one directory.
//!
//! Owns: the kinds of files, and [`ReadError`], which is a fact like any other. Leaves to others: what the bytes mean.

pub(crate) mod dir;
pub(crate) mod input;

use std::fmt;
use std::io;

use rustix::fs::FileType;
use rustix::io::Errno;

/// What a name in a directory or a member of an archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, before it is followed.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character or block device.
    Device,
    /// Nothing known.
    Other,
}

/// Why a name could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is nothing of that name.
    #[error("is missing")]
    Missing,
    /// It is no regular file, and was not opened.
    #[error("is a {0}, not a file")]
    Kind(FileKind),
    /// A symlink leads out of the layout or nowhere, or links form a loop.
    #[error("is a symlink that {0}")]
    Link(&'static str),
    /// It is larger than the reader accepts.
    #[error("has {size} bytes, more than the limit of {limit}")]
    Large {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// It ended before the size that was announced: it was cut off, or changed while it was read.
    #[error("ends after {read} of {size} bytes: it was cut off, or changed while it was read")]
    Short {
        /// How many bytes were there.
        read: u64,
        /// How many were announced.
        size: u64,
    },
    /// A link or sparse file in an archive, whose bytes are elsewhere.
    #[error("is a {0} in the archive, which is not followed; unpack the archive to have it read")]
    Archived(&'static str),
    /// Permission was denied.
    #[error("may not be read (permission denied)")]
    Denied,
    /// The operating system said something else.
    #[error("cannot be read ({0})")]
    Io(String),
}

impl ReadError {
    pub(crate) fn from_errno(error: Errno) -> Self {
        Self::from_io(error.into())
    }

    // takes the error by value to fit `map_err`
    #[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
    pub(crate) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::NotADirectory => Self::Missing,
            io::ErrorKind::PermissionDenied if error.raw_os_error().is_none() => {
                Self::Link("leads out of the layout")
            }
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => Self::Link("is part of a loop"),
            _ if error.raw_os_error() == Some(Errno::XDEV.raw_os_error()) => {
                Self::Link("leads out of the layout")
            }
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<FileType> for FileKind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Symlink,
            FileType::Fifo => Self::Fifo,
            FileType::Socket => Self::Socket,
            FileType::CharacterDevice | FileType::BlockDevice => Self::Device,
            FileType::Unknown => Self::Other,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Symlink => "symlink",
            Self::Fifo => "FIFO",
            Self::Socket => "socket",
            Self::Device => "device",
            Self::Other => "special file",
        })
    }
}
