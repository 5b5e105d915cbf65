//! What the fake tool does when it does not misbehave: referrers are entries of index.json.
//!
//! Owns: attach, copy and discover over plain files. Leaves to others: changing what is there ([`super::mutate`]), pretending.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use referee_spec::Algorithm;
use serde_json::{Value, json};

use super::{Done, mutate};

pub(super) fn run(op: &str, arguments: &[&str]) -> Done {
    match (op, arguments) {
        ("attach", [layout, subject, kind, file]) => attach(Path::new(layout), subject, kind, Some(file)),
        ("discover", [layout, subject]) => {
            println!("{}", json!({ "manifests": referrers(Path::new(layout), subject)? }));
            Ok(())
        }
        ("copy", [from, to]) => copy(Path::new(from), Path::new(to)),
        (_, [layout, rest @ ..]) if mutate::run(op, Path::new(layout), rest)? => Ok(()),
        _ => Err(format!("cannot {op} with {} arguments", arguments.len()).into()),
    }
}

pub(super) fn read(path: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_slice(&fs::read(path)?)?)
}

pub(super) fn blob(layout: &Path, digest: &str) -> PathBuf {
    layout.join("blobs").join(digest.replace(':', "/"))
}

pub(super) fn put(layout: &Path, bytes: &[u8]) -> Result<Value, Box<dyn Error>> {
    let digest = Algorithm::Sha256.digest(bytes);
    fs::create_dir_all(layout.join("blobs/sha256"))?;
    fs::write(blob(layout, &digest.to_string()), bytes)?;
    Ok(json!({ "digest": digest, "size": bytes.len() }))
}

pub(super) fn typed(mut descriptor: Value, media_type: &str) -> Value {
    descriptor["mediaType"] = media_type.into();
    descriptor
}

/// What an artifact without content of its own has: the empty blob.
const EMPTY: &str = "{}";

/// Stores an artifact that refers to `subject`, with what lies in `file` if it is named, and lists it.
pub(super) fn attach(layout: &Path, subject: &str, kind: &str, file: Option<&str>) -> Done {
    const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    let empty = typed(put(layout, EMPTY.as_bytes())?, "application/vnd.oci.empty.v1+json");
    let layer = match file {
        Some(file) => typed(put(layout, &fs::read(file)?)?, "text/plain"),
        None => empty.clone(),
    };
    let size = fs::metadata(blob(layout, subject)).map_or(0, |metadata| metadata.len());
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind, "config": empty, "layers": [layer],
        "subject": { "mediaType": MANIFEST, "digest": subject, "size": size },
    });
    let entry = typed(put(layout, manifest.to_string().as_bytes())?, MANIFEST);
    let mut index = read(&layout.join("index.json"))?;
    index["manifests"].as_array_mut().ok_or("index.json has no manifests")?.push(entry);
    Ok(fs::write(layout.join("index.json"), index.to_string())?)
}

pub(super) fn entries(layout: &Path) -> Result<Vec<Value>, Box<dyn Error>> {
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

/// Undoes a part of what attaching did, or of what was there before.
pub(super) fn spoil(behaviour: &str, layout: &Path, subject: &str) -> Done {
    let mut index = read(&layout.join("index.json"))?;
    match behaviour {
        "no-file" | "no-config" => {
            for referrer in referrers(layout, subject)? {
                let manifest = read(&blob(layout, referrer["digest"].as_str().unwrap_or_default()))?;
                let lost = if behaviour == "no-file" { &manifest["layers"][0] } else { &manifest["config"] };
                fs::remove_file(blob(layout, lost["digest"].as_str().unwrap_or_default()))?;
            }
        }
        "drops-subject" => fs::remove_file(blob(layout, subject))?,
        "damages-subject" => {
            let manifest = read(&blob(layout, subject))?;
            fs::write(blob(layout, manifest["layers"][0]["digest"].as_str().unwrap_or_default()), "other")?;
        }
        "drops-tag" => {
            for entry in index["manifests"].as_array_mut().into_iter().flatten() {
                entry.as_object_mut().map(|entry| entry.remove("annotations"));
            }
        }
        _ => {
            let kept = entries(layout)?.into_iter().filter(|entry| entry["digest"] != subject);
            index["manifests"] = kept.collect::<Vec<_>>().into();
        }
    }
    Ok(fs::write(layout.join("index.json"), index.to_string())?)
}

/// Removes all blobs but manifests and indexes.
pub(super) fn keep_manifests(layout: &Path) -> Done {
    for entry in fs::read_dir(layout.join("blobs/sha256"))? {
        let path = entry?.path();
        let manifest = read(&path).is_ok_and(|value| value.get("schemaVersion").is_some());
        if !manifest {
            fs::remove_file(path)?;
        }
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
