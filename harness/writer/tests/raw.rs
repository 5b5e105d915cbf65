//! Layouts from manifests that exist already: the bytes stay, and every convention lists them as it lists described
//! content.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use referee_convention::{Convention, ListedIn};
use referee_source::Source;
use referee_spec::{Algorithm, Digest};
use referee_writer::{
    Blob, Content, ContentKind, ContentNode, Contents, Name, Platform, RawManifest, WrongSubject,
};

fn conventions() -> Vec<Convention> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/conventions");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| Source::new(path.to_str().unwrap(), fs::read_to_string(path).unwrap());
    let mut conventions: Vec<_> = paths.map(|path| Convention::parse(&read(&path)).unwrap()).collect();
    conventions.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(conventions.len() > 5);
    conventions
}

fn content(name: &str, kind: ContentKind, tag: Option<&str>, subject: Option<&str>) -> Content {
    Content {
        name: Name::new(name),
        kind,
        tag: tag.map(str::to_owned),
        subject: subject.map(Name::new),
        artifact_type: subject.map(|_| "application/vnd.example.sbom".to_owned()),
        annotations: BTreeMap::from([("example.name".to_owned(), name.to_owned())]),
        algorithm: Algorithm::Sha256,
        absent: name == "gone",
        wrong_subject: WrongSubject::default(),
    }
}

fn artifact(text: &str) -> ContentKind {
    let (text, media_type) = (text.to_owned(), "text/plain".to_owned());
    ContentKind::Artifact { text, media_type, config: None, inline: false }
}

/// Two platforms in one index, a referrer of the index, one of a platform, one of a referrer, one of what is absent.
fn described() -> Contents {
    let image = |platform: &str| ContentKind::Image {
        platform: Platform::parse(platform).unwrap(),
        text: platform.to_owned(),
    };
    let children = vec![Name::new("amd64"), Name::new("arm64")];
    Contents::compile(&[
        content("of-referrer", artifact("of-referrer"), None, Some("of-index")),
        content("of-index", artifact("of-index"), Some("signature"), Some("index")),
        content("index", ContentKind::Index { manifests: children }, Some("v1"), None),
        content("amd64", image("linux/amd64"), None, None),
        content("arm64", image("linux/arm64"), None, None),
        content("of-child", artifact("of-child"), None, Some("arm64")),
        content("gone", artifact("gone"), None, None),
        content("of-gone", artifact("of-gone"), None, Some("gone")),
    ])
}

fn raw(contents: &Contents, node: &ContentNode) -> RawManifest {
    let digest_of = |name: &Name| contents.node(name.as_str()).unwrap().digest.clone();
    RawManifest {
        digest: node.digest.clone(),
        media_type: node.media_type.clone(),
        bytes: node.bytes.clone(),
        subject: node.subject.as_ref().map(|subject| subject.digest.clone()),
        manifests: node.manifests.iter().map(digest_of).collect(),
        artifact_type: node.artifact_type.clone(),
        annotations: node.annotations.clone(),
        platform: node.platform.clone(),
        tags: node.tag.iter().cloned().collect(),
        blobs: node.blobs.clone(),
    }
}

#[test]
fn every_convention_writes_them_as_it_writes_what_is_described() {
    let described = described();
    let present = described.in_order().into_iter().filter(|node| !node.absent);
    let taken = Contents::from_manifests(present.map(|node| raw(&described, node)).collect());
    assert_eq!(taken.nodes().len(), described.nodes().len());
    for (at, node) in taken.nodes().iter().enumerate() {
        let earlier = &taken.nodes()[..at];
        let needs = node.subject.iter().map(|subject| &subject.name).chain(&node.manifests);
        assert!(needs.into_iter().all(|need| earlier.iter().any(|other| other.name == *need)));
    }
    for convention in conventions() {
        let files = referee_writer::layout(&taken, &taken.names(), Some(&convention));
        for node in taken.nodes().iter().filter(|node| !node.absent) {
            assert_eq!(files.blob_of(&node.digest), Some(&*node.bytes), "{}: {}", convention.id, node.name);
        }
        // there, content that nothing needs under its digest is replaced by what the convention makes of it
        if convention.carriers.iter().all(|carrier| carrier.place != ListedIn::SubjectIndex) {
            let wanted = referee_writer::layout(&described, &described.names(), Some(&convention));
            assert_eq!(files, wanted, "{}", convention.id);
        }
    }
}

/// Nothing is written anew: not the order of members, not a field that nobody knows, not a line's end.
#[test]
fn bytes_are_kept_as_they_are() {
    let platform_of = |bytes: &[u8]| Algorithm::Sha256.digest(bytes);
    let child = br#"{ "schemaVersion": 2, "unknown": true }"#.to_vec();
    let index =
        format!("{{\"manifests\":[{{\"digest\":\"{}\"}}],\r\n \"x\":1}}", platform_of(&child)).into_bytes();
    let manifest = |bytes: &[u8], children: &[&Digest], tags: &[&str]| RawManifest {
        digest: Algorithm::Sha512.digest(bytes),
        media_type: "application/vnd.example.manifest".to_owned(),
        bytes: bytes.to_vec(),
        subject: None,
        manifests: children.iter().map(|digest| (*digest).clone()).collect(),
        artifact_type: None,
        annotations: BTreeMap::new(),
        platform: None,
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        blobs: vec![Blob {
            digest: Algorithm::Sha256.digest(b"x"),
            media_type: String::new(),
            bytes: b"x".to_vec(),
        }],
    };
    let (child, missing) = (manifest(&child, &[], &[]), Algorithm::Sha256.digest(b"not there"));
    let index = manifest(&index, &[&child.digest, &missing], &["v1", "latest"]);
    let contents = Contents::from_manifests(vec![index.clone(), child.clone(), index.clone()]);
    for convention in conventions() {
        let files = referee_writer::layout(&contents, &contents.names(), Some(&convention));
        let paths: Vec<&str> = files.iter().map(|(path, _)| path).collect();
        assert_eq!(paths.len(), 5, "{}: {paths:?}", convention.id);
        assert_eq!(files.blob_of(&index.digest), Some(&*index.bytes));
        assert_eq!(files.blob_of(&child.digest), Some(&*child.bytes));
        let entries: serde_json::Value = serde_json::from_slice(files.get("index.json").unwrap()).unwrap();
        let entries = entries["manifests"].as_array().unwrap().iter();
        let entries: Vec<_> = entries
            .map(|entry| {
                assert_eq!(entry["digest"], index.digest.to_string());
                entry["annotations"]["org.opencontainers.image.ref.name"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(entries, ["v1", "latest"], "{}", convention.id);
    }
}
