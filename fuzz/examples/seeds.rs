//! Writes the seeds into the corpora, which do not keep them: the shipped files, and the layouts of all conformance cases.
//!
//!     cargo run --example seeds

use std::error::Error;
use std::path::Path;
use std::{fs, io};

use referee_convention::Convention;
use referee_fixtures::Scene;
use referee_runner::catalogue::Catalogue;
use referee_spec::Algorithm;

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let save = |target: &str, bytes: &[u8]| -> io::Result<()> {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(Algorithm::Sha256.digest(bytes).encoded()), bytes)
    };
    let conventions: Vec<Convention> = Catalogue::shipped()?.conventions;
    let (cases, bases) = referee_fixtures::shipped()?;
    let bases_alone = bases.iter().map(|base| base.scene(&conventions));
    let variants = cases.iter().flat_map(|case| &case.variants);
    for scene in bases_alone.chain(variants.map(|variant| variant.scene(&bases, &conventions))) {
        let scene = scene?;
        let tar = scene.tar()?;
        if tar.len() < 60_000 {
            save("tar", &tar)?;
        }
        let (blobs, index) = (blobs(&scene)?, scene.bytes("index.json").unwrap_or_default());
        let parts = parts(&blobs, index);
        if parts.len() < 60_000 && tar.len() < 60_000 {
            save("check", &parts)?;
            save("layout", &parts)?;
            save("json", index)?;
            for (_, blob) in blobs {
                save("json", &blob)?;
            }
        }
    }
    let folders = ["interop", "conformance", "conformance/bases", "conventions", "profiles"];
    let folders = folders.map(|folder| format!("../cases/{folder}"));
    for folder in folders.iter().map(String::as_str).chain(["../tools/under-test", "../golden/interop"]) {
        for file in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "toml") {
                save("files", &fs::read(path)?)?;
            }
        }
    }
    Ok(())
}

/// The blobs of which the digest is right, each after those that it names.
fn blobs(scene: &Scene) -> io::Result<Vec<(String, Vec<u8>)>> {
    let folder = referee_fuzz::folder();
    scene.save(folder.path())?;
    let mut left = Vec::new();
    for file in fs::read_dir(folder.path().join("blobs/sha256")).into_iter().flatten() {
        let path = file?.path();
        if path.is_file() {
            let bytes = fs::read(path)?;
            left.push((Algorithm::Sha256.digest(&bytes).to_string(), bytes));
        }
    }
    left.sort();
    let mut blobs = Vec::new();
    while !left.is_empty() {
        let names =
            |bytes: &[u8], digest: &str| bytes.windows(digest.len()).any(|at| at == digest.as_bytes());
        let free = |(_, bytes): &(String, Vec<u8>)| !left.iter().any(|(digest, _)| names(bytes, digest));
        let next = left.iter().position(free).unwrap_or(0);
        blobs.push(left.remove(next));
    }
    Ok(blobs)
}

/// The form that [`referee_fuzz::written`] reads.
fn parts(blobs: &[(String, Vec<u8>)], index: &[u8]) -> Vec<u8> {
    let mut parts = Vec::new();
    for part in blobs.iter().map(|(_, bytes)| bytes.as_slice()).chain([index]) {
        let Ok(text) = str::from_utf8(part) else {
            parts.push(part.to_vec());
            continue;
        };
        let mut text = text.to_owned();
        for (n, (digest, bytes)) in blobs.iter().enumerate().take(10).filter(|(_, (_, b))| b != part) {
            text = text.replace(digest, &format!("@{n}"));
            text = text.replace(&format!("\"size\":{}}}", bytes.len()), &format!("\"size\":#{n}}}"));
            text = text.replace(&format!("\"size\":{},", bytes.len()), &format!("\"size\":#{n},"));
        }
        parts.push(text.into_bytes());
    }
    parts.join(&0)
}
