//! What several targets share.
//!
//! Owns: the shipped profiles, where temporary layouts lie, and what is true of every report. Leaves to others: making
//! a archive of bytes.

use std::fs;
use std::path::Path;

use referee_layout::Document;
use referee_rules::{Checker, Finding, Report};
use referee_runner::catalogue;
use referee_spec::Algorithm;
use tempfile::TempDir;

/// A checker for every shipped profile, by id, or for the one of that id.
pub fn checkers(only: Option<&str>) -> Vec<Checker> {
    let ids = catalogue::profile_ids().into_iter().filter(|id| only.is_none_or(|only| only == id));
    let shipped =
        |id: &str| catalogue::shipped_profile(id).expect("it is shipped").expect("it is one of them");
    ids.map(|id| Checker::new(shipped(&id))).collect()
}

/// A folder in memory, where the system has such.
pub fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

/// Any bytes as a layout whose documents name each other.
///
/// Parts end at a zero byte: blobs, and at last index.json. `@0` is the digest of the first blob and `#0` its size, so
/// that the fuzzer does not have to compute either.
pub fn written(bytes: &[u8]) -> TempDir {
    let folder = folder();
    let root = folder.path();
    fs::create_dir_all(root.join("blobs/sha256")).expect("a folder");
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).expect("a file");
    let mut parts: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let index = parts.pop().unwrap_or_default();
    let mut blobs = Vec::new();
    for part in parts.into_iter().take(10) {
        let blob = expand(part, &blobs);
        let digest = Algorithm::Sha256.digest(&blob);
        fs::write(root.join("blobs/sha256").join(digest.encoded()), &blob).expect("a file");
        blobs.push((digest.to_string(), blob.len()));
    }
    fs::write(root.join("index.json"), expand(index, &blobs)).expect("a file");
    folder
}

/// `part` with the digests and sizes of earlier blobs in place of their numbers.
fn expand(part: &[u8], blobs: &[(String, usize)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = part.iter();
    while let Some(byte) = rest.next() {
        let blob = rest.as_slice().first().and_then(|digit| blobs.get(usize::from(digit.checked_sub(b'0')?)));
        match (byte, blob) {
            (b'@', Some((digest, _))) => bytes.extend(digest.bytes()),
            (b'#', Some((_, size))) => bytes.extend(size.to_string().bytes()),
            _ => {
                bytes.push(*byte);
                continue;
            }
        }
        rest.next();
    }
    bytes
}

/// Whether two reports of the same layout say the same, to the byte.
pub fn same(one: &Report, other: &Report) {
    assert_eq!(format!("{one:?}"), format!("{other:?}"), "two reports of one layout");
}

/// What is true of every report: its order, its counts, and that what is shown is there.
pub fn hold(report: &Report) {
    assert!(
        report.findings().is_sorted_by_key(|finding| order(&finding)),
        "findings in the order of their places"
    );
    assert_eq!(report.counts().into_values().sum::<usize>(), report.findings().count());
    for finding in report.findings() {
        assert!(!finding.message.is_empty());
        let Some(excerpt) = &finding.excerpt else { continue };
        assert!(excerpt.text.get(excerpt.place.clone()).is_some(), "{excerpt:?}");
        assert!(excerpt.line > 0 && excerpt.column > 0, "{excerpt:?}");
    }
}

/// Whether the pointers of all findings lead somewhere in the layout at `root`.
pub fn lead_somewhere(report: &Report, root: &Path) {
    for finding in report.findings().filter(|finding| !finding.pointer.is_empty()) {
        let Finding { file, pointer, .. } = &finding;
        let bytes = fs::read(root.join(file)).unwrap_or_else(|error| panic!("{finding:?}: {error}"));
        let document = Document::parse(file.as_str(), bytes);
        let root = document.root().unwrap_or_else(|error| panic!("{finding:?}: {error}"));
        assert!(root.at_pointer(pointer).is_some(), "{finding:?}");
    }
}

fn order(finding: &Finding) -> impl Ord + use<> {
    let rank = ["", "oci-layout", "index.json"].iter().position(|file| *file == finding.file).unwrap_or(3);
    let place = finding.excerpt.as_ref().map_or((1, 1), |excerpt| (excerpt.line, excerpt.column));
    (rank, finding.file.clone(), place)
}
