//! The members of an archive by their names, as unpacking it would leave them.
//!
//! Owns: where links lead: a hard link names an earlier member, a symbolic one whatever has that name at the end. Leaves
//! to others: the bytes of members, which are only in the stream.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::inner_path;
use crate::file::link::{Link, LinkEnd};
use crate::file::{FileKind, ReadError};

/// How many links are followed on the way to one member, as by Linux.
const LINKS: usize = 40;

/// The longest target of a symbolic link, as on Linux.
const TARGET: usize = 4095;

/// How many names are looked at while links are followed, all together: a few links could lead to many names each.
const STEPS: usize = 4_000_000;

/// All members by their paths from the root, without `./`.
pub(super) struct Tree {
    /// With a zero byte in place of each `/`, so that all that is in a directory comes right after it.
    members: BTreeMap<String, Member>,
    /// Whether members that were read already can be read again.
    again: bool,
    steps: Cell<usize>,
}

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Member {
    Directory,
    /// A file, or a hard link to one.
    File {
        /// The position among all members of the one with the bytes.
        position: usize,
        /// What the link names.
        link: Option<String>,
    },
    /// A symbolic link with its target.
    Symlink(String),
    /// A hard link that leads nowhere.
    Dead(Link),
    /// A file with holes.
    Sparse,
    /// A device or FIFO.
    Special(FileKind),
}

/// What a path is once all links are followed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Real {
    /// The path of a directory; empty for the root.
    Directory(String),
    /// A file whose bytes are in the member at that position.
    File(usize),
}

impl Member {
    pub(super) fn is_link(&self) -> bool {
        matches!(self, Self::Symlink(_) | Self::Dead(_) | Self::File { link: Some(_), .. })
    }

    pub(super) fn kind(&self) -> FileKind {
        match self {
            Self::Directory => FileKind::Directory,
            Self::Symlink(_) => FileKind::Symlink,
            Self::Special(kind) => *kind,
            Self::File { .. } | Self::Sparse | Self::Dead(_) => FileKind::File,
        }
    }
}

impl Tree {
    /// Without members; `again` says whether those that were read already can be read again.
    pub(super) fn new(again: bool) -> Self {
        Self { members: BTreeMap::new(), again, steps: Cell::new(STEPS) }
    }

    /// Adds a member in place of an earlier one of that name; whether there was one.
    pub(super) fn insert(&mut self, path: &str, member: Member) -> bool {
        self.members.insert(key(path), member).is_some()
    }

    /// Adds a directory that members lie in; `false` if there is something of that name.
    pub(super) fn insert_folder(&mut self, path: &str) -> bool {
        self.get(path).is_none() && !self.insert(path, Member::Directory)
    }

    /// What a hard link to `target` is now.
    pub(super) fn hard_link(&self, target: &str) -> Member {
        let dead = |end| Member::Dead(Link::new(target, true, end));
        let Some(path) = inner_path(target) else { return dead(LinkEnd::Outside) };
        match self.get(&path) {
            None | Some(Member::Directory) => dead(LinkEnd::Nothing),
            Some(Member::File { position, .. }) => {
                Member::File { position: *position, link: Some(target.to_owned()) }
            }
            Some(other) => other.clone(),
        }
    }

    /// The member of exactly that name.
    pub(super) fn get(&self, path: &str) -> Option<&Member> {
        self.members.get(&key(path))
    }

