//! Layouts made to hurt: whatever is in them, a check ends, in bounded time and memory, with a clear finding.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use referee_layout::Layout;
use referee_rules::profile::ProfileFile;
use referee_rules::{Checker, Report, Severity};
use referee_source::Source;
use referee_spec::Algorithm;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str =
    r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;

fn checker() -> Checker {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases/profiles/image-spec-head.toml");
    let source = Source::new("image-spec-head.toml", fs::read_to_string(path).unwrap());
    Checker::new(ProfileFile::parse(&source).unwrap().with(None))
}

/// A layout that nothing is wrong with.
fn layout() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
    fs::write(folder.path().join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(folder.path().join("index.json"), INDEX).unwrap();
    folder
}

/// A layout whose index.json lists this blob as a manifest.
fn listing(document: &[u8]) -> tempfile::TempDir {
    let folder = layout();
    let digest = Algorithm::Sha256.digest(document);
    fs::write(folder.path().join("blobs/sha256").join(digest.encoded()), document).unwrap();
    let size = document.len();
    let entry = format!(r#"{{"mediaType":"{MANIFEST}","digest":"{digest}","size":{size}}}"#);
    fs::write(folder.path().join("index.json"), INDEX.replace("[]", &format!("[{entry}]"))).unwrap();
    folder
}

fn check(root: &Path) -> Report {
    checker().directory(&Layout::open_damaged(root).unwrap())
}

fn rules(root: &Path) -> Vec<&'static str> {
    let mut rules: Vec<_> = check(root).findings().map(|finding| finding.rule.id).collect();
    rules.dedup();
    rules
}

/// What is in a folder that cannot be listed is not called missing.
#[test]
fn a_folder_that_cannot_be_listed_is_one_finding() {
    let folder = listing(b"{}");
    let blobs = folder.path().join("blobs/sha256");
    fs::remove_dir_all(&blobs).unwrap();
    assert!(rules(folder.path()).contains(&"blob-missing"));
    symlink("sha256", &blobs).unwrap();
    assert_eq!(rules(folder.path()), ["link-outside"]);
}

