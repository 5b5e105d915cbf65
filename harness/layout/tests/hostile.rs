//! Whatever is on disk is a fact: nothing hangs, nothing panics, nothing outside the layout is read.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{conventions, save, valid};
use proptest::prelude::*;
use referee_convention::Convention;
use referee_layout::{Facts, FileKind, Layout, Limits, ReadError, archive, graph, view};
use referee_spec::{Algorithm, Digest};
use tar::{EntryType, Header};

/// A layout whose index.json is empty.
fn empty() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(folder.path().join("index.json"), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
    fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
    folder
}

fn facts(path: &Path) -> Facts {
    Layout::open(path).unwrap().facts(&Limits::thorough())
}

fn digest(fill: char) -> Digest {
    Digest::parse(&format!("sha256:{}", fill.to_string().repeat(64))).unwrap()
}

fn blob(layout: &Path, fill: char) -> PathBuf {
    layout.join("blobs/sha256").join(fill.to_string().repeat(64))
}

fn unreadable(facts: &Facts, fill: char) -> ReadError {
    facts.blobs().get(&digest(fill)).unwrap().unreadable().unwrap().clone()
}

#[test]
fn special_files_are_never_opened() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let folder = empty();
    let path = folder.path();
    // opening a FIFO for reading would wait for a writer for ever
    mknodat(CWD, blob(path, 'a'), FileType::Fifo, Mode::RUSR, 0).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path.join("blobs/sha256/s")).unwrap();
    fs::rename(path.join("blobs/sha256/s"), blob(path, 'b')).unwrap();
    fs::create_dir(blob(path, 'c')).unwrap();
    let zero = rustix::fs::makedev(1, 5);
    let device = mknodat(CWD, blob(path, 'd'), FileType::CharacterDevice, Mode::RUSR, zero).is_ok();
    symlink("/dev/zero", blob(path, 'e')).unwrap();
    let facts = facts(path);
    assert_eq!(unreadable(&facts, 'a'), ReadError::Kind(FileKind::Fifo));
    assert_eq!(unreadable(&facts, 'b'), ReadError::Kind(FileKind::Socket));
    assert_eq!(unreadable(&facts, 'c'), ReadError::Kind(FileKind::Directory));
    if device {
        assert_eq!(unreadable(&facts, 'd'), ReadError::Kind(FileKind::Device));
    } else {
        eprintln!("SKIPPED: this user may not make a device");
    }
    assert!(matches!(unreadable(&facts, 'e'), ReadError::Link(_)));
}

