//! Files: what they are, why one cannot be read, and reading those below one directory.
//!
//! Owns: the kinds of files, and [`ReadError`], which is a fact like any other. Leaves to others: what the bytes mean.

pub(crate) mod dir;
pub(crate) mod input;
pub(crate) mod link;

use std::fmt;
use std::io;

use referee_source::counted;
use rustix::fs::FileType;
use rustix::io::Errno;

use link::Link;

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
    /// It should be a directory and is none.
    #[error("is a {0}, not a directory")]
    NotADirectory(FileKind),
    /// It is a link that was not followed, or is reached by one.
    #[error("is {0}")]
    Link(Link),
    /// It is larger than the reader accepts.
    #[error("has {size} bytes, more than the limit of {limit}")]
    Large {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// It ended before the size that was announced: it was cut off, or changed while it was read.
    #[error("ends after {read} of {}: it was cut off, or changed while it was read", counted(size, "byte"))]
    Short {
        /// How many bytes were there.
        read: u64,
        /// How many were announced.
        size: u64,
    },
    /// A file with holes in an archive.
    #[error("is a sparse file in the archive, which is not read; unpack the archive to have it read")]
    Sparse,
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

    /// What the system says of a file that is open, or of a name of which it is known that no link is in the way.
    // takes the error by value to fit `map_err`
    #[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
    pub(crate) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::PermissionDenied => Self::Denied,
            _ => Self::Io(error.to_string()),
        }
    }

    /// The link that was not followed, if that is why.
    pub fn link(&self) -> Option<&Link> {
        match self {
            Self::Link(link) => Some(link),
            _ => None,
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
            Self::Symlink => "symbolic link",
            Self::Fifo => "FIFO",
            Self::Socket => "socket",
            Self::Device => "device",
            Self::Other => "special file",
        })
    }
}
