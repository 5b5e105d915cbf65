//! What a user calls a layout: a directory, a tar, or standard input.
//!
//! Owns: telling these apart, and saying why one is none. Leaves to others: reading them.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;

use referee::layout::{Layout, OpenError};

use crate::exit::Failed;

/// A layout to be read.
pub(crate) enum Input {
    Directory(Layout),
    Archive(File),
}

/// Opens `path`; `-` is standard input. How much of a layout a directory has to have is for the caller to say.
///
/// # Errors
/// There is nothing, or a directory that is no layout.
pub(crate) fn open(
    path: &Path,
    directory: impl FnOnce(&Path) -> Result<Layout, OpenError>,
) -> Result<Input, Failed> {
    if path == Path::new("-") {
        // as a file, which it may be: then what links in it lead to can be read
        let stdin = io::stdin().as_fd().try_clone_to_owned();
        return match stdin {
            Ok(stdin) => Ok(Input::Archive(stdin.into())),
            Err(error) => Err(Failed::usage(format!("standard input cannot be read: {error}"))),
        };
    }
    match path.metadata() {
        Ok(metadata) if !metadata.is_dir() => {
            let file = File::open(path)
                .map_err(|error| Failed::usage(format!("{} cannot be read: {error}", path.display())))?;
            Ok(Input::Archive(file))
        }
        _ => Ok(Input::Directory(directory(path).map_err(|error| Failed::usage(error.to_string()))?)),
    }
}

/// How messages call it.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}
