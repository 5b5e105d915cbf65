//! What a carrier does to a layout, for each thing that a convention can say.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use referee_convention::Convention;
use referee_source::Source;
use referee_spec::{Algorithm, Digest};
use referee_writer::{Contents, Files, Name};
use serde_json::Value;
use support::{artifact, content, image, index};

const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// A convention with these carriers.
fn convention(carriers: &str) -> Convention {
    let head = "schema = 1\nid = \"test\"\ntitle = \"test\"\nsource = \"test\"\nstatus = \"proposed\"\n";
    Convention::parse(&Source::new("test.toml", format!("{head}carrier = [{carriers}]"))).unwrap()
}

/// The layout of all content, whose manifests are named in what follows.
struct Written {
    contents: Contents,
    files: Files,
}

fn written(contents: Contents, carriers: &str) -> Written {
    let files = referee_writer::layout(&contents, &contents.names(), Some(&convention(carriers)));
    Written { contents, files }
}

impl Written {
    fn digest(&self, name: &str) -> Digest {
        self.contents.node(name).unwrap().digest.clone()
    }

    fn has(&self, name: &str) -> bool {
        self.files.blob_of(&self.digest(name)).is_some()
    }

    fn list(&self, bytes: &[u8]) -> Vec<Value> {
        let document: Value = serde_json::from_slice(bytes).unwrap();
        document["manifests"].as_array().unwrap().clone()
    }

    fn entries(&self) -> Vec<Value> {
        self.list(self.files.get("index.json").unwrap())
    }

    /// What a list points at: the names of content, `-` for what the convention made.
    fn names(&self, list: &[Value]) -> Vec<String> {
        let name = |entry: &Value| {
            let digest = Digest::parse(entry["digest"].as_str().unwrap()).unwrap();
            self.contents.by_digest(&digest).map_or_else(|| "-".to_owned(), |node| node.name.to_string())
        };
        list.iter().map(name).collect()
    }

    /// The list behind an entry.
    fn behind(&self, entry: &Value) -> Vec<Value> {
        let digest = Digest::parse(entry["digest"].as_str().unwrap()).unwrap();
        self.list(self.files.blob_of(&digest).unwrap())
    }
}

fn tags(list: &[Value]) -> Vec<&str> {
    list.iter().map(|entry| entry["annotations"][REF_NAME].as_str().unwrap_or("-")).collect()
}

/// An image with the tag `v1`, and one referrer.
fn one() -> Vec<referee_writer::Content> {
    vec![
        content("image", image("linux/amd64"), Some("v1"), None),
        content("sbom", artifact("sbom"), None, Some("image")),
    ]
}

#[test]
fn a_name_is_a_tag() {
    let name =
        r#"{ place = "index", lists = "referrer", ref-name = "{subject.algorithm}-{subject.encoded:64}" }"#;
    let written = written(Contents::compile(&one()), name);
    let digest = written.digest("image").to_string();
    assert_eq!(tags(&written.entries()), ["v1", &digest.replace(':', "-")]);
}

#[test]
fn a_referrer_has_its_own_tag_beside_the_name_of_its_carrier() {
    let mut described = one();
    described[1].tag = Some("mine".to_owned());
    let name = r#"{ place = "index", lists = "referrer", ref-name = "{subject.encoded:64}" }"#;
    let written = written(Contents::compile(&described), name);
    assert_eq!(written.names(&written.entries()), ["image", "sbom", "sbom"]);
    let digest = written.digest("image").to_string();
    assert_eq!(tags(&written.entries()), ["v1", &digest["sha256:".len()..], "mine"]);
}

/// Two carriers share an entry where neither says anything against the other, and only there.
#[test]
fn entries_of_one_referrer_are_joined_or_not() {
    let plain = r#"{ place = "index", lists = "referrer" }"#;
    let marked = r#"{ place = "index", lists = "referrer", annotation = { by = "{subject.digest}" } }"#;
    let otherwise =
        r#"{ place = "index", lists = "referrer", annotation = { by = "other {subject.digest}" } }"#;
    let named = r#"{ place = "index", lists = "referrer", ref-name = "{subject.encoded:64}" }"#;
    let here = r#"{ place = "index", lists = "referrer", platform = "linux/amd64" }"#;
    let there = r#"{ place = "index", lists = "referrer", platform = "unknown/unknown" }"#;
    let entries = |carriers: &[&str]| {
        let written = written(Contents::compile(&one()), &carriers.join(","));
        written.entries().len() - 1
    };
    assert_eq!(entries(&[plain, marked]), 1);
    assert_eq!(entries(&[plain, here]), 1);
    assert_eq!(entries(&[marked, otherwise]), 2);
    assert_eq!(entries(&[here, there]), 2);
    // an entry with a name is a tag, and one without is none
    assert_eq!(entries(&[plain, named]), 2);
    assert_eq!(entries(&[named, plain]), 2);
}

