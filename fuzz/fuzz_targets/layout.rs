//! Any bytes as index.json and as a blob of the right name: facts, the graph and a view of every subject.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use referee_layout::{Algorithm, Convention, Layout, Limits, Source, graph, view};

const CONVENTION: &str = include_str!("../../cases/conventions/fallback+entries.toml");

fuzz_target!(|bytes: &[u8]| {
    let (index, blob) = bytes.split_at(bytes.len() / 2);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path();
    let digest = Algorithm::Sha256.digest(blob);
    fs::create_dir_all(path.join("blobs/sha256")).expect("a folder");
    fs::write(path.join("oci-layout"), "{}").expect("a file");
    fs::write(path.join("index.json"), index).expect("a file");
    fs::write(path.join("blobs/sha256").join(digest.encoded()), blob).expect("a file");
    let convention = Convention::parse(&Source::new("fallback+entries.toml", CONVENTION)).expect("it is shipped");
    let facts = Layout::open(path).expect("a layout").facts(&Limits::thorough());
    graph::reachable(&facts, [&digest], |_| true);
    for subject in facts.subjects().into_iter().cloned().collect::<Vec<_>>() {
        view::read(&facts, &subject, std::slice::from_ref(&convention));
    }
});
