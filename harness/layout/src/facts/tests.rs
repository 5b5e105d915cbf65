use std::fs;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::{Descriptor, Entry, Kind, Layout, Limits, Node, OpenError, Verified, Visitor};
use crate::json::{self, Tree};
use crate::{BlobText, Document};
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

/// A manifest as nearly all are, at times without a member or with another value.
fn manifests() -> impl Strategy<Value = String> {
    let plain = format!(r#"{{"mediaType":"a/b","digest":"sha256:{}","size":2}}"#, "a".repeat(64));
    let noted = plain.replace("\"size\":2", "\"size\":2,\"annotations\":{\"k\":\"v\"}");
    let list = |items: &[&String]| {
        format!("[{}]", items.iter().map(|item| item.as_str()).collect::<Vec<_>>().join(","))
    };
    let manifest = format!("\"{}\"", media_type::IMAGE_MANIFEST);
    let values = [
        ("schemaVersion", vec!["2".to_owned(), "1".to_owned(), "2.0".to_owned(), "\"2\"".to_owned()]),
        ("mediaType", vec![manifest, format!("\"{}\"", media_type::DOCKER_MANIFEST), "5".to_owned()]),
        ("config", vec![plain.clone(), noted.clone(), "null".to_owned(), "{}".to_owned()]),
        (
            "layers",
            vec![list(&[&plain]), list(&[]), list(&[&plain, &noted]), "null".to_owned(), plain.clone()],
        ),
        ("artifactType", vec!["\"a/b\"".to_owned()]),
    ];
    let member = |(name, values): (&'static str, Vec<String>)| {
        let usual = Just(Some(values[0].clone()));
        let odd = prop::sample::select(values).prop_map(Some);
        // nobody has the last one
        let (usual, none) =
            if name == "artifactType" { (usual.prop_map(|_| None).boxed(), 0) } else { (usual.boxed(), 1) };
        let value = prop_oneof![8 => usual, 2 => odd, none + 1 => Just(None)];
        value.prop_map(move |value| value.map(|value| format!("\"{name}\":{value}"))).boxed()
    };
    object(values.map(member).to_vec())
}

/// A descriptor as nearly all are, at times without a member or with another one.
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
        let usual = Just(Some(values[0].clone()));
        let odd = prop::sample::select(values).prop_map(Some);
        // three are required, and nobody has the last one
        let [often, odd_times, none] = if at < 3 {
            [20, 2, 1]
        } else if at < 5 {
            [10, 3, 10]
        } else {
            [0, 1, 20]
        };
        prop_oneof![often => usual, odd_times => odd, none => Just(None)].boxed()
    };
    object(members.into_iter().enumerate().map(member).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_in_one_pass_is_what_is_read_field_by_field(text in manifests()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        let digest = Algorithm::Sha256.digest(text.as_bytes());
        let text = BlobText::new(&digest, text, &tree);
        if let Some(usual) = Node::usual(&text, Verified::Yes).filter(|_| text.simple) {
            let mut any = Node::any(&text, Verified::Yes);
            any.iter_mut().for_each(|any| any.usual = true);
            prop_assert_eq!(Some(usual), any);
        }
    }

    #[test]
    fn a_descriptor_read_in_one_pass_is_one_read_field_by_field(text in descriptors()) {
        let Ok((tree, text)) = Tree::parse(text.as_bytes()) else { return Ok(()) };
        if let Some(usual) = Descriptor::usual(tree.root(text)) {
            prop_assert!(!usual.more().odd);
            prop_assert_eq!(Ok(usual.odd()), Descriptor::any(tree.root(text)));
        }
    }

    #[test]
    fn what_a_document_is_is_told_by_the_first_member_of_each_name(
        members in prop::collection::vec(
            (
                prop::sample::select(vec!["mediaType", "media\\u0054ype", "schemaVersion", "config", "layers", "manifests", "x"]),
                prop_oneof![
                    2 => prop::sample::select(vec!["5", "2", "null", "[]", "{}", r#"{"digest":"x"}"#]).prop_map(str::to_owned),
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
            Some(media_type::IMAGE_MANIFEST) => Some(Kind::Manifest),
            Some(media_type::DOCKER_LIST) => Some(Kind::Index),
            Some(_) => None,
            None => index.then_some(Kind::Index).or(manifest.then_some(Kind::Manifest)),
        };
        prop_assert_eq!(Kind::of(root), kind);
    }
}
