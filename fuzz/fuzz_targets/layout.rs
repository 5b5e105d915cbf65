//! Any bytes as a layout whose documents name each other: facts, the graph, a view of every subject, and the trees.
#![no_main]

use libfuzzer_sys::fuzz_target;
use referee_convention::Convention;
use referee_fuzz::written;
use referee_layout::{BlobText, Document, Entry, Layout, Limits, Node, Visitor, graph, view};
use referee_source::Source;
use referee_spec::Digest;

const CONVENTION: &str = include_str!("../../cases/conventions/fallback-tag+entries.toml");

struct Pointers;

impl Visitor for Pointers {
    type Kept = String;

    fn root(&self, document: &Document, _: &[Entry]) -> Option<String> {
        document.root().ok().map(|root| root.pointer())
    }

    fn blob(&self, text: &BlobText<'_>, _: Option<&Node>) -> Option<String> {
        text.root().map(|root| root.pointer())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let folder = written(bytes);
    let convention =
        Convention::parse(&Source::new("fallback-tag+entries.toml", CONVENTION)).expect("it is shipped");
    let layout = Layout::open(folder.path()).expect("a layout");
    let (facts, shown) = layout.inspect(&Limits::thorough(), &Pointers);
    assert!(
        shown.blobs.iter().all(|(digest, pointer)| pointer.is_empty() && facts.blobs().get(digest).is_some())
    );
    let roots: Vec<Digest> = graph::roots(&facts).map(|edge| edge.to.clone()).collect();
    graph::reachable(&facts, &roots, |_| true);
    let conventions = std::slice::from_ref(&convention);
    let census = view::Census::new(&facts, conventions);
    for subject in facts.subjects().into_iter().chain(&roots) {
        census.related(&view::read(&facts, subject, conventions));
        view::stored(&facts, subject, conventions);
        view::tree::below(&census, subject);
    }
    view::tree::forest(&census);
});
