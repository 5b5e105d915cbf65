//! What a layout held before a step, and what of it must still be there afterwards.
//!
//! Owns: which blobs hang together, and comparing. Leaves to others: what the step itself had to do
//! ([`super::After`]).

use std::collections::{BTreeMap, BTreeSet};

use referee_layout::Facts;
use referee_layout::facts::{BlobContent, Entry, Verified};
use referee_layout::graph::{self, EdgeKind};
use referee_spec::Digest;
use referee_writer::{Contents, Name};

use super::State;

/// What of the case's content a step may touch.
#[derive(Debug, Clone, Default)]
pub struct Free<'a> {
    /// The tag that it moves.
    pub moved: Option<&'a str>,
    /// Content that may be gone afterwards.
    pub gone: BTreeSet<Name>,
}

/// What the layout held before a step.
#[derive(Debug, Clone, Default)]
pub struct Before {
    /// Manifests and indexes.
    pub manifests: BTreeSet<Digest>,
    /// What each tag named, where that is one manifest.
    pub tags: BTreeMap<String, Digest>,
    /// The manifests and indexes that index.json led to.
    listed: BTreeSet<Digest>,
    /// Of each manifest and index, itself and all manifests, configs and layers below it that were there and whole.
    below: BTreeMap<Digest, BTreeSet<Digest>>,
}

impl Before {
    /// What the layout holds now; nothing where there is none yet.
    pub fn of(state: &State) -> Self {
        let Ok(facts) = state.facts() else {
            return Self::default();
        };
        let names: BTreeSet<&str> = facts.entries().iter().filter_map(Entry::ref_name).collect();
        let tag = |name: &str| Some((name.to_owned(), facts.resolve(name).ok()?));
        let below = facts.nodes().map(|node| (node.digest.clone(), below(facts, &node.digest)));
        Self {
            manifests: facts.nodes().map(|node| node.digest.clone()).collect(),
            tags: names.into_iter().filter_map(tag).collect(),
            listed: listed(facts),
            below: below.collect(),
        }
    }

    /// Whether there was no layout yet, or one that holds nothing.
    pub fn is_empty(&self) -> bool {
        self.manifests.is_empty()
    }

    /// The manifests and indexes that index.json led to.
    pub fn listed(&self) -> impl Iterator<Item = &Digest> {
        self.listed.iter()
    }

    /// A node, and all manifests, configs and layers below it that were there and whole.
    pub fn below(&self, node: &Digest) -> impl Iterator<Item = &Digest> {
        self.below.get(node).into_iter().flatten()
    }

    /// What was there and is not in a later layout: content by the case's names, other manifests by their digests, and tags.
    pub fn not_in(&self, state: &State, contents: &Contents) -> Vec<String> {
        let Ok(facts) = state.facts() else {
            return Vec::new();
        };
        let named: BTreeMap<Digest, String> = contents
            .nodes()
            .iter()
            .filter_map(|node| Some((state.digest(contents, node.name.as_str())?, node.name.to_string())))
            .collect();
        let name =
            |digest: &&Digest| named.get(*digest).cloned().unwrap_or_else(|| digest.short().to_string());
        let manifests =
            self.manifests.iter().filter(|digest| facts.node(digest).is_none()).map(|one| name(&one));
        let later: BTreeSet<&str> = facts.entries().iter().filter_map(Entry::ref_name).collect();
        let tags =
            self.tags.keys().filter(|tag| !later.contains(tag.as_str())).map(|tag| format!("tag {tag}"));
        manifests.chain(tags).collect()
    }

    /// Whether index.json led to it.
    pub fn led_to(&self, digest: &Digest) -> bool {
        self.listed.contains(digest)
    }

    /// Whether a tag led to it, itself or from above.
    pub fn is_tagged(&self, digest: &Digest) -> bool {
        self.tags.values().any(|tagged| self.below.get(tagged).is_some_and(|below| below.contains(digest)))
    }

    /// What of this node's content was there and is not there, or not whole, any more.
    pub fn lost_below(&self, facts: &Facts, node: &Digest) -> Option<&Digest> {
        self.below.get(node)?.iter().find(|digest| !whole(facts, digest))
    }

    /// What of the case's content was there before a step that adds to it, and is no longer: a sentence. What a
    /// tool keeps besides, such as a response that it has replaced, is its own affair, and so is what the step may
    /// touch.
    pub fn lost(&self, state: &State, facts: &Facts, contents: &Contents, free: &Free<'_>) -> Option<String> {
        let listed = listed(facts);
        let mut must_stay = contents.nodes().iter().filter(|planned| !free.gone.contains(&planned.name));
        must_stay.find_map(|planned| {
            let name = &planned.name;
            let digest = state.digest(contents, name.as_str())?;
            // what nothing leads to is garbage, which any tool may collect
            if !self.listed.contains(&digest) {
                return None;
            }
            if let Some(lost) = self.lost_below(facts, &digest) {
                return Some(if *lost == digest {
                    format!("the blob of `{name}` ({}) is gone or damaged", lost.short())
                } else {
                    format!("a blob of `{name}` ({}) is gone or damaged", lost.short())
                });
            }
            if !listed.contains(&digest) {
                return Some(format!("index.json does not lead to `{name}` any more"));
            }
            let tag = planned.tag.as_deref().filter(|tag| Some(*tag) != free.moved)?;
            let kept = self.tags.get(tag) != Some(&digest) || facts.resolve(tag).as_ref() == Ok(&digest);
            (!kept).then(|| format!("tag {tag} does not name `{name}` any more"))
        })
    }
}

/// Whether a blob is there and is what its name says, as far as that can be known.
pub(crate) fn whole(facts: &Facts, digest: &Digest) -> bool {
    facts.blobs().get(digest).is_some_and(|blob| {
        blob.verified != Verified::No && !matches!(blob.content, BlobContent::Unreadable(_))
    })
}

/// The manifests and indexes that index.json leads to, whether or not they are there.
pub(super) fn listed(facts: &Facts) -> BTreeSet<Digest> {
    let roots = graph::roots(facts).map(|edge| edge.to);
    graph::reachable(facts, roots, not_subject).into_iter().cloned().collect()
}

fn below(facts: &Facts, root: &Digest) -> BTreeSet<Digest> {
    let nodes = graph::reachable(facts, [root], not_subject);
    let nodes = nodes.into_iter().filter_map(|digest| facts.node(digest));
    let all = nodes.flat_map(|node| {
        let edges = graph::edges(node).filter(|edge| not_subject(edge.kind)).map(|edge| edge.to);
        std::iter::once(&node.digest).chain(edges)
    });
    all.filter(|digest| whole(facts, digest)).cloned().collect()
}

fn not_subject(kind: EdgeKind) -> bool {
    kind != EdgeKind::Subject
}