fn fifo(path: &Path) {
    let _ = fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[test]
fn which_findings_are_shown_does_not_depend_on_the_order_of_the_file_system() {
    // blobs with other bytes, and referrers to which nothing leads
    let wrong = |n: u32| (format!("{n:064x}"), "other bytes".to_owned());
    let referrer = |n: u32| {
        let config = Algorithm::Sha256.digest(b"{}");
        let config =
            format!(r#"{{"mediaType":"application/vnd.oci.empty.v1+json","digest":"{config}","size":2}}"#);
        let text = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","artifactType":"a/b","config":{config},"layers":[{config}],"subject":{{"mediaType":"{MANIFEST}","digest":"sha256:{n:064x}","size":{n}}}}}"#
        );
        (Algorithm::Sha256.digest(text.as_bytes()).encoded(), text)
    };
    let mut blobs: Vec<_> = (0..600).flat_map(|n| [wrong(n), referrer(n)]).collect();
    let found = |blobs: &[(String, String)]| {
        let folder = layout();
        for (name, text) in blobs {
            fs::write(folder.path().join("blobs/sha256").join(name), text).unwrap();
        }
        let report = check(folder.path());
        let findings = report.findings();
        findings.map(|finding| (finding.rule.id, finding.file, finding.message)).collect::<Vec<_>>()
    };
    let one = found(&blobs);
    blobs.reverse();
    assert_eq!(one.iter().filter(|(rule, ..)| *rule == "blob-digest-mismatch").count(), 600);
    assert_eq!(one.iter().filter(|(rule, ..)| *rule == "referrer-only-a-blob").count(), 600);
    assert_eq!(one, found(&blobs));
}

#[test]
fn nothing_is_wrong_with_the_base() {
    assert_eq!(rules(layout().path()), [""; 0]);
}

#[test]
fn special_files_are_named_and_never_opened() {
    for (name, rule) in [("index.json", "index-json-invalid"), ("oci-layout", "oci-layout-invalid")] {
        let folder = layout();
        fifo(&folder.path().join(name));
        assert_eq!(rules(folder.path()), [rule]);
        let folder = layout();
        fs::remove_file(folder.path().join(name)).unwrap();
        symlink("/dev/zero", folder.path().join(name)).unwrap();
        assert_eq!(rules(folder.path()), ["link-outside"], "a link to a device");
        // behind a link, too
        let folder = layout();
        fifo(&folder.path().join("fifo"));
        fs::remove_file(folder.path().join(name)).unwrap();
        symlink("fifo", folder.path().join(name)).unwrap();
        assert_eq!(rules(folder.path()), [rule], "a link to a FIFO");
    }
    let folder = layout();
    let blobs = folder.path().join("blobs/sha256");
    let name = |fill: &str| blobs.join(fill.repeat(64));
    fifo(&name("a"));
    fs::create_dir(name("b")).unwrap();
    symlink("/etc/passwd", name("c")).unwrap();
    symlink(name("e"), name("d")).unwrap();
    symlink(name("d"), name("e")).unwrap();
    symlink(name("f").file_name().unwrap(), name("f")).unwrap();
    assert_eq!(rules(folder.path()), ["blob-not-a-file", "blob-link-outside"]);
    assert_eq!(check(folder.path()).findings().count(), 6);
}

#[test]
fn depth_and_size_have_limits() {
    let folder = layout();
    fs::write(folder.path().join("index.json"), "[".repeat(100_000)).unwrap();
    assert_eq!(rules(folder.path()), ["index-json-invalid"]);
    let deep = format!("{}{}", r#"{"a":"#.repeat(100_000), "1".to_owned() + &"}".repeat(100_000));
    assert_eq!(rules(listing(deep.as_bytes()).path()), ["document-invalid"]);
    // a file of holes: no memory file system has to hold it
    let folder = layout();
    File::options().append(true).open(folder.path().join("index.json")).unwrap().set_len(1 << 30).unwrap();
    assert_eq!(rules(folder.path()), ["file-unreadable"]);
}

#[test]
fn very_many_findings_are_all_there() {
    let folder = layout();
    let entries = vec!["{}"; 200_000].join(",");
    fs::write(folder.path().join("index.json"), INDEX.replace("[]", &format!("[{entries}]"))).unwrap();
    let report = check(folder.path());
    assert_eq!(report.count(Severity::Error), 3 * 200_000);
    assert_eq!(report.counts().into_values().collect::<Vec<_>>(), [200_000; 3]);
    let found: Vec<_> = report.findings().skip(3 * 199_999).collect();
    let last =
        found.iter().map(|finding| (finding.pointer.as_str(), finding.excerpt.as_ref().unwrap().column));
    let last: Vec<_> = last.collect();
    assert_eq!(last, [("/manifests/199999", INDEX.find("[]").unwrap() + 2 + 3 * 199_999); 3]);
}

#[test]
fn duplicate_keys_at_every_level_are_each_found_once() {
    let twice = |inner: &str| format!(r#""x":{inner},"x":{inner}"#);
    let mut members = twice("1");
    for _ in 0..12 {
        members = twice(&format!("{{{members}}}"));
    }
    let folder = layout();
    let text = format!("{},{members}}}", &INDEX[..INDEX.len() - 1]);
    fs::write(folder.path().join("index.json"), text).unwrap();
    let found: Vec<_> = check(folder.path()).findings().collect();
    assert!(found.iter().all(|finding| finding.rule.id == "json-duplicate-name"));
    assert_eq!(found.len(), 8191);
}

/// One pass over the document for all of them, not one for each.
#[test]
fn very_many_duplicate_keys_and_odd_numbers_take_one_pass() {
    let folder = layout();
    let odd = vec![r#"{"a":1e999,"a":{"annotations":{"b":"","b":""}}}"#; 50_000].join(",");
    let text = format!(r#"{},"x":[{odd}]}}"#, &INDEX[..INDEX.len() - 1]);
    fs::write(folder.path().join("index.json"), text).unwrap();
    let counts: Vec<_> = check(folder.path()).counts().into_iter().map(|((id, _), n)| (id, n)).collect();
    let wanted = ["annotation-duplicate", "json-duplicate-name", "json-number-imprecise"];
    assert_eq!(counts, wanted.map(|id| (id, 50_000)));
}

#[test]
fn bytes_that_are_no_text_and_numbers_that_are_no_numbers() {
    let folder = layout();
    fs::write(folder.path().join("index.json"), b"{\"a\":\"\xff\xfe\"}").unwrap();
    assert_eq!(rules(folder.path()), ["json-not-utf8"]);
    for number in
        ["9".repeat(10_000), "1e".to_owned() + &"9".repeat(10_000), "-".to_owned() + &"1".repeat(10_000)]
    {
        let folder = layout();
        let entry =
            format!(r#"{{"mediaType":"{MANIFEST}","digest":"sha256:{}","size":{number}}}"#, "a".repeat(64));
        fs::write(folder.path().join("index.json"), INDEX.replace("[]", &format!("[{entry}]"))).unwrap();
        assert_eq!(rules(folder.path()), ["size-invalid"], "{}", &number[..8]);
    }
}

/// While somebody writes, a check may see the old, the new, or the trouble between them; it never hangs or panics.
#[test]
fn a_layout_that_changes_meanwhile() {
    let document = format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}"}}"#);
    let folder = listing(document.as_bytes());
    let blobs = folder.path().join("blobs/sha256");
    let big = blobs.join("0".repeat(64));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut turn = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                turn += 1;
                let _ = fs::write(&big, vec![b'x'; 1 << 20]);
                let _ = File::options().write(true).open(&big).and_then(|file| file.set_len(turn % 4096));
                let _ = fs::rename(&big, blobs.join("1".repeat(64)));
                let _ = fs::remove_file(blobs.join("1".repeat(64)));
            }
        });
        for _ in 0..200 {
            let report = check(folder.path());
            assert!(report.findings().any(|finding| finding.rule.id == "config-missing"));
        }
        stop.store(true, Ordering::Relaxed);
    });
}