#[test]
fn links_lead_nowhere_outside() {
    let folder = empty();
    let path = folder.path();
    let secret = tempfile::NamedTempFile::new().unwrap();
    fs::write(secret.path(), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
    symlink(secret.path(), blob(path, 'a')).unwrap();
    symlink("../../../../../../../../etc/passwd", blob(path, 'b')).unwrap();
    symlink(blob(path, 'c').file_name().unwrap(), blob(path, 'c')).unwrap();
    symlink("nothing", blob(path, 'd')).unwrap();
    fs::write(path.join("inside"), r#"{"schemaVersion":2,"manifests":[]}"#).unwrap();
    symlink("../../inside", blob(path, 'e')).unwrap();
    symlink("/etc", path.join("blobs/sha512")).unwrap();
    let facts = facts(path);
    for fill in ['a', 'b', 'c'] {
        assert!(matches!(unreadable(&facts, fill), ReadError::Link(_)), "{fill}");
    }
    assert!(matches!(unreadable(&facts, 'd'), ReadError::Link(_)));
    assert!(facts.blobs().get(&digest('e')).unwrap().node().is_some());
    assert_eq!(facts.nodes().count(), 1);
    assert!(facts.unreadable().contains_key("blobs/sha512"), "{:?}", facts.unreadable());
}

#[test]
fn huge_files_are_not_read() {
    let folder = empty();
    let big = File::create(folder.path().join("index.json")).unwrap();
    big.set_len(1 << 40).unwrap();
    let facts = Layout::open(folder.path()).unwrap().facts(&Limits::default());
    assert!(matches!(facts.index(), Err(ReadError::Large { size, .. }) if *size == 1 << 40));
    let folder = empty();
    let big = File::create(blob(folder.path(), 'a')).unwrap();
    big.set_len(1 << 40).unwrap();
    let facts = Layout::open(folder.path()).unwrap().facts(&Limits::default());
    assert_eq!(facts.blobs().get(&digest('a')).unwrap().size, 1 << 40);
}

#[test]
fn odd_names_are_strays() {
    let folder = empty();
    let path = folder.path();
    fs::write(path.join("blobs/sha256").join(OsStr::from_bytes(b"\xff\xfe")), "x").unwrap();
    fs::write(path.join("blobs/sha256/short"), "x").unwrap();
    fs::write(path.join("blobs/file"), "x").unwrap();
    fs::create_dir(path.join("ingest")).unwrap();
    let facts = facts(path);
    assert_eq!(facts.blobs().len(), 0);
    assert_eq!(facts.unexpected().len(), 4, "{:?}", facts.unexpected());
}

#[test]
fn files_may_be_folders_and_the_other_way_round() {
    let folder = empty();
    let path = folder.path();
    fs::remove_file(path.join("index.json")).unwrap();
    fs::create_dir(path.join("index.json")).unwrap();
    fs::remove_dir_all(path.join("blobs")).unwrap();
    fs::write(path.join("blobs"), "x").unwrap();
    let facts = facts(path);
    assert_eq!(facts.index().unwrap_err(), &ReadError::Kind(FileKind::Directory));
    assert_eq!(facts.unreadable()["blobs"], ReadError::NotADirectory(FileKind::File));
}

/// A stream that counts what is taken of it.
struct Counted<R>(R, u64);

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1 += read as u64;
        Ok(read)
    }
}

/// A header of a tar, whose content is yet to come.
fn header(path: &str, kind: EntryType, size: u64) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_path(path).unwrap();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

#[test]
fn names_and_attributes_of_an_archive_do_not_fill_the_memory() {
    let inspect =
        |from: &mut dyn Read| archive::facts(Path::new("x.tar"), archive::Once(from), &Limits::thorough());
    let first = [header("oci-layout", EntryType::Regular, 2), b"{}".to_vec(), vec![0; 510]].concat();
    for kind in [EntryType::GNULongName, EntryType::GNULongLink, EntryType::XHeader] {
        let long = header("long", kind, 1 << 40);
        let mut from = Counted(first.chain(long.as_slice()).chain(io::repeat(b'a')), 0);
        let facts = inspect(&mut from).unwrap();
        let wanted = "breaks off after oci-layout (what describes a member is too large)";
        assert_eq!(facts.truncation(), Some(wanted), "{kind:?}");
        assert!(from.1 < 4 << 20, "{kind:?}: {} bytes were read", from.1);
    }
    // members without a place in a layout may be of any size, and so may what is before a sparse file's end
    let stray = header("stray", EntryType::Regular, 8 << 20);
    let mut sparse = Header::new_gnu();
    sparse.set_path("sparse").unwrap();
    sparse.set_entry_type(EntryType::GNUSparse);
    sparse.set_size(8 << 20);
    let gnu = sparse.as_gnu_mut().unwrap();
    gnu.set_real_size(1 << 50);
    gnu.sparse[0].set_offset((1 << 50) - (8 << 20));
    gnu.sparse[0].set_length(8 << 20);
    sparse.set_cksum();
    let content = || io::repeat(b'a').take(8 << 20);
    let end = io::repeat(0).take(1024);
    let from = first.chain(stray.as_slice()).chain(content()).chain(sparse.as_bytes().as_slice());
    let facts = inspect(&mut from.chain(content()).chain(first.as_slice()).chain(end)).unwrap();
    assert_eq!(facts.truncation(), None);
    assert_eq!(facts.anomalies().len(), 2, "{:?}", facts.anomalies());
}