/// What readers look for needs all its placeholders; what they do not look at is left out where one stands for nothing.
#[test]
fn a_mark_that_stands_for_nothing_is_no_entry() {
    let by_name = r#"{ place = "index", lists = "referrer", annotation = { is = "{referrer.encoded}" }, ref-name = "{subject.ref-name}" }"#;
    let mut described = one();
    described[0].tag = None;
    let nameless = written(Contents::compile(&described), by_name);
    assert_eq!(nameless.names(&nameless.entries()), ["image"]);
    assert!(nameless.has("sbom"));
    let named = written(Contents::compile(&one()), by_name);
    assert_eq!(
        (named.names(&named.entries()), tags(&named.entries())),
        (vec!["image".to_owned(), "sbom".to_owned()], vec!["v1", "v1"])
    );
    assert_eq!(named.entries()[1]["annotations"]["is"], named.digest("sbom").encoded().to_string());

    let extra = r#"{ place = "index", lists = "referrer", extra-annotation = { kind = "{referrer.artifact-type}", of = "{subject.digest}" } }"#;
    let mut described = one();
    described.push(content("list", index(&["image"]), None, Some("image")));
    described[2].artifact_type = None;
    let written = written(Contents::compile(&described), extra);
    let entries = written.entries();
    assert_eq!(written.names(&entries), ["image", "sbom", "list"]);
    let kinds: Vec<&Value> = entries.iter().map(|entry| &entry["annotations"]["kind"]).collect();
    assert_eq!(kinds, [&Value::Null, &Value::from("application/vnd.example.sbom"), &Value::Null]);
    assert_eq!(entries[2]["annotations"]["of"], written.digest("image").to_string());
}

/// What is only read is not written.
#[test]
fn a_read_only_carrier_has_no_entry() {
    let carriers = r#"{ place = "blob", lists = "referrer" }, { place = "index", lists = "referrer", read-only = true }"#;
    let written = written(Contents::compile(&one()), carriers);
    assert_eq!(written.names(&written.entries()), ["image"]);
}

/// An image has what the convention says on the entry of each of its names, and its referrers have their own.
#[test]
fn an_image_has_its_annotations() {
    let head = "schema = 1\nid = \"test\"\ntitle = \"test\"\nsource = \"test\"\nstatus = \"proposed\"\n";
    let tail = "carrier = [{ place = \"index\", lists = \"referrer\" }]\n[image-annotation]\nfull = \"example.com/{subject.ref-name}\"\n";
    let convention = Convention::parse(&Source::new("test.toml", format!("{head}{tail}"))).unwrap();
    let mut described = one();
    described.push(content("other", image("linux/arm64"), None, None));
    let contents = Contents::compile(&described);
    let files = referee_writer::layout(&contents, &contents.names(), Some(&convention));
    let written = Written { contents, files };
    let entries = written.entries();
    assert_eq!(written.names(&entries), ["image", "other", "sbom"]);
    let full: Vec<&Value> = entries.iter().map(|entry| &entry["annotations"]["full"]).collect();
    assert_eq!(full, [&Value::from("example.com/v1"), &Value::Null, &Value::Null]);
}

const IN_SUBJECT: &str =
    r#"{ place = "subject-index", lists = "referrer", annotation = { of = "{subject.digest}" } }"#;

/// An index that nothing needs under its own digest takes the referrers of what is below it into itself.
/// Without being asked an entry says no platform, as most tools write it.
#[test]
fn an_entry_says_its_platform_if_it_is_to() {
    let platform = |in_entry: bool| {
        let mut described = one();
        described[0].platform_in_entry = in_entry;
        let written = written(Contents::compile(&described), "{ place = \"blob\", lists = \"referrer\" }");
        written.entries()[0].get("platform").cloned()
    };
    assert_eq!(platform(false), None);
    assert_eq!(platform(true).unwrap()["os"], "linux");
}

#[test]
fn an_index_grows() {
    let described = [
        content("index", index(&["image"]), Some("v1"), None),
        content("image", image("linux/amd64"), None, None),
        content("sbom", artifact("sbom"), None, Some("image")),
    ];
    let written = written(Contents::compile(&described), IN_SUBJECT);
    let entries = written.entries();
    assert_eq!((written.names(&entries), tags(&entries)), (vec!["-".to_owned()], vec!["v1"]));
    assert_eq!(written.names(&written.behind(&entries[0])), ["image", "sbom"]);
    assert!(!written.has("index") && written.has("image") && written.has("sbom"));
    // what it said of itself stays
    let digest = Digest::parse(entries[0]["digest"].as_str().unwrap()).unwrap();
    let grown: Value = serde_json::from_slice(written.files.blob_of(&digest).unwrap()).unwrap();
    assert_eq!(grown["annotations"]["example.name"], "index");
}

