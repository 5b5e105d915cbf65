//! Layouts from manifests that exist already: the bytes stay, and every convention lists them as it lists described
//! content.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use referee_convention::ListedIn;
use referee_spec::{Algorithm, Digest};
use referee_writer::{Blob, ContentNode, Contents, Name, RawManifest};
use support::{artifact, content, conventions, image, index};

/// Two platforms in one index, a referrer of the index, one of a platform, one of a referrer, one of what is absent.
fn described() -> Contents {
    Contents::compile(&[
        content("of-referrer", artifact("of-referrer"), None, Some("of-index")),
        content("of-index", artifact("of-index"), Some("signature"), Some("index")),
        content("index", index(&["amd64", "arm64"]), Some("v1"), None),
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

/// An index that a convention would let grow, were it only described, is listed by another one.
#[test]
fn an_index_stays_whose_child_has_a_referrer() {
    let described = Contents::compile(&[
        content("index", index(&["image"]), Some("v1"), None),
        content("image", image("linux/amd64"), None, None),
        content("sbom", artifact("sbom"), None, Some("image")),
    ]);
    let taken = Contents::from_manifests(
        described.in_order().into_iter().map(|node| raw(&described, node)).collect(),
    );
    let index = &described.node("index").unwrap().digest;
    for convention in conventions() {
        let stays = |contents: &Contents| {
            referee_writer::layout(contents, &contents.names(), Some(&convention)).blob_of(index).is_some()
        };
        let grows = convention.carriers.iter().any(|carrier| carrier.place == ListedIn::SubjectIndex);
        assert_eq!((stays(&taken), stays(&described)), (true, !grows), "{}", convention.id);
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
    // the first of two counts
    let again = RawManifest { tags: vec!["other".to_owned()], ..index.clone() };
    let contents = Contents::from_manifests(vec![index.clone(), child.clone(), again]);
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