#[test]
fn of_members_of_one_name_the_last_stays_also_where_an_archive_breaks_off() {
    let member = |path: &str, content: &[u8]| {
        let rest = vec![0; content.len().next_multiple_of(512) - content.len()];
        [header(path, EntryType::Regular, content.len() as u64), content.to_vec(), rest].concat()
    };
    let path = format!("blobs/{}", digest('a').to_string().replace(':', "/"));
    let whole = [
        member("oci-layout", b"{}"),
        member(&path, b"{\"schemaVersion\":2,\"manifests\":[]}"),
        member(&path, b"the last"),
        vec![0; 1024],
    ];
    for cut in [0, 1024 + 510] {
        let mut bytes = whole.concat();
        bytes.truncate(bytes.len() - cut);
        let facts = archive::facts(Path::new("x.tar"), Cursor::new(bytes), &Limits::thorough()).unwrap();
        assert_eq!(facts.truncation().is_some(), cut > 0);
        assert_eq!(facts.blobs().len(), 1, "{:?}", facts.truncation());
        assert_eq!(facts.nodes().count(), 0);
    }
}

/// Looks at everything that there is to look at.
fn exercise(path: &Path, conventions: &[Convention]) {
    let Ok(layout) = Layout::open(path) else { return };
    for limits in [Limits::default(), Limits::thorough()] {
        let facts = layout.facts(&limits);
        let roots: Vec<Digest> = graph::roots(&facts).map(|edge| edge.to.clone()).collect();
        graph::reachable(&facts, &roots, |_| true);
        let subjects: Vec<Digest> = facts.subjects().into_iter().cloned().chain(roots.clone()).collect();
        let census = view::Census::new(&facts, conventions);
        for subject in &subjects {
            let view = view::read(&facts, subject, conventions);
            census.related(&view);
            let known = |code: &str| view::words::CODES.iter().any(|(known, _)| *known == code);
            assert!(view.diagnostics.iter().all(|note| known(note.code)), "{:?}", view.diagnostics);
            view::tree::below(&census, subject);
        }
        view::tree::forest(&census);
        let _ = facts.find("v1");
    }
}

#[derive(Debug, Clone)]
enum Mutation {
    Set(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Replace(Vec<u8>),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let words = [
        "[",
        "{",
        "\"\\ud800\"",
        "\u{feff}",
        "1e999999",
        "99999999999999999999999",
        "null",
        "\0",
        "-1",
        "true",
        "\"subject\":{},",
        "\"manifests\":[[]],",
        "\"digest\":\"sha256:\",",
    ];
    let words: Vec<Vec<u8>> = words.map(|word| word.as_bytes().to_vec()).to_vec();
    let word = prop_oneof![4 => prop::sample::select(words), 1 => Just(vec![b'['; 100_000])];
    prop_oneof![
        3 => (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        1 => any::<prop::sample::Index>().prop_map(Mutation::Cut),
        4 => (any::<prop::sample::Index>(), word).prop_map(|(at, word)| Mutation::Insert(at, word)),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(Mutation::Replace),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: Mutation) {
    match mutation {
        Mutation::Set(at, byte) if !bytes.is_empty() => {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        Mutation::Set(..) => {}
        Mutation::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Mutation::Insert(at, word) => {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, word);
        }
        Mutation::Replace(word) => *bytes = word,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_whatever_the_bytes(
        mutations in prop::collection::vec((any::<prop::sample::Index>(), mutation()), 1..5),
        honest_names: bool,
    ) {
        let mut files = valid();
        for (file, mutation) in mutations {
            let at = file.index(files.len());
            mutate(&mut files[at].1, mutation);
        }
        if honest_names {
            // blobs that match their name are looked into more deeply
            for (path, bytes) in files.iter_mut().filter(|(path, _)| path.starts_with("blobs")) {
                *path = format!("blobs/sha256/{}", Algorithm::Sha256.digest(bytes).encoded());
            }
        }
        let folder = save(&files);
        exercise(folder.path(), &conventions());
    }
}
