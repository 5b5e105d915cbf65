//! The members of an archive, one after the other.
//!
//! Owns: how much of a stream may describe members, and saying where one breaks off. Leaves to others: what a member is to
//! a layout.

use std::cell::Cell;
use std::io::{self, Read};

use tar::EntryType;

use super::stream;
use crate::file::input::Input;

/// How many bytes may describe one member: its header, a long name, attributes. All are read into memory at once.
const HEADERS: u64 = 1 << 20;

/// How many members are read: each costs memory, and a small gzip can hold very many.
const MEMBERS: usize = 2_000_000;

/// How many bytes the names of all members may have together, and what links name.
const NAMES: usize = 256 << 20;

/// What a header says of a member.
pub(super) struct Header {
    /// The position among all members.
    pub(super) position: usize,
    pub(super) name: String,
    pub(super) kind: EntryType,
    /// What a link names.
    pub(super) target: Option<String>,
}

/// The bytes of a member.
pub(super) type Content<'e> = Input<&'e mut dyn Read>;

/// Where the members of a stream end, if not where they should.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Why, and after what.
    pub(super) why: String,
    /// Whether nothing came before.
    pub(super) at_once: bool,
}

/// Shows all members to `read`, in order, which says if one was cut off.
pub(super) fn for_each_member(
    from: impl Read,
    mut read: impl FnMut(&Header, &mut Content<'_>) -> Option<String>,
) -> Result<(), Broken> {
    // how much the stream may give before the next member
    let left = Cell::new(0);
    let mut archive = tar::Archive::new(stream::Rationed::new(from, &left));
    let (mut position, mut names, mut unread) = (0, 0, 0);
    let mut last: Option<String> = None;
    let broken = |last: Option<&str>, error: &io::Error| {
        Err(Broken { why: truncation(last, error), at_once: last.is_none() })
    };
    let mut entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return broken(None, &error),
    };
    loop {
        left.set(HEADERS.saturating_add(unread));
        let Some(entry) = entries.next() else { return Ok(()) };
        left.set(u64::MAX);
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => return broken(last.as_deref(), &error),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let header = Header {
            position,
            name: text(&entry.path_bytes()),
            kind: entry.header().entry_type(),
            target: entry.link_name_bytes().map(|target| text(&target)),
        };
        position += 1;
        names += header.name.len() + header.target.as_ref().map_or(0, String::len);
        for (is_too_much, what) in [
            (position > MEMBERS, format!("more than {MEMBERS} members")),
            (names > NAMES, format!("names of more than {NAMES} bytes")),
        ] {
            if is_too_much {
                let why = format!("has {what}, which is more than referee reads");
                return Err(Broken { why, at_once: false });
            }
        }
        let size = entry.size();
        if let Some(short) = read(&header, &mut Input::new(&mut entry, size)) {
            return Err(Broken { why: format!("ends inside {}, {short}", header.name), at_once: false });
        }
        last = Some(header.name);
        if header.kind == EntryType::GNUSparse {
            // its holes may be of any size, so it is not expanded; what is stored of it is skipped with the next header
            unread = entry.header().entry_size().unwrap_or_default();
        } else if let Err(error) = io::copy(&mut entry, &mut io::sink()) {
            return broken(last.as_deref(), &error);
        } else {
            unread = 0;
        }
    }
}

fn truncation(last: Option<&str>, error: &io::Error) -> String {
    let error = error.to_string();
    // after a colon the tar crate's message has bytes of the archive
    let error = error.split(':').next().unwrap_or_default();
    match last {
        Some(last) => format!("breaks off after {last} ({error})"),
        None => format!("breaks off before its first member ({error})"),
    }
}