    /// What `path` is once all links are followed.
    pub(super) fn resolve(&self, path: &str) -> Result<Real, ReadError> {
        let mut rest: Vec<&str> = path.rsplit('/').collect();
        let mut real = String::new();
        let mut first: Option<&str> = None;
        let mut links = 0;
        let end = loop {
            let Some(part) = rest.pop() else {
                match first.filter(|_| !self.again) {
                    Some(_) => break LinkEnd::Passed,
                    None => return Ok(Real::Directory(real)),
                }
            };
            self.step()?;
            match part {
                "" | "." => continue,
                ".." if real.is_empty() => break LinkEnd::Outside,
                ".." => {
                    real.truncate(real.rfind('/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let next = below(&real, part);
            match self.get(&next) {
                Some(Member::Symlink(target)) => {
                    first = first.or(Some(target));
                    links += 1;
                    if target.starts_with('/') {
                        break LinkEnd::Outside;
                    }
                    if links > LINKS || target.len() > TARGET {
                        break LinkEnd::Nothing;
                    }
                    rest.extend(target.rsplit('/'));
                }
                Some(Member::Directory) => real = next,
                None if self.child_after(&next, "").is_some() => real = next,
                None => break LinkEnd::Nothing,
                Some(_) if !rest.is_empty() => break LinkEnd::Nothing,
                Some(Member::Dead(link)) => return Err(ReadError::Link(link.clone())),
                Some(Member::Sparse) => return Err(ReadError::Sparse),
                Some(Member::Special(kind)) => return Err(ReadError::Kind(*kind)),
                Some(Member::File { link: Some(target), .. }) if first.is_none() && !self.again => {
                    return Err(ReadError::Link(Link::new(target, true, LinkEnd::Passed)));
                }
                Some(Member::File { .. }) if first.is_some() && !self.again => break LinkEnd::Passed,
                Some(Member::File { position, .. }) => return Ok(Real::File(*position)),
            }
        };
        Err(first.map_or(ReadError::Missing, |target| ReadError::Link(Link::new(target, false, end))))
    }

    /// The names in a directory, which is no link.
    pub(super) fn children(&self, folder: &str) -> Result<Vec<&str>, ReadError> {
        let mut children = Vec::new();
        let mut last = "";
        while let Some(child) = self.child_after(folder, last) {
            self.step()?;
            children.push(child);
            last = child;
        }
        Ok(children)
    }

    /// The first name in a directory after `last`.
    fn child_after(&self, folder: &str, last: &str) -> Option<&str> {
        let before = if folder.is_empty() { String::new() } else { key(folder) + "\0" };
        // what is in the last one is passed over
        let from = if last.is_empty() { before.clone() } else { format!("{before}{last}\u{1}") };
        let (path, _) = self.members.range(from..).next()?;
        path.strip_prefix(before.as_str())?.split('\0').next()
    }

    fn step(&self) -> Result<(), ReadError> {
        let left = self.steps.get().checked_sub(1);
        self.steps.set(left.unwrap_or(0));
        let many = || ReadError::Io("links lead to more names than referee looks at".to_owned());
        left.map(drop).ok_or_else(many)
    }
}

/// The path of a name in a directory; an empty one is the root.
pub(super) fn below(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn key(path: &str) -> String {
    path.replace('/', "\0")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(members: &[(&str, Member)]) -> Tree {
        let mut tree = Tree::new(true);
        for (path, member) in members {
            tree.insert(path, member.clone());
        }
        tree
    }

    #[test]
    fn names_in_a_directory_are_listed_once() {
        let file = || Member::File { position: 0, link: None };
        let paths = ["d/a", "d/a-b/x", "d/a/x", "d/a/y", "d/b/c/d", "d/b0", "da", "e"];
        let tree = tree(&paths.map(|path| (path, file())));
        assert_eq!(tree.children("d"), Ok(vec!["a", "a-b", "b", "b0"]));
        assert_eq!(tree.children(""), Ok(vec!["d", "da", "e"]));
        assert_eq!(tree.children("e"), Ok(vec![]));
        assert_eq!(tree.resolve("d/b/c"), Ok(Real::Directory("d/b/c".to_owned())));
    }

    /// A few links may lead to many names each.
    #[test]
    fn following_links_ends() {
        let mut tree = tree(&[("d/a", Member::Directory), ("l", Member::Symlink("d".to_owned()))]);
        tree.steps = Cell::new(100);
        let looked = (0..).take_while(|_| tree.resolve("l/a").is_ok() && tree.children("d").is_ok());
        assert!((10..100).contains(&looked.count()));
        assert!(matches!(tree.resolve("l"), Err(ReadError::Io(_))));
    }
}
