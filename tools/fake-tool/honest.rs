//! What the fake tool does when it does not misbehave: referrers are entries of index.json.
//!
//! Owns: attach, copy and discover over plain files. Leaves to others: pretending.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use referee::layout::Algorithm;
use serde_json::{Value, json};

use super::Done;

pub(super) fn run(op: &str, arguments: &[&str]) -> Done {
    match (op, arguments) {
        ("attach", [layout, subject, kind]) => attach(Path::new(layout), subject, kind),
        ("discover", [layout, subject]) => {
            println!("{}", json!({ "manifests": referrers(Path::new(layout), subject)? }));
            Ok(())
        }
        ("copy", [from, to]) => copy(Path::new(from), Path::new(to)),
        _ => Err(format!("cannot {op} with {} arguments", arguments.len()).into()),
    }
}

fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

fn blob(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replace(':', "/"))
}

fn put(layout: &Path, bytes: &[u8]) -> Result<Value, Box<dyn Error>> {
    let digest = Algorithm::Sha256.digest(bytes);
    fs::create_dir_all(layout.join("blobs/sha256"))?;
    fs::write(blob(layout, digest.as_str()), bytes)?;
    Ok(json!({ "digest": digest.as_str(), "size": bytes.len() }))
}

fn typed(mut descriptor: Value, media_type: &str) -> Value {
    descriptor["mediaType"] = media_type.into();
    descriptor
}

/// Stores an artifact that refers to `subject`, and lists it.
pub(super) fn attach(layout: &Path, subject: &str, kind: &str) -> Done {
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let empty = typed(put(layout, b"{}")?, "application/vnd.oci.empty.v1+json");
    let size = fs::metadata(blob(layout, subject)).map_or(0, |metadata| metadata.len());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": empty, "layers": [empty],
        "subject": { "mediaType": MANIFEST, "digest": subject, "size": size },
    });
    let entry = typed(put(layout, manifest.to_string().as_bytes())?, MANIFEST);
    let mut index = read(&layout.join("index.json"))?;
    index["manifests"].as_array_mut().ok_or("index.json has no manifests")?.push(entry);
    Ok(fs::write(layout.join("index.json"), index.to_string())?)
}

fn entries(layout: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
    let index = read(&layout.join("index.json"))?;
    Ok(index["manifests"].as_array().cloned().unwrap_or_default())
}

fn refers(layout: &Path, entry: &Value) -> Option<Value> {
    let manifest = read(&blob(layout, entry["digest"].as_str()?)).ok()?;
    manifest.get("subject").is_some().then_some(manifest)
}

/// The descriptors of all entries that refer to `subject`.
pub(super) fn referrers(layout: &Path, subject: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in entries(layout)? {
        let Some(manifest) =
            refers(layout, &entry).filter(|manifest| manifest["subject"]["digest"] == subject)
        else {
            continue;
        };
        found.push(json!({
            "mediaType": entry["mediaType"], "digest": entry["digest"], "size": entry["size"],
            "artifactType": manifest["artifactType"],
        }));
    }
    Ok(found)
}

/// Damages the blobs of all referrers, keeping them readable.
pub(super) fn flip_referrers(layout: &Path, subject: &str) -> Done {
    for referrer in referrers(layout, subject)? {
        let path = blob(layout, referrer["digest"].as_str().unwrap_or_default());
        let mut bytes = fs::read(&path)?;
        bytes.push(b'\n');
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// Leaves out what refers to something, as a copy that follows no referrers would.
pub(super) fn drop_referrers(layout: &Path) -> Done {
    let mut index = read(&layout.join("index.json"))?;
    let kept: Vec<Value> =
        entries(layout)?.into_iter().filter(|entry| refers(layout, entry).is_none()).collect();
    index["manifests"] = kept.into();
    Ok(fs::write(layout.join("index.json"), index.to_string())?)
}

fn copy(from: &Path, to: &Path) -> Done {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
