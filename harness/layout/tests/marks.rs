//! What marks on an entry make a reader find, in layouts written by hand: names that an image and its referrers share, marks
//! that name the referrer, entries with nothing on them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::support::{Files, INDEX, MANIFEST, blob, conventions, descriptor, finish, index, manifest, save};
use referee_layout::view;
use referee_layout::{Facts, Layout, Limits};
use referee_spec::Digest;

const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// An image and a manifest that refers to it.
struct Pair {
    files: Files,
    image: (Digest, usize),
    sbom: (Digest, usize),
}

impl Pair {
    fn new() -> Self {
        let mut files = Files::new();
        let image = blob(&mut files, &manifest(""));
        let sbom = manifest(&format!(r#","subject":{}"#, descriptor(MANIFEST, &image, "")));
        let sbom = blob(&mut files, &sbom);
        Self { files, image, sbom }
    }

    fn image(&self, name: &str) -> String {
        descriptor(MANIFEST, &self.image, &annotations(&[(REF_NAME, name)]))
    }

    fn sbom(&self, marks: &[(&str, &str)]) -> String {
        descriptor(MANIFEST, &self.sbom, &annotations(marks))
    }

    fn facts(&self, entries: &[String]) -> Facts {
        facts(&finish(self.files.clone(), entries))
    }
}

fn facts(files: &Files) -> Facts {
    let folder = save(files);
    Layout::open(folder.path()).unwrap().facts(&Limits::default())
}

fn annotations(all: &[(&str, &str)]) -> String {
    let all: Vec<String> = all.iter().map(|(key, value)| format!(r#""{key}":"{value}""#)).collect();
    format!(r#","annotations":{{{}}}"#, all.join(","))
}

/// How many referrers each of these conventions finds.
fn found<const N: usize>(facts: &Facts, subject: &Digest, ids: [&str; N]) -> [usize; N] {
    let all = conventions();
    let convention = |id| all.iter().find(|convention| convention.id == id).unwrap();
    ids.map(|id| view::answer(facts, subject, convention(id)).referrers.len())
}

const HAULER: [&str; 2] = ["hauler", "hauler-v1"];

#[test]
fn a_newer_release_reads_what_an_older_one_wrote_and_not_the_other_way() {
    let pair = Pair::new();
    for (prefix, want) in
        [("dev.hauler", [1, 0]), ("dev.cosignproject.cosign", [1, 1]), ("dev.example", [0, 0])]
    {
        let kind = format!("{prefix}/referrers/{}", pair.sbom.0.encoded());
        let facts = pair.facts(&[pair.image("v1"), pair.sbom(&[("kind", &kind), (REF_NAME, "v1")])]);
        assert_eq!(found(&facts, &pair.image.0, HAULER), want, "{prefix}");
    }
}

#[test]
fn a_mark_is_for_its_own_entry_and_a_name_of_the_subject() {
    let pair = Pair::new();
    let own = format!("dev.hauler/referrers/{}", pair.sbom.0.encoded());
    let other = format!("dev.hauler/referrers/{}", pair.image.0.encoded());
    let finds = |marks: &[(&str, &str)], names: &[&str]| {
        let mut entries: Vec<String> = names.iter().map(|name| pair.image(name)).collect();
        entries.push(pair.sbom(marks));
        found(&pair.facts(&entries), &pair.image.0, ["hauler"]) == [1]
    };
    assert!(finds(&[("kind", &own), (REF_NAME, "v1")], &["v1"]));
    assert!(finds(&[("kind", &own), (REF_NAME, "v2")], &["v1", "v2"]));
    assert!(finds(&[("kind", &own), (REF_NAME, "library/x:v1")], &["library/x:v1"]));
    assert!(!finds(&[("kind", &other), (REF_NAME, "v1")], &["v1"]));
    assert!(!finds(&[("kind", &own), (REF_NAME, "v2")], &["v1"]));
    assert!(!finds(&[("kind", &own)], &["v1"]));
    assert!(!finds(&[(REF_NAME, "v1")], &["v1"]));
    // nobody asks by a name that the subject does not have
    assert!(!finds(&[("kind", &own), (REF_NAME, "v1")], &[]));
}

#[test]
fn a_name_that_a_referrer_shares_with_its_subject_names_the_subject() {
    let pair = Pair::new();
    for entries in [
        [pair.image("v1"), pair.sbom(&[(REF_NAME, "v1")])],
        [pair.sbom(&[(REF_NAME, "v1")]), pair.image("v1")],
    ] {
        assert_eq!(pair.facts(&entries).resolve("v1").as_ref(), Ok(&pair.image.0));
    }
    // alone, it is what the name names, and two that have nothing to do with each other are two
    assert_eq!(pair.facts(&[pair.sbom(&[(REF_NAME, "v1")])]).resolve("v1").as_ref(), Ok(&pair.sbom.0));
    let mut files = pair.files.clone();
    let other = blob(&mut files, &manifest(r#","annotations":{"a":"b"}"#));
    let other = descriptor(MANIFEST, &other, &annotations(&[(REF_NAME, "v1")]));
    let entries = [pair.image("v1"), other, pair.sbom(&[(REF_NAME, "v1")])];
    let why = facts(&finish(files, &entries)).resolve("v1").unwrap_err().to_string();
    assert!(why.contains("names 2 digests"), "{why}");
}

/// Without its manifest, only the marks tell whose referrer it is; the name under which its subject's other referrer is
/// listed is not that one's own.
#[test]
fn a_referrer_that_is_missing_belongs_to_the_one_whose_name_it_is() {
    let pair = Pair::new();
    let gone = Digest::parse(&format!("sha256:{}", "7".repeat(64))).unwrap();
    let entry = |digest: &(Digest, usize)| {
        let kind = format!("dev.hauler/referrers/{}", digest.0.encoded());
        descriptor(MANIFEST, digest, &annotations(&[("kind", &kind), (REF_NAME, "v1")]))
    };
    let facts = pair.facts(&[pair.image("v1"), entry(&pair.sbom), entry(&(gone, 9))]);
    assert_eq!(found(&facts, &pair.image.0, ["hauler"]), [2]);
    assert_eq!(found(&facts, &pair.sbom.0, ["hauler"]), [0]);
}

#[test]
fn entries_with_nothing_on_them_are_those_of_index_json() {
    let pair = Pair::new();
    let ids = ["bare-entries", "untagged-entries", "containerd-entries"];
    let facts = pair.facts(&[pair.image("v1"), pair.sbom(&[])]);
    assert_eq!(found(&facts, &pair.image.0, ids), [1, 1, 0]);
    // one level down only a reader that follows indexes finds it
    let mut files = pair.files.clone();
    let nested = blob(&mut files, &index(&[pair.sbom(&[])], ""));
    let nested = self::facts(&finish(files, &[pair.image("v1"), descriptor(INDEX, &nested, "")]));
    assert_eq!(found(&nested, &pair.image.0, ids), [0, 1, 0]);
}

#[test]
fn keys_beside_the_image_are_those_of_one_convention() {
    let pair = Pair::new();
    let digest = pair.image.0.to_string();
    let ids = ["reference-digest", "nested-attestation"];
    let nested = |marks: &[(&str, &str)]| {
        let mut files = pair.files.clone();
        let around = blob(&mut files, &index(&[pair.image(""), pair.sbom(marks)], ""));
        let around = descriptor(INDEX, &around, &annotations(&[(REF_NAME, "v1")]));
        found(&facts(&finish(files, &[around])), &pair.image.0, ids)
    };
    // readers do not look at the type and the description
    assert_eq!(nested(&[("org.opencontainers.reference.digest", &digest)]), [1, 0]);
    let buildkit =
        [("vnd.docker.reference.digest", &*digest), ("vnd.docker.reference.type", "attestation-manifest")];
    assert_eq!(nested(&buildkit), [0, 1]);
    // in index.json itself it is not beside the image
    let facts =
        pair.facts(&[pair.image("v1"), pair.sbom(&[("org.opencontainers.reference.digest", &digest)])]);
    assert_eq!(found(&facts, &pair.image.0, ids), [0, 0]);
}
