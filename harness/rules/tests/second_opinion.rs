//! oci-spec as a second opinion: a document that it refuses to read has a finding of ours, without exception. The other
//! way round does not hold: it accepts a size of 2^63, media types with spaces, and stops at the first mistake.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use oci_spec::image::{ImageIndex, ImageManifest};
use proptest::prelude::*;
use proptest::sample::Index;
use referee_layout::Layout;
use referee_rules::profile::ProfileFile;
use referee_rules::{Checker, Profile};
use referee_source::Source;
use referee_spec::Algorithm;
use serde_json::{Value, json};

use crate::cites::mistaken;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const EMPTY: &str = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

fn descriptor(media_type: &str) -> Value {
    json!({
        "mediaType": media_type,
        "digest": EMPTY,
        "size": 2,
        "urls": ["https://example.com/x"],
        "annotations": {"com.example.k": "v"},
        "data": "e30=",
        "artifactType": "application/vnd.example",
        "platform": {
            "architecture": "arm64",
            "os": "windows",
            "os.version": "10",
            "os.features": ["win32k"],
            "variant": "v8",
        },
    })
}

/// A descriptor of a manifest that is not in the layout: nothing can be said against what it says.
fn subject() -> Value {
    let mut subject = descriptor(MANIFEST);
    subject["digest"] = json!(format!("sha256:{}", "a".repeat(64)));
    subject["data"].take();
    subject.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    subject
}

/// A manifest or an index in which every field occurs.
fn document(index: bool) -> Value {
    let mut document = json!({
        "schemaVersion": 2,
        "mediaType": if index { INDEX } else { MANIFEST },
        "artifactType": "application/vnd.example",
        "subject": subject(),
        "annotations": {"com.example.k": "v"},
    });
    if index {
        document["manifests"] = json!([descriptor(MANIFEST)]);
    } else {
        document["config"] = descriptor("application/vnd.oci.image.config.v1+json");
        document["layers"] = json!([descriptor("application/vnd.oci.image.layer.v1.tar")]);
    }
    document
}

/// All pointers into a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let mut below = |token: String, value| {
        all.push(format!("{at}/{token}"));
        pointers(value, &format!("{at}/{token}"), all);
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, value)| below(n.to_string(), value)),
        _ => {}
    }
}

fn spoil(document: &mut Value, pointer: &str, with: Option<Value>) {
    let (parent, token) = pointer.rsplit_once('/').unwrap();
    match (document.pointer_mut(parent), with) {
        (Some(Value::Object(map)), Some(value)) => drop(map.insert(token.to_owned(), value)),
        (Some(Value::Object(map)), None) => drop(map.remove(token)),
        (Some(Value::Array(items)), Some(value)) => items[token.parse::<usize>().unwrap()] = value,
        _ => {}
    }
}

fn odd() -> impl Strategy<Value = Option<Value>> {
    let values = [
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("x"),
        json!("a b"),
        json!("sha256:abc"),
        json!([]),
        json!([1]),
        json!({}),
        json!({"x": 1}),
    ];
    prop::option::weighted(0.9, prop::sample::select(values.to_vec()))
}

fn profile() -> Profile {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cases/profiles/image-spec-head.toml");
    let source = Source::new("image-spec-head.toml", fs::read_to_string(path).unwrap());
    ProfileFile::parse(&source).unwrap().with(None)
}

/// What we find in a layout whose only document, beside index.json, is this one.
fn found(document: &str, media_type: &str) -> Vec<String> {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let root = folder.path();
    let digest = Algorithm::Sha256.digest(document.as_bytes());
    let entry = json!({"mediaType": media_type, "digest": digest, "size": document.len()});
    fs::create_dir_all(root.join("blobs/sha256")).unwrap();
    fs::write(root.join("blobs/sha256").join(digest.encoded()), document).unwrap();
    fs::write(root.join("blobs/sha256").join(&EMPTY["sha256:".len()..]), "{}").unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]});
    fs::write(root.join("index.json"), index.to_string()).unwrap();
    let report = Checker::new(profile()).directory(&Layout::open(root).unwrap());
    let ours: Vec<_> =
        report.findings().filter(|finding| finding.file.ends_with(&digest.encoded())).collect();
    for finding in &ours {
        assert_eq!(mistaken(finding, &profile(), media_type == INDEX), None, "{}", finding.rule.id);
    }
    // what is in a layout beside a document is no business of oci-spec's
    let beside = ["artifact-with-image-config", "subject-absent"];
    let ours = ours.iter().filter(|finding| !beside.contains(&finding.rule.id));
    ours.map(|finding| format!("{}#{}", finding.rule.id, finding.pointer)).collect()
}

/// What oci-spec says of it.
fn refused(document: &str, index: bool) -> Option<String> {
    if index {
        ImageIndex::from_reader(document.as_bytes()).err().map(|error| error.to_string())
    } else {
        ImageManifest::from_reader(document.as_bytes()).err().map(|error| error.to_string())
    }
}

#[test]
fn both_accept_what_is_valid() {
    for index in [false, true] {
        let document = document(index).to_string();
        assert_eq!(refused(&document, index), None);
        let found = found(&document, if index { INDEX } else { MANIFEST });
        assert!(found.is_empty(), "{found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_oci_spec_refuses_is_found(index: bool, at in any::<Index>(), with in odd()) {
        let mut document = document(index);
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        let pointer = all[at.index(all.len())].clone();
        spoil(&mut document, &pointer, with.clone());
        let text = document.to_string();
        if let Some(error) = refused(&text, index) {
            let found = found(&text, if index { INDEX } else { MANIFEST });
            prop_assert!(!found.is_empty(), "{pointer} = {with:?}: {error}, and we find {found:?}");
        }
    }
}
