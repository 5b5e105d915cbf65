//! `check` beside programs that only hash, and beside Debian's `oci-image-tool validate`: `cargo bench --bench check`.
//! openssl is on every Debian; the other comes with `apt-get install oci-image-tool`.
//!
//! Owns: the layouts (made here, from a counter, in memory) and the ratios: whole processes, medians of alternating runs,
//! all warm. GNU time, where it is installed, adds the peak of memory.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use referee::spec::{Algorithm, Digest};

const IMAGE: &str = "application/vnd.oci.image";

fn put(root: &Path, bytes: &[u8]) -> (Digest, usize) {
    let digest = Algorithm::Sha256.digest(bytes);
    fs::write(root.join("blobs/sha256").join(digest.encoded()), bytes).unwrap();
    (digest, bytes.len())
}

fn descriptor(kind: &str, (digest, size): &(Digest, usize), rest: &str) -> String {
    format!(r#"{{"mediaType":"{IMAGE}.{kind}","digest":"{digest}","size":{size}{rest}}}"#)
}

/// A layout of images, each with a layer of its own; nothing is wrong with it.
fn layout(layers: &mut dyn Iterator<Item = (Digest, usize)>, root: &Path) {
    let mut entries = Vec::new();
    for (n, layer) in layers.enumerate() {
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","config":{{"Labels":{{"n":"{n}"}}}},"rootfs":{{"type":"layers","diff_ids":["{}"]}}}}"#,
            layer.0
        );
        let config = descriptor("config.v1+json", &put(root, config.as_bytes()), "");
        let layer = descriptor("layer.v1.tar", &layer, "");
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{IMAGE}.manifest.v1+json","config":{config},"layers":[{layer}]}}"#
        );
        let rest = format!(
            r#","platform":{{"architecture":"amd64","os":"linux"}},"annotations":{{"org.opencontainers.image.ref.name":"v{n}"}}"#
        );
        entries.push(descriptor("manifest.v1+json", &put(root, manifest.as_bytes()), &rest));
    }
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"{IMAGE}.index.v1+json","manifests":[{}]}}"#,
        entries.join(",")
    );
    fs::write(root.join("index.json"), index).unwrap();
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
    folder
}

/// So many images, each with a layer of so many MiB.
fn large(count: u32, mebibytes: u32) -> (tempfile::TempDir, Vec<String>) {
    let folder = folder();
    let (mut blobs, mut layers) = (Vec::new(), Vec::new());
    for layer in 0..count {
        let part = folder.path().join("part");
        let mut hasher = Algorithm::Sha256.hasher();
        let mut file = File::create(&part).unwrap();
        for n in 0..mebibytes {
            let word = |at: u32| at ^ (layer * mebibytes + n).wrapping_mul(2_654_435_761);
            let piece: Vec<u8> = (0..1 << 18).flat_map(|at| word(at).to_le_bytes()).collect();
            hasher.update(&piece);
            file.write_all(&piece).unwrap();
        }
        let digest = hasher.finish();
        let blob = folder.path().join("blobs/sha256").join(digest.encoded());
        fs::rename(part, &blob).unwrap();
        layers.push((digest, (mebibytes as usize) << 20));
        blobs.push(blob.to_str().unwrap().to_owned());
    }
    layout(&mut layers.into_iter(), folder.path());
    (folder, blobs)
}

/// So many images with layers of 512 bytes.
fn many(count: usize) -> tempfile::TempDir {
    let folder = folder();
    let root = folder.path().to_owned();
    layout(&mut (0..count).map(|n| put(&root, format!("{n:016}").repeat(32).as_bytes())), folder.path());
    folder
}

fn time(words: &[&str]) -> Duration {
    let begin = Instant::now();
    let status = Command::new(words[0]).args(&words[1..]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success(), "{words:?}");
    begin.elapsed()
}

fn beside(what: &str, ours: &[&str], theirs: &[&str], runs: usize) {
    if Command::new(theirs[0]).arg("--help").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("{what}: {} is not installed", theirs[0]);
        return;
    }
    let (mut fast, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..=runs {
        fast.push(time(ours));
        slow.push(time(theirs));
    }
    // the first runs warm up
    let median = |mut all: Vec<Duration>| {
        all.remove(0);
        all.sort();
        all[runs / 2]
    };
    let (fast, slow) = (median(fast), median(slow));
    let ratio = slow.as_secs_f64() / fast.as_secs_f64();
    println!("{what}: referee {fast:.1?}, {} {slow:.1?}: {ratio:.2} times as long", theirs[0]);
}

fn peak(what: &str, ours: &[&str]) {
    let output = Command::new("/usr/bin/time").args(["-f", "%M"]).args(ours).stdout(Stdio::null()).output();
    let Ok(output) = output else { return println!("{what}: GNU time is not installed") };
    println!("{what}: peak {} KiB", String::from_utf8_lossy(&output.stderr).trim());
}

fn main() {
    let referee = env!("CARGO_BIN_EXE_referee");
    {
        let (folder, blobs) = large(1, 1024);
        let ours = [referee, "check", folder.path().to_str().unwrap(), "-j", "1"];
        beside("1 blob of 1 GiB, 1 thread", &ours, &["openssl", "dgst", "-sha256", &blobs[0]], 5);
        peak("1 blob of 1 GiB", &ours);
    }
    {
        let (folder, blobs) = large(8, 64);
        let ours = [referee, "check", folder.path().to_str().unwrap(), "-j", "2"];
        let mut theirs = vec!["openssl", "dgst", "-sha256"];
        theirs.extend(blobs.iter().map(String::as_str));
        beside("8 blobs of 64 MiB, 2 threads", &ours, &theirs, 7);
        peak("8 blobs of 64 MiB", &ours);
    }
    let folder = many(10_000);
    let root = folder.path().to_str().unwrap();
    let ours = [referee, "check", root, "-j", "2"];
    let hash = format!("cd {root}/blobs/sha256 && ls -U | xargs openssl dgst -sha256");
    beside("10 000 images, 2 threads", &ours, &["sh", "-c", &hash], 21);
    peak("10 000 images", &ours);
    let folder = many(1_000);
    let root = folder.path().to_str().unwrap();
    let theirs = ["oci-image-tool", "validate", "--type", "image", root];
    beside("1 000 images, 2 threads", &[referee, "check", root, "-j", "2"], &theirs, 15);
}
