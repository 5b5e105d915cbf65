//! Where content is between two steps.
//!
//! Owns: what can be done with content at each kind of place: reading it, copying it, putting files into it. Leaves to
//! others: which step has it where.

use std::path::{Path, PathBuf};

use referee_layout::{Facts, Layout, Limits};
use referee_process::HarnessError;
use referee_process::tree::{self, Snapshot};
use referee_spec::Digest;
use referee_writer::{ContentNode, Files};

/// Where content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A layout in this directory.
    Directory(PathBuf),
}

/// Why there is no layout at a location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoLayout(String);

impl Location {
    /// As a tool is told.
    pub fn path(&self) -> &Path {
        match self {
            Self::Directory(path) => path,
        }
    }

    /// Whether there is anything.
    pub fn exists(&self) -> bool {
        self.path().exists()
    }

    /// Whether there is an index.json, without which nothing is a layout.
    pub fn has_index(&self) -> bool {
        match self {
            Self::Directory(path) => path.join("index.json").exists(),
        }
    }

    /// What the layout holds. Blobs are read: a manifest whose layers are damaged is not what a step had to leave.
    ///
    /// # Errors
    /// What makes it no layout.
    pub fn facts(&self) -> Result<Facts, NoLayout> {
        match self {
            // the path is another one in every run
            Self::Directory(path) => {
                Layout::open(path).map(|layout| layout.facts(&Limits::thorough())).map_err(|error| {
                    NoLayout(error.to_string().replace(&path.display().to_string(), "the folder"))
                })
            }
        }
    }

    /// What is where, to see later whether it is still so.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.path())
    }

    /// The first thing that cannot be read, and why.
    pub fn unreadable(&self) -> Option<String> {
        tree::unreadable(self.path())
    }

    /// Writes a layout where there is none.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, files: &Files) -> Result<(), HarnessError> {
        match self {
            Self::Directory(path) => {
                files.save(path).map_err(|error| HarnessError::new("write a layout", error))
            }
        }
    }

    /// Copies what is here to another location.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn copy_to(&self, target: &Self) -> Result<(), HarnessError> {
        tree::copy(self.path(), target.path())
    }

    /// Moves what is at another location here, in the place of what was here.
    ///
    /// # Errors
    /// It cannot be removed or moved.
    pub fn replace_with(&self, other: &Self) -> Result<(), HarnessError> {
        let fail = |error| HarnessError::new("put the copy in place", error);
        tree::remove(self.path()).map_err(fail)?;
        if other.exists() {
            std::fs::rename(other.path(), self.path()).map_err(fail)?;
        }
        Ok(())
    }

    /// Puts the blobs that a manifest needs into the layout, and not the manifest.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn put_blobs(&self, planned: &ContentNode) -> Result<(), HarnessError> {
        planned.blobs.iter().try_for_each(|blob| self.put_blob(&blob.digest, &blob.bytes))
    }

    /// The bytes of a blob.
    pub fn blob(&self, digest: &Digest) -> Option<Vec<u8>> {
        std::fs::read(self.path().join("blobs").join(digest.algorithm()).join(digest.encoded())).ok()
    }

    /// Puts a blob into the layout.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put_blob(&self, digest: &Digest, bytes: &[u8]) -> Result<(), HarnessError> {
        let folder = self.path().join("blobs").join(digest.algorithm());
        let path = folder.join(digest.encoded());
        let written = std::fs::create_dir_all(&folder).and_then(|()| {
            // a tool may have stored the same bytes, and left a file that cannot be written
            tree::remove(&path)?;
            std::fs::write(&path, bytes)
        });
        written.map_err(|error| HarnessError::new("write a blob", error))
    }

    /// Makes all files look as if they had been there for years.
    ///
    /// # Errors
    /// Their times cannot be set.
    pub fn age(&self) -> Result<(), HarnessError> {
        tree::age(self.path()).map_err(|error| HarnessError::new("set the times of a layout", error))
    }
}
