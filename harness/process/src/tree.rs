//! Trees of files that programs under test leave: copying them, looking whether they changed, removing them.
//!
//! Owns: folders without permission, links, sockets and whatever else a tool may make of a layout. Leaves to others:
//! what that means for a cell.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::ops::Deref;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use referee_spec::{Algorithm, Digest};

use crate::HarnessError;

/// Larger files are compared by their size alone.
const HASHED: u64 = 1 << 20;

/// At most this many changes are told one by one.
const TOLD: usize = 20;

/// A scratch folder that is removed in the end, whatever permissions a tool has taken from what is in it.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// A new folder below `root`, whose name begins with `prefix`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(root: &Path, prefix: &str) -> io::Result<Self> {
        tempfile::Builder::new().prefix(prefix).tempdir_in(root).map(Self)
    }
}

impl Deref for Scratch {
    type Target = Path;
    fn deref(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // nothing can be done about a folder that another user owns
        let _ = remove(self.0.path());
    }
}

/// Removes whatever is at `path`; nothing there is what was wanted.
pub fn remove(path: &Path) -> io::Result<()> {
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        there => there?,
    };
    if !there.is_dir() {
        return fs::remove_file(path);
    }
    if fs::remove_dir_all(path).is_ok() {
        return Ok(());
    }
    open_up(path);
    fs::remove_dir_all(path)
}

/// Gives folders back the permissions that removing what is in them takes.
fn open_up(folder: &Path) {
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_up(&entry.path());
        }
    }
}

/// The first folder or file at or below `root` that cannot be read, as a path from there, and why. What is neither
/// is never opened.
pub fn unreadable(root: &Path) -> Option<String> {
    match fs::symlink_metadata(root) {
        Ok(there) if there.is_dir() => {}
        Ok(there) if there.is_symlink() => return Some("itself, which is a link now".to_owned()),
        // nothing, or a file: no layout, which is said elsewhere
        _ => return None,
    }
    let (at, error) = first_unreadable(root)?;
    let at = at.strip_prefix(root).unwrap_or(&at);
    let at = if at.as_os_str().is_empty() { Path::new(".") } else { at };
    Some(format!("{}: {error}", at.display()))
}

fn first_unreadable(folder: &Path) -> Option<(PathBuf, io::Error)> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return Some((folder.to_owned(), error)),
    };
    for entry in entries {
        let (path, kind) = match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
            Ok(entry) => entry,
            Err(error) => return Some((folder.to_owned(), error)),
        };
        if kind.is_dir() {
            if let Some(found) = first_unreadable(&path) {
                return Some(found);
            }
        } else if kind.is_file()
            && let Err(error) = File::open(&path)
        {
            return Some((path, error));
        }
    }
    None
}

/// Sets the times of all files at and below `root` back to the year 2000. What is no file or folder stays.
///
/// # Errors
/// A folder cannot be listed, or a time not be set.
pub fn age(root: &Path) -> io::Result<()> {
    let there = fs::symlink_metadata(root)?;
    if there.is_dir() {
        for entry in fs::read_dir(root)? {
            age(&entry?.path())?;
        }
    }
    if there.is_dir() || there.is_file() {
        File::open(root)?.set_modified(SystemTime::UNIX_EPOCH + YEAR_2000)?;
    }
    Ok(())
}

/// Its beginning, counted from that of Unix time.
const YEAR_2000: Duration = Duration::from_secs(946_684_800);

