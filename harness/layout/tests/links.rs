//! Links: those that stay inside are followed, in a directory as in an archive; no other is, and nothing hangs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::io::{self, Cursor, Write as _};
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::valid;
use flate2::Compression;
use flate2::write::GzEncoder;
use referee_layout::{Facts, FileKind, Layout, Limits, LinkEnd, ReadError, archive};
use referee_spec::{Algorithm, Digest};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use tar::{Builder, EntryType, Header};

/// What has a name.
#[derive(Clone)]
enum Member {
    File(Vec<u8>),
    Symlink(String),
    /// A hard link to an earlier one.
    HardLink(String),
    Fifo,
}

use Member::{Fifo, File, HardLink, Symlink};

type Members = Vec<(String, Member)>;

fn to(path: &str) -> Member {
    Symlink(path.to_owned())
}

fn layout() -> Members {
    valid().into_iter().map(|(path, bytes)| (path, File(bytes))).collect()
}

/// The layout with what is at `from` at `at`, and these links.
fn moved(from: &str, at: &str, links: &[(&str, Member)]) -> Members {
    let place = |path: String| path.strip_prefix(from).map_or(path.clone(), |rest| format!("{at}{rest}"));
    let mut members: Members = layout().into_iter().map(|(path, member)| (place(path), member)).collect();
    members.extend(links.iter().map(|(path, link)| ((*path).to_owned(), link.clone())));
    members
}

fn tar(members: &Members) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (path, member) in members {
        let mut header = Header::new_gnu();
        let (kind, bytes, target) = match member {
            File(bytes) => (EntryType::Regular, bytes.as_slice(), ""),
            Fifo => (EntryType::Fifo, &b""[..], ""),
            Symlink(to) => (EntryType::Symlink, &b""[..], to.as_str()),
            HardLink(to) => (EntryType::Link, &b""[..], to.as_str()),
        };
        header.set_entry_type(kind);
        header.set_size(bytes.len() as u64);
        if target.is_empty() {
            tar.append_data(&mut header, path, bytes).unwrap();
        } else {
            tar.append_link(&mut header, path, target).unwrap();
        }
    }
    tar.into_inner().unwrap()
}

fn of_tar(members: &Members) -> Facts {
    archive::facts(Path::new("x.tar"), Cursor::new(tar(members)), &Limits::thorough()).unwrap()
}

fn of_folder(members: &Members) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    // one below, so that `..` leads out of it and not to other tests
    let root = folder.path().join("layout");
    for (path, member) in members {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match member {
            File(bytes) => fs::write(path, bytes).unwrap(),
            Symlink(to) => symlink(to, path).unwrap(),
            HardLink(to) => fs::hard_link(root.join(to), path).unwrap(),
            Fifo => mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap(),
        }
    }
    Layout::open_damaged(&root).unwrap().facts(&Limits::thorough())
}

/// What is known of a layout, but for how it was come by.
fn known(facts: &Facts) -> String {
    let blobs = facts.blobs().pick(|_, blob| Some((blob.size, blob.verified, blob.content.clone())));
    let root =
        |file: Result<&referee_layout::Document, &ReadError>| file.map(|file| file.bytes().to_vec()).ok();
    let roots = (root(facts.oci_layout()), root(facts.index()));
    format!("{blobs:?} {roots:?} {:?} {:?}", facts.entries(), (facts.unreadable(), facts.anomalies()))
}

