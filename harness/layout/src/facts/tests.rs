use std::fs;

use super::{Layout, Limits, OpenError, Verified};

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