/// Copies a tree of folders and files; what is neither (a tool may leave anything) is not copied.
pub fn copy(from: &Path, to: &Path) -> Result<(), HarnessError> {
    let fail = |path: &Path| {
        let what = format!("copy {}", path.display());
        move |error| HarnessError::new(what, error)
    };
    if !from.exists() {
        return Ok(());
    }
    fs::create_dir_all(to).map_err(fail(to))?;
    for entry in fs::read_dir(from).map_err(fail(from))? {
        let entry = entry.map_err(fail(from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().map_err(fail(&source))?;
        if kind.is_dir() {
            copy(&source, &target)?;
        } else if kind.is_file() {
            fs::copy(&source, &target).map_err(fail(&source))?;
        }
    }
    Ok(())
}

/// What is where in a tree, to see later whether it is still so.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<PathBuf, Item>);

#[derive(Debug, PartialEq, Eq)]
enum Item {
    Folder,
    File(u64, Option<Digest>),
    Link,
    Other,
    Unreadable,
}

impl Snapshot {
    /// What is at and below `root` now.
    pub fn of(root: &Path) -> Self {
        let mut items = BTreeMap::new();
        if let Ok(there) = fs::symlink_metadata(root) {
            add(&mut items, root, PathBuf::new(), &there);
        }
        Self(items)
    }

    /// What [`copy`] makes of it.
    pub fn copied(mut self) -> Self {
        self.0.retain(|_, item| matches!(item, Item::Folder | Item::File(..)));
        self
    }

    /// What has been done to the tree until `later`: `added PATH`, `changed PATH`, `removed PATH`.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let paths = self.0.keys().chain(later.0.keys());
        let mut paths: Vec<&PathBuf> = paths.filter(|path| self.0.get(*path) != later.0.get(*path)).collect();
        paths.sort();
        paths.dedup();
        let told = paths.iter().take(TOLD).map(|path| {
            let what = match (self.0.get(*path), later.0.get(*path)) {
                (None, _) => "added",
                (_, None) => "removed",
                _ => "changed",
            };
            let shown = if path.as_os_str().is_empty() { Path::new(".") } else { path };
            format!("{what} {}", shown.display())
        });
        let mut told: Vec<String> = told.collect();
        if paths.len() > TOLD {
            told.push(format!("and {} more", paths.len() - TOLD));
        }
        told
    }
}

fn add(items: &mut BTreeMap<PathBuf, Item>, root: &Path, at: PathBuf, there: &Metadata) {
    let path = root.join(&at);
    let item = if there.is_symlink() {
        Item::Link
    } else if there.is_file() {
        let bytes = (there.len() <= HASHED).then(|| fs::read(&path).ok());
        match bytes {
            Some(None) => Item::Unreadable,
            Some(Some(bytes)) => Item::File(there.len(), Some(Algorithm::Sha256.digest(&bytes))),
            None => Item::File(there.len(), None),
        }
    } else if there.is_dir() {
        match fs::read_dir(&path) {
            Err(_) => Item::Unreadable,
            Ok(entries) => {
                for entry in entries.flatten() {
                    // of the entry itself, not of what a link leads to
                    if let Ok(there) = entry.metadata() {
                        add(items, root, at.join(entry.file_name()), &there);
                    }
                }
                Item::Folder
            }
        }
    } else {
        Item::Other
    };
    items.insert(at, item);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> (Scratch, PathBuf) {
        let scratch = Scratch::new(&std::env::temp_dir(), "tree-").unwrap();
        let root = scratch.join("repo");
        fs::create_dir_all(root.join("blobs/sha256")).unwrap();
        fs::write(root.join("index.json"), "{}").unwrap();
        fs::write(root.join("blobs/sha256/a"), "a").unwrap();
        (scratch, root)
    }

    #[test]
    fn changes_are_told() {
        let (scratch, root) = layout();
        let before = Snapshot::of(&root);
        assert_eq!(before.changes(&Snapshot::of(&root)), [""; 0]);
        fs::write(root.join("index.json"), "[]").unwrap();
        fs::write(root.join("blobs/sha256/b"), "b").unwrap();
        fs::remove_file(root.join("blobs/sha256/a")).unwrap();
        let changes = before.changes(&Snapshot::of(&root));
        assert_eq!(changes, ["removed blobs/sha256/a", "added blobs/sha256/b", "changed index.json"]);
        // the whole layout moved away, with a link in its place
        fs::rename(&root, scratch.join("moved")).unwrap();
        std::os::unix::fs::symlink("moved", &root).unwrap();
        assert!(before.changes(&Snapshot::of(&root)).contains(&"changed .".to_owned()));
        assert!(unreadable(&root).is_some_and(|why| why.contains("link")));
        remove(&root).unwrap();
        assert!(scratch.join("moved/index.json").exists());
    }

    #[test]
    fn many_changes_are_counted() {
        let (_scratch, root) = layout();
        let before = Snapshot::of(&root);
        (0..30).for_each(|n| fs::write(root.join(format!("{n}")), "").unwrap());
        let changes = before.changes(&Snapshot::of(&root));
        assert_eq!((changes.len(), changes[TOLD].as_str()), (TOLD + 1, "and 10 more"));
    }

    #[test]
    fn a_copy_is_what_was_copied() {
        let (scratch, root) = layout();
        std::os::unix::fs::symlink("index.json", root.join("link")).unwrap();
        let target = scratch.join("copy");
        copy(&root, &target).unwrap();
        assert_eq!(Snapshot::of(&root).changes(&Snapshot::of(&target)), ["removed link"]);
        assert_eq!(Snapshot::of(&root).copied(), Snapshot::of(&target));
        // nothing to copy is no error
        copy(&root.join("nowhere"), &scratch.join("none")).unwrap();
        assert!(!scratch.join("none").exists());
    }

    /// Root reads everything: then only removal is tested here, and `tests/programs.rs` does the rest as nobody.
    #[test]
    fn what_cannot_be_read_is_named_and_removed() {
        let (scratch, root) = layout();
        assert_eq!(unreadable(&root), None);
        let closed = root.join("closed");
        fs::create_dir_all(closed.join("inner")).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o0)).unwrap();
        if fs::read_dir(&closed).is_err() {
            assert!(unreadable(&root).is_some_and(|why| why.starts_with("closed: ")));
        }
        let path = scratch.to_path_buf();
        drop(scratch);
        assert!(!path.exists());
    }
}
