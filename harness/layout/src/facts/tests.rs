use std::fs;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::{Descriptor, DocumentKind, Entry, Layout, Limits, Node, OpenError, Platform, Verified, Visitor};
use crate::json::{self, Tree};
use crate::{BlobText, Document, ManifestView};
use referee_spec::{Algorithm, media_type};

/// A layout without blobs.
fn empty() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("oci-layout"), "{}").unwrap();
    fs::write(path.join("index.json"), "{\"manifests\":[]}").unwrap();
    fs::create_dir_all(path.join("blobs/sha256")).unwrap();
    folder
}

#[test]
fn what_is_no_layout_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let open = |name: &str| Layout::open(&path.join(name)).map(|_| ()).unwrap_err();
    assert!(matches!(open("nowhere"), OpenError::NoSuchPath { .. }));
    fs::write(path.join("file.tar"), "x").unwrap();
    assert!(matches!(open("file.tar"), OpenError::NotADirectory { .. }));
    assert!(matches!(open("."), OpenError::NotALayout { missing: "oci-layout", .. }));
    fs::create_dir(path.join("inner")).unwrap();
    fs::write(path.join("inner/oci-layout"), "{}").unwrap();
    assert!(open(".").to_string().contains("inner"));
    assert!(matches!(open("inner"), OpenError::NotALayout { missing: "index.json", .. }));
}

#[test]
fn layers_are_hashed_only_where_that_is_asked_for() {
    let folder = empty();
    let path = folder.path();
    fs::write(path.join(format!("blobs/sha256/{}", "0".repeat(64))), "a layer").unwrap();
    let verified = |limits: &Limits| {
        let facts = Layout::open(path).unwrap().facts(limits);
        facts.blobs().values().next().unwrap().verified
    };
    assert_eq!(verified(&Limits::default()), Verified::Unknown);
    assert_eq!(verified(&Limits::thorough()), Verified::No);
}

/// Sees two documents at the same time, or gives up.
struct Both {
    waiting: Mutex<usize>,
    met: Condvar,
}

impl Visitor for Both {
    type Kept = bool;

    fn root(&self, _: &Document, _: &[Entry]) -> Option<bool> {
        None
    }

    fn blob(&self, _: &BlobText<'_>, _: Option<&Node>) -> Option<bool> {
        let mut waiting = self.waiting.lock().unwrap();
        *waiting += 1;
        self.met.notify_all();
        let patience = Duration::from_secs(20);
        let (waiting, _) = self.met.wait_timeout_while(waiting, patience, |waiting| *waiting < 2).unwrap();
        Some(*waiting >= 2)
    }
}

#[test]
fn two_blobs_are_read_at_the_same_time() {
    let folder = empty();
    let path = folder.path();
    for name in ["a", "b"] {
        fs::write(path.join(format!("blobs/sha256/{}", name.repeat(64))), "{}").unwrap();
    }
    let both = Both { waiting: Mutex::new(0), met: Condvar::new() };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let (_, seen) = pool.install(|| Layout::open(path).unwrap().inspect(&Limits::default(), &both));
    assert!(seen.blobs.iter().all(|(_, both)| *both), "one was read after the other");
}

/// An object of those members that are there.
fn object(members: Vec<BoxedStrategy<Option<String>>>) -> impl Strategy<Value = String> {
    members.prop_map(|members| format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(",")))
}

