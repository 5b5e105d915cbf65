//! Layouts as tar files, for tools that take or leave one.
//!
//! Owns: packing, in the order and with the names that most tools write (sorted, folders too, no leading `./`, no
//! compression), and unpacking what a tool wrote. Leaves to others: which step does so.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

use referee_process::HarnessError;
use tar::{Archive, Builder, EntryType, Header};

/// Packs a folder.
///
/// # Errors
/// It cannot be read, or the file cannot be written.
pub(super) fn pack(folder: &Path, file: &Path) -> Result<(), HarnessError> {
    let packed = File::create(file).and_then(|file| {
        let mut builder = Builder::new(file);
        add(&mut builder, folder, Path::new(""))?;
        builder.finish()
    });
    packed.map_err(|error| HarnessError::new("pack a layout", error))
}

fn add(builder: &mut Builder<File>, root: &Path, below: &Path) -> io::Result<()> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root.join(below))? {
        names.push(entry?.file_name());
    }
    names.sort();
    for name in names {
        let path = below.join(name);
        let metadata = root.join(&path).symlink_metadata()?;
        let mut header = Header::new_gnu();
        header.set_mtime(0);
        if metadata.is_dir() {
            header.set_entry_type(EntryType::Directory);
            header.set_mode(0o755);
            header.set_size(0);
            builder.append_data(&mut header, &path, io::empty())?;
            add(builder, root, &path)?;
        } else if metadata.is_file() {
            header.set_mode(0o644);
            header.set_size(metadata.len());
            builder.append_data(&mut header, &path, File::open(root.join(&path))?)?;
        }
    }
    Ok(())
}

/// Unpacks what a tool wrote, into a folder that is not there yet. A fault of the archive is a sentence.
///
/// # Errors
/// The folder cannot be written.
pub(super) fn unpack(file: &Path, folder: &Path) -> Result<Result<(), String>, HarnessError> {
    let trouble = |error| HarnessError::new("unpack a layout", error);
    std::fs::create_dir_all(folder).map_err(trouble)?;
    let mut archive = Archive::new(File::open(file).map_err(trouble)?);
    let broken = |error: io::Error| format!("its archive cannot be read: {error}");
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return Ok(Err(broken(error))),
    };
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Ok(Err(broken(error))),
        };
        let path = match entry.path() {
            Ok(path) => path.into_owned(),
            Err(error) => return Ok(Err(broken(error))),
        };
        if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Ok(Err(format!("a member of its archive leads out of it: {}", path.display())));
        }
        let target = folder.join(&path);
        match entry.header().entry_type() {
            EntryType::Directory => std::fs::create_dir_all(&target).map_err(trouble)?,
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                if let Some(parent) = target.parent() {
                    std::fs::create_dir_all(parent).map_err(trouble)?;
                }
                let mut into = File::create(&target).map_err(trouble)?;
                if let Err(error) = io::copy(&mut entry, &mut into) {
                    return Ok(Err(broken(error)));
                }
            }
            other => {
                let path = path.display();
                return Ok(Err(format!(
                    "a member of its archive is neither file nor folder: {path} ({other:?})"
                )));
            }
        }
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_and_no_link_is_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        std::fs::create_dir_all(at("one/blobs/sha256")).unwrap();
        std::fs::write(at("one/blobs/sha256/ab"), "text").unwrap();
        std::fs::write(at("one/index.json"), "{}").unwrap();
        pack(&at("one"), &at("a.tar")).unwrap();
        assert_eq!(unpack(&at("a.tar"), &at("two")).unwrap(), Ok(()));
        assert_eq!(std::fs::read_to_string(at("two/blobs/sha256/ab")).unwrap(), "text");
        let names = |path: &Path| {
            let mut archive = Archive::new(File::open(path).unwrap());
            let names =
                archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(&at("a.tar")), ["blobs", "blobs/sha256", "blobs/sha256/ab", "index.json"]);

        let mut builder = Builder::new(File::create(at("link.tar")).unwrap());
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "blobs", "/etc").unwrap();
        builder.finish().unwrap();
        let why = unpack(&at("link.tar"), &at("three")).unwrap().unwrap_err();
        assert!(why.contains("neither file nor folder: blobs"), "{why}");
        std::fs::write(at("no.tar"), [7; 1024]).unwrap();
        assert!(unpack(&at("no.tar"), &at("four")).unwrap().unwrap_err().contains("cannot be read"));
    }
}
