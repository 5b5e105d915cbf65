//! Where a run's files go: opened before the first cell, so that a wrong path costs nothing.
//!
//! Owns: opening, and saying what cannot be written. Leaves to others: what is written.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::exit::Failed;

/// A file that will be written at the end. What it held before stays until then.
#[derive(Debug)]
pub(crate) struct Sink {
    path: PathBuf,
    file: File,
}

impl Sink {
    /// Opens or makes the file.
    ///
    /// # Errors
    /// It cannot be written; the command line named it, so that is a mistake there.
    pub(crate) fn open(path: &Path) -> Result<Self, Failed> {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| cannot(path, &error))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Replaces what the file holds.
    ///
    /// # Errors
    /// The disk is full, or the file is gone.
    pub(crate) fn write(&mut self, text: &str) -> Result<(), Failed> {
        let written = match self.file.metadata() {
            // a pipe or a device has no length
            Ok(metadata) if metadata.is_file() => self.file.set_len(0),
            _ => Ok(()),
        };
        let written = written.and_then(|()| self.file.write_all(text.as_bytes()));
        Ok(written.with_context(|| format!("cannot write {}", self.path.display()))?)
    }
}

/// Makes a folder for files that will be written at the end.
///
/// # Errors
/// It cannot be made or holds no new file; the command line named it, so that is a mistake there.
pub(crate) fn folder(path: &Path) -> Result<(), Failed> {
    let trial = path.join(".referee");
    std::fs::create_dir_all(path)
        .and_then(|()| File::create(&trial))
        .and_then(|_| std::fs::remove_file(&trial))
        .map_err(|error| cannot(path, &error))
}

fn cannot(path: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!("cannot write {}: {error}", path.display()))
}