/// A manifest as most are, at times without a member or with another value.
fn manifests() -> impl Strategy<Value = String> {
    let canonical = format!(r#"{{"mediaType":"a/b","digest":"sha256:{}","size":2}}"#, "a".repeat(64));
    let noted = canonical.replace("\"size\":2", "\"size\":2,\"annotations\":{\"k\":\"v\"}");
    let list = |items: &[&String]| {
        format!("[{}]", items.iter().map(|item| item.as_str()).collect::<Vec<_>>().join(","))
    };
    let manifest = format!("\"{}\"", media_type::IMAGE_MANIFEST);
    let values = [
        ("schemaVersion", vec!["2".to_owned(), "1".to_owned(), "2.0".to_owned(), "\"2\"".to_owned()]),
        ("mediaType", vec![manifest, format!("\"{}\"", media_type::DOCKER_MANIFEST), "5".to_owned()]),
        ("config", vec![canonical.clone(), noted.clone(), "null".to_owned(), "{}".to_owned()]),
        (
            "layers",
            vec![
                list(&[&canonical]),
                list(&[]),
                list(&[&canonical, &noted]),
                "null".to_owned(),
                canonical.clone(),
            ],
        ),
        ("artifactType", vec!["\"a/b\"".to_owned()]),
    ];
    let member = |(name, values): (&'static str, Vec<String>)| {
        let common = Just(Some(values[0].clone()));
        let any = prop::sample::select(values).prop_map(Some);
        // the last one is rare
        let (common, none) =
            if name == "artifactType" { (common.prop_map(|_| None).boxed(), 0) } else { (common.boxed(), 1) };
        let value = prop_oneof![8 => common, 2 => any, none + 1 => Just(None)];
        value.prop_map(move |value| value.map(|value| format!("\"{name}\":{value}"))).boxed()
    };
    object(values.map(member).to_vec())
}

/// A descriptor as most are, at times without a member or with another one.
fn descriptors() -> impl Strategy<Value = String> {
    let digest = format!(r#""digest":"sha256:{}""#, "a".repeat(64));
    let members = [
        vec![r#""mediaType":"a/b""#, r#""mediaType":"a/b;c""#, r#""mediaType":"a\u002fb""#],
        vec![&digest, r#""digest":"x:y""#, r#""digest":5"#],
        vec![r#""size":2"#, r#""size":-1"#, r#""size":1234567890123456"#, r#""size":2,"size":2"#],
        vec![
            r#""platform":{"os":"linux"}"#,
            r#""platform":{"os":"linux","os":"linux"}"#,
            r#""platform":5"#,
            r#""platform":{},"platform":{}"#,
        ],
        vec![
            r#""annotations":{"org.opencontainers.image.ref.name":"v1"}"#,
            r#""annotations":{"b":"\n","a":"x"}"#,
            r#""annotations":{"a":"x","a":"y"}"#,
            r#""annotations":{"a":5}"#,
            r#""annotations":{},"annotations":{"a":"b"}"#,
        ],
        vec![r#""artifactType":"a/b""#, r#""data":"eA==""#, r#""urls":["x:y"]"#],
    ];
    let member = |(at, values): (usize, Vec<&str>)| {
        let values: Vec<String> = values.into_iter().map(str::to_owned).collect();
        let common = Just(Some(values[0].clone()));
        let any = prop::sample::select(values).prop_map(Some);
        // three are required, and the last one is rare
        let [often, seldom, none] = if at < 3 {
            [20, 2, 1]
        } else if at < 5 {
            [10, 3, 10]
        } else {
            [0, 1, 20]
        };
        prop_oneof![often => common, seldom => any, none => Just(None)].boxed()
    };
    object(members.into_iter().enumerate().map(member).collect())
}

/// An image with the four members that are needed, as most programs write it.
fn written_image(root: json::Value<'_>) -> Option<String> {
    let descriptor = |value: json::Value<'_>| {
        let text = |name: &str| Some(value.get(name)?.as_str()?.into_owned());
        let (media_type, digest) = (text("mediaType")?, text("digest")?);
        Some(format!(
            r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{}}}"#,
            value.get("size")?.as_number()?
        ))
    };
    let layers: Option<Vec<_>> = root.get("layers")?.items().map(descriptor).collect();
    Some(format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}}"#,
        media_type::IMAGE_MANIFEST,
        descriptor(root.get("config")?)?,
        layers?.join(","),
    ))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_canonical_manifest_is_one_that_is_written_the_same_again(text in manifests()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        let digest = Algorithm::Sha256.digest(text.as_bytes());
        let node = Node::read(&BlobText::new(&digest, text, &tree), Verified::Yes);
        prop_assert_eq!(node.filter(|node| node.canonical).is_some(), written_image(tree.root(text)) == Some(text.to_owned()));
    }

    #[test]
    fn a_canonical_descriptor_is_one_that_is_written_the_same_again(text in descriptors()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        let Ok(descriptor) = Descriptor::read(tree.root(text)) else { return Ok(()) };
        let platform = descriptor.optional().platform != Platform::Absent;
        let needs_no_care = !descriptor.optional().needs_care;
        let required = format!(
            r#"{{"mediaType":"{}","digest":"{}","size":{}}}"#, descriptor.media_type, descriptor.digest, descriptor.size
        );
        let unescaped = text.replace("\\u002f", "/");
        let safe = descriptor.size < 1_000_000_000_000_000 && descriptor.digest.algorithm() == "sha256";
        prop_assert_eq!(descriptor.is_canonical(), unescaped == required && safe);
        if needs_no_care {
            prop_assert!(platform || !descriptor.optional().annotations.is_empty() || unescaped == required, "{}", text);
            prop_assert!(!["artifactType", "data", "urls", "1234567890123456"].iter().any(|member| text.contains(member)));
        }
    }

    #[test]
    fn what_a_document_is_is_told_by_the_first_member_of_each_name(
        members in prop::collection::vec(
            (
                prop::sample::select(vec!["mediaType", "media\\u0054ype", "schemaVersion", "config", "layers", "manifests", "x"]),
                prop_oneof![
                    2 => prop::sample::select(vec!["5", "2", "null", "[]", "[1]", "{}", r#"{"digest":"x"}"#]).prop_map(str::to_owned),
                    1 => prop::sample::select(vec![media_type::IMAGE_MANIFEST, media_type::DOCKER_LIST, "a/b"])
                        .prop_map(|text| format!("\"{text}\"")),
                ],
            ),
            0..6,
        )
    ) {
        let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let text = format!("{{{}}}", members.join(","));
        let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
        let root = tree.root(text);
        let is_list = |name| root.get(name).is_some_and(|value| value.kind() == json::Kind::Array);
        let versioned = root.get("schemaVersion").is_some();
        let own = root.get("mediaType").and_then(|own| own.as_str());
        let index = is_list("manifests") || versioned && root.get("manifests").is_some();
        let described = root.get("config").is_some_and(|config| config.get("digest").is_some());
        let manifest = described || versioned && is_list("layers");
        let kind = match own.as_deref() {
            Some(media_type::IMAGE_MANIFEST) => Some(DocumentKind::Manifest),
            Some(media_type::DOCKER_LIST) => Some(DocumentKind::Index),
            // any other text is no answer, and neither is a value that is no text
            _ if index && manifest => {
                let listed = root.get("manifests").is_some_and(|list| list.items().next().is_some());
                Some(if listed { DocumentKind::Index } else { DocumentKind::Manifest })
            }
            _ => index.then_some(DocumentKind::Index).or(manifest.then_some(DocumentKind::Manifest)),
        };
        prop_assert_eq!(ManifestView::new(root).kind(), kind);
    }
}

/// Where a document has the fields of both kinds, and does not say itself which one it is, its use decides.
#[test]
fn a_document_with_the_fields_of_both_kinds_is_what_it_is_used_as() {
    let both = |own: &str| {
        format!(r#"{{"schemaVersion":2,{own}"config":{{"digest":"x"}},"layers":[],"manifests":[{{}}]}}"#)
    };
    let read = |text: &str| {
        let (tree, text) = Tree::parse(text.as_bytes()).unwrap();
        let digest = Algorithm::Sha256.digest(text.as_bytes());
        Node::read(&BlobText::new(&digest, text, &tree), Verified::Yes).unwrap()
    };
    let [manifest, index] = [DocumentKind::Manifest, DocumentKind::Index];
    for own in ["", r#""mediaType":"","#, r#""mediaType":"a/b","#, r#""mediaType":5,"#] {
        let node = read(&both(own));
        assert_eq!(node.kind, index, "{own}: there is something in the list");
        assert_eq!(node.invalid.is_some(), !own.is_empty(), "{own}");
        assert_eq!((node.used_as(manifest).kind, node.used_as(index).kind), (manifest, index), "{own}");
    }
    let own = format!(r#""mediaType":"{}","#, media_type::IMAGE_MANIFEST);
    assert_eq!(read(&both(&own)).used_as(index).kind, manifest, "it says so, and is one");
    let wrong = format!(r#"{{"schemaVersion":2,{own}"manifests":[]}}"#);
    assert_eq!((read(&wrong).kind, read(&wrong).used_as(index).kind), (manifest, index));
}
