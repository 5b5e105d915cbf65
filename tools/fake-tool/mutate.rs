//! What the fake tool does to a layout that is there: tag, gc, delete and write; that it builds one; and its lies about them.
//!
//! Owns: all of that. Leaves to others: everything else that it can ([`super::honest`]).

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::Done;
use super::honest::{attach, blob, entries, put, read, typed};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const ATTESTATION: &str = "application/vnd.docker.attestation.manifest.v1+json";
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// Does an operation honestly; `false` where it is none of these.
pub(super) fn run(op: &str, layout: &Path, arguments: &[&str]) -> Result<bool, Box<dyn Error>> {
    match (op, arguments) {
        ("tag", [digest, tag]) => tag_as(layout, digest, tag)?,
        ("gc", []) => collect(layout)?,
        ("delete", ["manifest", digest]) => {
            keep(layout, |entry| entry["digest"] != **digest)?;
            fs::remove_file(blob(layout, digest))?;
        }
        ("delete", ["tag", tag]) => keep(layout, |entry| entry["annotations"][REF_NAME] != **tag)?,
        ("write", [tag]) => {
            let digest = manifest(layout, tag)?;
            tag_as(layout, &digest, tag)?;
        }
        ("build", [tag]) => {
            let image = build(layout, tag)?;
            attach(layout, &image, ATTESTATION, None)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Pretends to have done an operation; `false` where it is none of these lies.
pub(super) fn lie(behaviour: &str, layout: &Path, arguments: &[&str]) -> Result<bool, Box<dyn Error>> {
    let last = arguments.last().copied().unwrap_or_default();
    let refers = |entry: &Value| read(&blob(layout, entry["digest"].as_str()?)).ok()?.get("subject").cloned();
    match behaviour {
        "tags-another" => {
            let all = entries(layout)?;
            let another = all.iter().find(|entry| refers(entry).is_some()).ok_or("nothing refers")?;
            tag_as(layout, another["digest"].as_str().unwrap_or_default(), last)?;
        }
        "moves-tag" => {
            keep(layout, |entry| entry["digest"] != *arguments[1])?;
            tag_as(layout, arguments[1], last)?;
        }
        "collects-all" => {
            for file in fs::read_dir(layout.join("blobs/sha256"))? {
                fs::remove_file(file?.path())?;
            }
        }
        "deletes-all" => {
            run("delete", layout, &arguments[1..])?;
            keep(layout, |entry| refers(entry).is_none())?;
        }
        "deletes-blob" => fs::remove_file(blob(layout, last))?,
        "builds-no-attestation" => {
            build(layout, last)?;
        }
        "builds-two-attestations" => {
            run("build", layout, &[last])?;
            let image = entries(layout)?[0]["digest"].clone();
            attach(layout, image.as_str().unwrap_or_default(), "application/vnd.example.other", None)?;
        }
        "copies-no-entries" => {
            let copy = Path::new(last);
            super::honest::run("copy", arguments)?;
            keep(copy, |_| false)?;
        }
        "writes-over" => {
            keep(layout, |_| false)?;
            run("write", layout, &[last])?;
        }
        "writes-nothing" => {
            let all = entries(layout)?;
            tag_as(layout, all[0]["digest"].as_str().unwrap_or_default(), last)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A layout with an image.
fn build(layout: &Path, tag: &str) -> Result<String, Box<dyn Error>> {
    fs::create_dir_all(layout)?;
    fs::write(layout.join("oci-layout"), json!({ "imageLayoutVersion": "1.0.0" }).to_string())?;
    fs::write(layout.join("index.json"), json!({ "schemaVersion": 2, "manifests": [] }).to_string())?;
    let digest = manifest(layout, tag)?;
    tag_as(layout, &digest, tag)?;
    Ok(digest)
}

fn tag_as(layout: &Path, digest: &str, tag: &str) -> Done {
    let size = fs::metadata(blob(layout, digest))?.len();
    let entry = json!({
        "mediaType": MANIFEST, "digest": digest, "size": size, "annotations": { REF_NAME: tag },
    });
    let all: Vec<Value> = entries(layout)?.into_iter().chain([entry]).collect();
    store(layout, &all)
}

fn keep(layout: &Path, kept: impl Fn(&Value) -> bool) -> Done {
    let all: Vec<Value> = entries(layout)?.into_iter().filter(kept).collect();
    store(layout, &all)
}

fn store(layout: &Path, entries: &[Value]) -> Done {
    let mut index = read(&layout.join("index.json"))?;
    index["manifests"] = entries.into();
    Ok(fs::write(layout.join("index.json"), index.to_string())?)
}

/// Stores an artifact without a subject.
fn manifest(layout: &Path, text: &str) -> Result<String, Box<dyn Error>> {
    let empty = typed(put(layout, b"{}")?, "application/vnd.oci.empty.v1+json");
    let layer = typed(put(layout, text.as_bytes())?, "text/plain");
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "application/vnd.example.config",
        "config": empty, "layers": [layer],
    });
    let stored = put(layout, manifest.to_string().as_bytes())?;
    Ok(stored["digest"].as_str().unwrap_or_default().to_owned())
}

/// Removes blobs that no entry leads to.
fn collect(layout: &Path) -> Done {
    let mut used: Vec<String> = Vec::new();
    let mut next = entries(layout)?;
    while let Some(descriptor) = next.pop() {
        let digest = descriptor["digest"].as_str().unwrap_or_default().to_owned();
        let document = read(&blob(layout, &digest)).unwrap_or_default();
        next.extend(document.get("config").cloned());
        next.extend(
            ["layers", "manifests"].iter().filter_map(|key| document[key].as_array()).flatten().cloned(),
        );
        used.push(digest.replace("sha256:", ""));
    }
    for file in fs::read_dir(layout.join("blobs/sha256"))? {
        let file = file?;
        if !used.iter().any(|digest| **digest == *file.file_name()) {
            fs::remove_file(file.path())?;
        }
    }
    Ok(())
}
