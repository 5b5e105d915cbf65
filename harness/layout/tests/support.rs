//! Layouts written by hand, without the built-in writer: one bug must not hide in both.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use referee_convention::Convention;
use referee_source::Source;
use referee_spec::{Algorithm, Digest};

/// All shipped conventions.
pub(crate) fn conventions() -> Vec<Convention> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/conventions");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &PathBuf| Source::new(path.to_str().unwrap(), fs::read_to_string(path).unwrap());
    paths.iter().map(|path| Convention::parse(&read(path)).unwrap()).collect()
}

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Files of a layout: paths and contents.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// Adds a blob, and gives its digest and size.
pub(crate) fn blob(files: &mut Files, bytes: &str) -> (Digest, usize) {
    let digest = Algorithm::Sha256.digest(bytes.as_bytes());
    files.push((format!("blobs/sha256/{}", digest.encoded()), bytes.as_bytes().to_vec()));
    (digest, bytes.len())
}

/// A descriptor, with more members in `rest`, which begins with a comma if it is not empty.
pub(crate) fn descriptor(media_type: &str, (digest, size): &(Digest, usize), rest: &str) -> String {
    format!(r#"{{"mediaType":"{media_type}","digest":"{digest}","size":{size}{rest}}}"#)
}

/// A manifest; `rest` as in [`descriptor`].
pub(crate) fn manifest(rest: &str) -> String {
    let config = r#"{"mediaType":"application/vnd.example.config","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2}"#;
    format!(r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{config},"layers":[]{rest}}}"#)
}

/// An index of these descriptors.
pub(crate) fn index(descriptors: &[String], rest: &str) -> String {
    let descriptors = descriptors.join(",");
    format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":[{descriptors}]{rest}}}"#)
}

/// Adds `oci-layout` and an index.json of these entries.
pub(crate) fn finish(mut files: Files, entries: &[String]) -> Files {
    files.push(("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()));
    files.push(("index.json".to_owned(), index(entries, "").into_bytes()));
    files
}

/// A small layout in which everything occurs that a mutation can spoil: an image tagged `v1`, its SBOM, a response
/// that has the fallback tag and the annotation of PR 1171.
pub(crate) fn valid() -> Files {
    let mut files = Files::new();
    let image = blob(&mut files, &manifest(""));
    let subject = descriptor(MANIFEST, &image, "");
    let sbom = manifest(&format!(r#","artifactType":"a/b","subject":{subject},"annotations":{{"k":"v"}}"#));
    let sbom = blob(&mut files, &sbom);
    let listed = descriptor(MANIFEST, &sbom, r#","artifactType":"a/b","annotations":{"k":"v"}"#);
    let response = blob(&mut files, &index(&[listed], ""));
    let (digest, tag) = (&image.0, image.0.to_string().replace(':', "-"));
    let mark = format!(
        r#","annotations":{{"org.opencontainers.image.ref.name":"{tag}","org.opencontainers.image.referrer.subject":"{digest}"}}"#
    );
    let tagged = r#","annotations":{"org.opencontainers.image.ref.name":"v1"}"#;
    let entries = [descriptor(MANIFEST, &image, tagged), descriptor(INDEX, &response, &mark)];
    finish(files, &entries)
}

/// Writes the files to a folder of their own.
pub(crate) fn save(files: &[(String, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}