/// What something names by its digest stays, and gets an index around it.
#[test]
fn an_index_that_is_needed_stays() {
    let sbom = |subject: &str| content("sbom", artifact("sbom"), None, Some(subject));
    let asked = [
        content("index", index(&["image"]), Some("v1"), None),
        content("image", image("linux/amd64"), None, None),
        sbom("image"),
    ];
    let asked = Contents::compile(&asked).asked_about(Name::new("index"));
    let subject = [
        content("index", index(&["image"]), Some("v1"), None),
        content("image", image("linux/amd64"), None, None),
        sbom("index"),
    ];
    let child = [
        content("index", index(&["image"]), Some("v1"), None),
        content("image", image("linux/amd64"), None, None),
        content("outer", index(&["index"]), Some("v2"), None),
        sbom("image"),
    ];
    for (contents, what) in [
        (asked, "asked about"),
        (Contents::compile(&subject), "a subject"),
        (Contents::compile(&child), "a child"),
    ] {
        let written = written(contents, IN_SUBJECT);
        let entries = written.entries();
        assert!(written.has("index"), "{what}");
        assert_eq!(written.names(&entries[..1]), ["-"], "{what}");
        assert_eq!(written.names(&written.behind(&entries[0])), ["index", "sbom"], "{what}");
        assert_eq!(tags(&entries[..1]), ["v1"], "{what}");
    }
}

/// A referrer that two carriers put into one index alike is there once.
#[test]
fn an_index_lists_a_referrer_once() {
    let contents = || Contents::compile(&one());
    let written_once = written(contents(), &[IN_SUBJECT, IN_SUBJECT].join(","));
    assert_eq!(written_once.names(&written_once.behind(&written_once.entries()[0])), ["image", "sbom"]);
    let marked =
        r#"{ place = "subject-index", lists = "referrer", annotation = { by = "{subject.digest}" } }"#;
    let written_twice = written(contents(), &[IN_SUBJECT, marked].join(","));
    assert_eq!(
        written_twice.names(&written_twice.behind(&written_twice.entries()[0])),
        ["image", "sbom", "sbom"]
    );
}

/// An index that refers to its own child, without a tag: neither has a way in by itself, so that one gets an entry.
#[test]
fn what_has_no_other_way_in_has_an_entry() {
    let described = [
        content("image", image("linux/amd64"), None, None),
        content("index", index(&["image"]), None, Some("image")),
    ];
    let contents = Contents::compile(&described);
    let files = referee_writer::layout(&contents, &contents.names(), None);
    let written = Written { contents, files };
    assert_eq!(written.names(&written.entries()), ["image"]);
}

/// Only what is named is written, and what is absent is listed but not written.
#[test]
fn a_part_of_the_content_is_a_layout_too() {
    let mut described = one();
    described.push(content("late", artifact("late"), None, Some("image")));
    let contents = Contents::compile(&described);
    let which = BTreeSet::from([Name::new("image"), Name::new("sbom")]);
    let files = referee_writer::layout(
        &contents,
        &which,
        Some(&convention(r#"{ place = "index", lists = "referrer" }"#)),
    );
    let written = Written { contents, files };
    assert_eq!(written.names(&written.entries()), ["image", "sbom"]);
    assert!(!written.has("late"));

    let mut described = one();
    described[1].absent = true;
    let written = self::written(
        Contents::compile(&described),
        r#"{ place = "index", lists = "response", annotation = { of = "{subject.digest}" } }"#,
    );
    let entries = written.entries();
    assert_eq!(written.names(&entries), ["image", "-"]);
    assert_eq!(written.names(&written.behind(&entries[1])), ["sbom"]);
    assert!(!written.has("sbom"));
}

/// Another algorithm gives another digest, by which everything names the manifest.
#[test]
fn digests_are_by_the_algorithm_that_was_asked_for() {
    let mut described = one();
    described[0].algorithm = Algorithm::Sha512;
    let written = written(Contents::compile(&described), r#"{ place = "index", lists = "referrer" }"#);
    let digest = written.digest("image").to_string();
    assert!(digest.starts_with("sha512:") && written.has("image"));
    let sbom: Value =
        serde_json::from_slice(written.files.blob_of(&written.digest("sbom")).unwrap()).unwrap();
    assert_eq!(sbom["subject"]["digest"], digest);
}