#[test]
fn links_inside_change_nothing() {
    let want = known(&of_tar(&layout()));
    let file = valid().into_iter().find(|(path, _)| path.starts_with("blobs/")).unwrap().0;
    let up = "../".repeat(2);
    let mut variants = vec![
        ("index.json", moved("index.json", "x/i", &[("index.json", to("x/i"))])),
        (
            "a chain",
            moved(
                "index.json",
                "x/i",
                &[("index.json", to("./a")), ("a", to("x/../x//b")), ("x/b", to("i"))],
            ),
        ),
        ("oci-layout in blobs", moved("oci-layout", "blobs/o", &[("oci-layout", to("blobs/o"))])),
        ("blobs", moved("blobs", "store", &[("blobs", to("store"))])),
        ("sha256", moved("blobs/sha256", "s/t", &[("blobs/sha256", to("../s/t"))])),
        ("both", moved("blobs/sha256", "s/t", &[("b/sha256", to("../s/t")), ("blobs", to("b/."))])),
        ("a way back", moved("blobs", "store", &[("blobs", to("store/sha256/.."))])),
        ("one blob", moved(&file, "y", &[(&file, to(&format!("{up}y")))])),
        ("over a folder", moved(&file, "z/y", &[(&file, to(&format!("{up}link/y"))), ("link", to("z"))])),
        ("hard", moved(&file, "y", &[(&file, HardLink("y".to_owned()))])),
        (
            "hard twice",
            moved(&file, "y", &[("z", HardLink("y".to_owned())), (&file, HardLink("./z".to_owned()))]),
        ),
        ("hard and symbolic", moved(&file, "y", &[("z", HardLink("y".to_owned())), (&file, to("../../z"))])),
    ];
    // a file may be named by several links
    let several =
        [("index.json", to("blobs/a")), ("blobs/a", to("b")), ("blobs/b", to("../i")), ("c", to("i"))];
    variants.push(("several", moved("index.json", "i", &several)));
    for (name, members) in variants {
        let strays =
            |facts: &Facts| facts.unexpected().iter().filter(|one| one.path.starts_with("blobs/")).count();
        let (folder, packed) = (of_folder(&members), of_tar(&members));
        assert_eq!(known(&folder), want, "{name}, a directory");
        assert_eq!(known(&packed), want, "{name}, an archive");
        assert_eq!(strays(&folder), strays(&packed), "{name}");
        // symbolic links may come before what they lead to
        let (links, files): (Members, Members) =
            members.into_iter().partition(|(_, member)| matches!(member, Symlink(_)));
        assert_eq!(known(&of_tar(&[links, files].concat())), want, "{name}, links first");
    }
}

/// What a link is said to be.
fn end(error: &ReadError) -> Result<(bool, LinkEnd), &ReadError> {
    error.link().map(|link| (link.hard, link.end)).ok_or(error)
}

#[test]
fn links_out_and_to_nothing_are_told() {
    let (outside, nothing) = (Ok((false, LinkEnd::Outside)), Ok((false, LinkEnd::Nothing)));
    let fifo = ReadError::Kind(FileKind::Fifo);
    let folder = ReadError::Kind(FileKind::Directory);
    let more = [("fifo", Fifo), ("a", to("b")), ("b", to("a")), ("d", to("/dev"))];
    for (target, want) in [
        ("/dev/zero", outside),
        ("d/zero", outside),
        ("..", outside),
        ("blobs/../../layout/oci-layout", outside),
        ("nothing", nothing),
        ("index.json", nothing),
        ("a", nothing),
        ("oci-layout/x", nothing),
        ("fifo", Err(&fifo)),
        ("blobs", Err(&folder)),
    ] {
        let links = [&[("index.json", to(target))], &more[..]].concat();
        let members = moved("index.json", "elsewhere", &links);
        for facts in [of_folder(&members), of_tar(&members)] {
            assert_eq!(end(facts.index().unwrap_err()), want, "{target}");
            assert_eq!(facts.entries().len(), 0);
        }
    }
    let file = ReadError::NotADirectory(FileKind::File);
    let fifo = ReadError::NotADirectory(FileKind::Fifo);
    for (target, want) in
        [("../x", outside), ("nothing", nothing), ("oci-layout", Err(&file)), ("fifo", Err(&fifo))]
    {
        let links = [&[("blobs", to(target))], &more[..]].concat();
        let members = moved("blobs", "elsewhere", &links);
        for facts in [of_folder(&members), of_tar(&members)] {
            assert_eq!(end(&facts.unreadable()["blobs"]), want, "{target}");
            assert!(facts.blobs().is_empty());
        }
    }
}

/// A hard link in an archive names an earlier member, from the root on.
#[test]
fn hard_links_lead_back_only() {
    let file = valid().into_iter().find(|(path, _)| path.starts_with("blobs/")).unwrap().0;
    let digest = Digest::parse(&file["blobs/".len()..].replace('/', ":")).unwrap();
    for (target, want) in [
        ("nothing", LinkEnd::Nothing),
        ("z/later", LinkEnd::Nothing),
        ("/etc/passwd", LinkEnd::Outside),
        ("../x", LinkEnd::Outside),
        (&file, LinkEnd::Nothing),
    ] {
        let links = [(file.as_str(), HardLink(target.to_owned())), ("z/later", File(b"x".to_vec()))];
        let facts = of_tar(&moved(&file, "y", &links));
        let blob = facts.blobs().get(&digest).unwrap();
        assert_eq!(end(blob.unreadable().unwrap()), Ok((true, want)), "{target}");
    }
}

