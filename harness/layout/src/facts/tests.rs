use std::fs;

use proptest::prelude::*;

use super::{Layout, Limits, Node, OpenError, Verified};
use crate::json::Tree;
use crate::{Algorithm, BlobText, media_type};

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
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("oci-layout"), "{}").unwrap();
    fs::write(path.join("index.json"), "{\"manifests\":[]}").unwrap();
    fs::create_dir_all(path.join("blobs/sha256")).unwrap();
    fs::write(path.join(format!("blobs/sha256/{}", "0".repeat(64))), "a layer").unwrap();
    let verified = |limits: &Limits| {
        let facts = Layout::open(path).unwrap().facts(limits);
        facts.blobs().values().next().unwrap().verified
    };
    assert_eq!(verified(&Limits::default()), Verified::Unknown);
    assert_eq!(verified(&Limits::thorough()), Verified::No);
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
    let members = values.map(member).to_vec();
    members.prop_map(|members| format!("{{{}}}", members.into_iter().flatten().collect::<Vec<_>>().join(",")))
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
}
