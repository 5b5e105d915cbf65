//! Text of others on a terminal: escapes in any field, key, file name or link are printed as escapes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::{folder, referee};
use referee::spec::path::blob_path;
use referee::spec::{Algorithm, Digest};
use serde_json::{Value, json};

/// What a terminal obeys, ends a line, or turns text around.
const EVIL: &str = "v\u{1b}]0;x\u{7}\u{9b}31m\r\n\u{202e}\u{61c}";

/// Copies of a document, each with that text in one place: a string, a member's name, or a member more.
fn variants(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::String(_) => all.push(json!(EVIL)),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                for variant in variants(item) {
                    let mut copy = items.clone();
                    copy[n] = variant;
                    all.push(copy.into());
                }
            }
        }
        Value::Object(members) => {
            let with = |name: &str, value: Value| {
                let mut copy = members.clone();
                copy.insert(name.to_owned(), value);
                Value::from(copy)
            };
            all.extend([with(EVIL, json!(1)), with(EVIL, json!(EVIL))]);
            for (name, member) in members {
                all.extend(variants(member).into_iter().map(|variant| with(name, variant)));
                let mut copy = members.clone();
                copy.remove(name);
                copy.insert(format!("{name}{EVIL}"), member.clone());
                all.push(copy.into());
            }
        }
        _ => {}
    }
    all
}

fn blob(root: &Path, bytes: &[u8]) -> Digest {
    let digest = Algorithm::Sha256.digest(bytes);
    fs::write(root.join(blob_path(&digest)), bytes).expect("a file");
    digest
}

fn write(root: &Path, version: &Value, index: &Value) {
    for (name, value) in [("oci-layout", version), ("index.json", index)] {
        fs::write(root.join(name), value.to_string()).expect("a file");
    }
}

fn descriptor(digest: &Digest, media_type: &str, size: usize) -> Value {
    let media_type = format!("application/vnd.oci.{media_type}.v1+json");
    json!({"mediaType": media_type, "digest": digest.to_string(), "size": size, "artifactType": "a/b",
        "platform": {"os": "linux", "architecture": "amd64", "variant": "v8", "os.features": ["x"]},
        "annotations": {"org.opencontainers.image.ref.name": "v1", "org.example.x": "y"},
        "urls": ["https://example.com/a"], "data": "e30="})
}

/// Layouts of a referrer, an index with it and an index.json, with that text in each place of each in turn.
fn layouts(root: &Path) -> usize {
    let mut n = 0;
    let mut next = || {
        n += 1;
        let layout = root.join(n.to_string());
        fs::create_dir_all(layout.join("blobs/sha256")).expect("a folder");
        blob(&layout, b"{}");
        layout
    };
    let version = json!({"imageLayoutVersion": "1.0.0"});
    let empty = descriptor(&Algorithm::Sha256.digest(b"{}"), "empty", 2);
    let manifest = json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "artifactType": "a/b", "config": empty, "layers": [empty],
        "subject": descriptor(&Algorithm::Sha256.digest(b"gone"), "image.manifest", 4),
        "annotations": {"org.opencontainers.image.created": "2026-01-01T00:00:00Z", "org.example.x": "y"}});
    let index = |children: Vec<Value>| {
        json!({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": children, "annotations": {"org.example.x": "y"}})
    };
    for manifest in variants(&manifest) {
        let (layout, bytes) = (next(), manifest.to_string());
        let child = descriptor(&blob(&layout, bytes.as_bytes()), "image.manifest", bytes.len());
        write(&layout, &version, &index(vec![child]));
    }
    let bytes = manifest.to_string();
    let child = |layout: &Path| descriptor(&blob(layout, bytes.as_bytes()), "image.manifest", bytes.len());
    let image = next();
    let right = index(vec![child(&image)]);
    write(&image, &version, &right);
    for nested in variants(&right) {
        let (layout, bytes) = (next(), nested.to_string());
        child(&layout);
        let child = descriptor(&blob(&layout, bytes.as_bytes()), "image.index", bytes.len());
        write(&layout, &version, &index(vec![child]));
    }
    let roots = variants(&right).into_iter().map(|index| (version.clone(), index));
    let versions = variants(&version).into_iter().map(|version| (version, right.clone()));
    for (version, index) in roots.chain(versions) {
        let layout = next();
        child(&layout);
        write(&layout, &version, &index);
    }
    // what is no JSON, names of files, and where links lead
    let layout = next();
    fs::write(layout.join("index.json"), EVIL).expect("a file");
    fs::write(layout.join("oci-layout"), format!("{{\"{EVIL}")).expect("a file");
    for name in ["", "blobs", "blobs/sha256"] {
        let layout = next();
        child(&layout);
        write(&layout, &version, &right);
        fs::write(layout.join(name).join(EVIL), EVIL).expect("a file");
        fs::create_dir(layout.join(name).join(format!("x{EVIL}"))).expect("a folder");
        symlink(EVIL, layout.join("blobs/sha256").join("0".repeat(64))).expect("a link");
        symlink(format!("../../../{EVIL}"), layout.join("blobs").join("sha512")).expect("a link");
    }
    n
}

#[test]
fn nothing_foreign_is_printed_as_it_is() {
    let folder = folder();
    let root = folder.path().join(EVIL);
    let n = layouts(&root);
    fs::write(root.join("no.tar"), EVIL).expect("a file");
    let mut names: Vec<String> = (1..=n).map(|n| n.to_string()).collect();
    names.extend(["no.tar".to_owned(), EVIL.to_owned()]);
    for profile in ["image-spec", "strict", "pr-1171", "image-spec-head"] {
        let layouts = names.iter().map(|name| root.join(name));
        let words = ["check", "--profile", profile];
        let output = referee(folder.path()).args(words).args(layouts).output().expect("referee starts");
        for (bytes, least) in [(output.stdout, 1000), (output.stderr, 2)] {
            let text = String::from_utf8(bytes).expect("text");
            let is_raw = |c: char| c != '\n' && c.is_control() || ['\u{202e}', '\u{61c}'].contains(&c);
            let raw: Vec<&str> = text.lines().filter(|line| line.contains(is_raw)).take(5).collect();
            assert!(raw.is_empty(), "{profile}: {raw:#?}");
            assert!(text.matches(r"\u{1b}").count() >= least, "{profile}: {text}");
        }
    }
}