/// Of members of one name the last one is there, be it a link or not.
#[test]
fn a_link_may_be_replaced_and_may_replace() {
    let want = known(&of_tar(&layout())).replace(" ({}, [])", "");
    let replaced = [vec![("index.json".to_owned(), to("/"))], layout()].concat();
    let replaces =
        [vec![("index.json".to_owned(), Fifo)], moved("index.json", "i", &[("index.json", to("i"))])]
            .concat();
    for members in [replaced, replaces] {
        assert!(known(&of_tar(&members)).starts_with(&want));
    }
}

/// What links lead to is in a stream that is over when all of them are known.
#[test]
fn in_a_pipe_links_are_said_and_the_rest_is_read() {
    let members = moved("index.json", "i", &[("index.json", to("i"))]);
    let pipe = |members| archive::Once(Cursor::new(tar(members)));
    let facts = archive::facts(Path::new("-"), pipe(&members), &Limits::thorough()).unwrap();
    assert_eq!(end(facts.index().unwrap_err()), Ok((false, LinkEnd::Passed)));
    assert_eq!(facts.blobs().len(), 3);
    let members = moved("blobs", "b", &[("blobs", to("b"))]);
    let facts = archive::facts(Path::new("-"), pipe(&members), &Limits::thorough()).unwrap();
    assert_eq!(end(&facts.unreadable()["blobs"]), Ok((false, LinkEnd::Passed)));
    assert!(facts.index().is_ok());
}

#[test]
fn a_packed_archive_is_unpacked_again_for_its_links() {
    let members = moved("blobs", "store", &[("blobs", to("store"))]);
    let mut gzip = GzEncoder::new(b"something before it".to_vec(), Compression::fast());
    gzip.write_all(&tar(&members)).unwrap();
    let mut from = Cursor::new(gzip.finish().unwrap());
    // it is read from where it stands
    from.set_position("something before it".len() as u64);
    let facts = archive::facts(Path::new("x.tgz"), from, &Limits::thorough()).unwrap();
    assert_eq!(known(&facts), known(&of_tar(&layout())));
}

/// One content under the digests of two algorithms is there once, with a link.
#[test]
fn a_blob_may_have_two_names() {
    let mut members = layout();
    let (path, File(bytes)) = members[0].clone() else { panic!() };
    let digest = Algorithm::Sha512.digest(&bytes);
    members.push((format!("blobs/sha512/{}", digest.encoded()), to(&format!("../../{path}"))));
    for facts in [of_folder(&members), of_tar(&members)] {
        let blob = facts.blobs().get(&digest).unwrap();
        assert_eq!(blob.verified, referee_layout::Verified::Yes);
        assert_eq!(facts.blobs().len(), 4);
    }
}

#[test]
fn a_long_chain_of_links_leads_to_nothing() {
    // each step is a link, and leads to the next one
    let mut members = layout();
    members.extend((0..100).map(|n| (format!("l{n}"), to(&format!("l{}", n + 1)))));
    members.extend([("l100".to_owned(), to("index.json")), ("blobs/sha512".to_owned(), to("../l0"))]);
    assert_eq!(end(&of_tar(&members).unreadable()["blobs/sha512"]), Ok((false, LinkEnd::Nothing)));
}

/// An archive that changes between two looks is no reason to give up what was read.
#[test]
fn an_archive_that_changes_meanwhile_is_told() {
    struct Shrinks(Cursor<Vec<u8>>);
    impl io::Read for Shrinks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl io::Seek for Shrinks {
        fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
            if to == io::SeekFrom::Start(0) {
                self.0.get_mut().truncate(700);
            }
            self.0.seek(to)
        }
    }
    let members = moved("index.json", "i", &[("index.json", to("i"))]);
    let from = Shrinks(Cursor::new(tar(&members)));
    let facts = archive::facts(Path::new("x.tar"), from, &Limits::thorough()).unwrap();
    let ReadError::Io(why) = facts.index().unwrap_err() else { panic!() };
    assert!(why.starts_with("the archive changed"), "{why}");
    assert_eq!(facts.blobs().len(), 3);
}
