//! The graph of a layout: what each manifest and index points at.
//!
//! Owns: edges and what can be reached along them. Leaves to others: what an edge means to a reader.

use std::collections::BTreeSet;

use crate::Descriptor;
use crate::facts::{DocumentKind, Facts, Node};
use referee_spec::Digest;

/// One reference from a document to a blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge<'a> {
    /// What kind of reference it is.
    pub kind: EdgeKind,
    /// The blob that is pointed at; it need not be there.
    pub to: &'a Digest,
    /// The place in the list, where the reference is an item of one.
    pub position: Option<u32>,
}

/// The kinds of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// An item of `manifests`, of index.json or of an index.
    Manifest,
    /// `config` of a manifest.
    Config,
    /// An item of `layers`.
    Layer,
    /// `subject`
    Subject,
}

/// The references of index.json.
pub fn roots(facts: &Facts) -> impl Iterator<Item = Edge<'_>> {
    let entries = facts.entries().iter();
    entries.filter_map(|entry| {
        Some(Edge { kind: EdgeKind::Manifest, to: entry.digest()?, position: Some(entry.position) })
    })
}

/// The references of one manifest or index.
pub fn edges(node: &Node) -> impl Iterator<Item = Edge<'_>> {
    let list = match node.kind {
        DocumentKind::Manifest => EdgeKind::Layer,
        DocumentKind::Index => EdgeKind::Manifest,
    };
    let one = |kind, to| Edge { kind, to, position: None };
    let config = node.config.iter().map(move |config: &Descriptor| one(EdgeKind::Config, &config.digest));
    let items = node.entries.iter().filter_map(move |entry| {
        Some(Edge { kind: list, to: entry.digest()?, position: Some(entry.position) })
    });
    let subject = node.subject.iter().map(move |subject| one(EdgeKind::Subject, &subject.digest));
    config.chain(items).chain(subject)
}

/// What index.json lists, or an index that can be reached from there; it need not be there.
pub fn listed(facts: &Facts) -> BTreeSet<&Digest> {
    let indexes = reachable(facts, roots(facts).map(|edge| edge.to), |kind| kind == EdgeKind::Manifest);
    let nodes = indexes.into_iter().filter_map(|digest| facts.node(digest)).flat_map(edges);
    roots(facts).chain(nodes.filter(|edge| edge.kind == EdgeKind::Manifest)).map(|edge| edge.to).collect()
}

/// The manifests and indexes that can be reached from `from` along edges of the kinds that `follow` accepts,
/// `from` included. A corrupt layout can have a cycle, so each document is followed once.
pub fn reachable<'a>(
    facts: &'a Facts,
    from: impl IntoIterator<Item = &'a Digest>,
    follow: impl Fn(EdgeKind) -> bool,
) -> BTreeSet<&'a Digest> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Digest> = from.into_iter().collect();
    while let Some(digest) = open.pop() {
        let Some(node) = facts.node(digest) else {
            continue;
        };
        if seen.insert(&node.digest) {
            open.extend(edges(node).filter(|edge| follow(edge.kind)).map(|edge| edge.to));
        }
    }
    seen
}
