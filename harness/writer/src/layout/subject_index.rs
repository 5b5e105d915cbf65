//! Carriers inside the image's own index.
//!
//! Owns: the index that takes an entry's place and tag, so that it can list referrers beside the image.
//! Leaves to others: everything that index.json itself lists.

use std::collections::BTreeMap;

use referee_convention::Carrier;

use super::carrier::referrer_entries;
use super::scene::{Root, Scene};
use crate::content::{Kind, Name};
use crate::contents::ContentNode;
use crate::document::{Descriptor, Index};

/// The indexes to be written in the place of entries of index.json.
pub(super) struct Replacements<'p> {
    indexes: BTreeMap<Root<'p>, Index>,
    dropped: Vec<&'p Name>,
}

impl<'p> Replacements<'p> {
    /// Lists all referrers by `carriers` in the indexes that they hang below.
    pub(super) fn new(scene: &Scene<'p>, carriers: &[&Carrier]) -> Self {
        let mut lists: BTreeMap<Root<'p>, Vec<Descriptor>> = BTreeMap::new();
        for node in scene.nodes() {
            let Some(subject) = node.subject.as_ref().and_then(|subject| scene.planned(&subject.name)) else {
                continue;
            };
            for root in scene.roots(&subject.name) {
                let entries = carriers.iter().flat_map(|carrier| referrer_entries(carrier, subject, node));
                for entry in entries {
                    let list = lists.entry(root).or_default();
                    if !list.contains(&entry) {
                        list.push(entry);
                    }
                }
            }
        }
        let mut replacements = Self { indexes: BTreeMap::new(), dropped: Vec::new() };
        for (root, list) in lists {
            let index = match root {
                Root::Entry(name) => replacements.around(scene, name, list),
                Root::Absent(_) => Index::new(list),
            };
            replacements.indexes.insert(root, index);
        }
        replacements
    }

    /// The index in the place of the entry of `node`.
    pub(super) fn of(&self, node: &'p ContentNode) -> Option<&Index> {
        self.indexes.get(&Root::Entry(&node.name))
    }

    /// The indexes of referrers whose subject is not in the layout.
    pub(super) fn without_image(&self) -> impl Iterator<Item = &Index> {
        self.indexes.iter().filter(|(root, _)| matches!(root, Root::Absent(_))).map(|(_, index)| index)
    }

    /// Whether another index took the place of `node`, bytes and all.
    pub(super) fn drops(&self, node: &ContentNode) -> bool {
        self.dropped.contains(&&node.name)
    }

    /// An index that nothing needs under its own digest grows by the referrers; anything else gets an index
    /// around it.
    fn around(&mut self, scene: &Scene<'p>, name: &'p Name, list: Vec<Descriptor>) -> Index {
        let node = scene.node(name);
        let grows = |node: &&ContentNode| node.kind == Kind::Index && !scene.is_needed(node);
        let mut index = match node.filter(grows) {
            Some(node) => {
                self.dropped.push(&node.name);
                let children = node.manifests.iter().filter_map(|child| scene.planned(child));
                let mut index = Index::new(children.map(ContentNode::child_descriptor).collect());
                index.artifact_type.clone_from(&node.artifact_type);
                index.annotations.clone_from(&node.annotations);
                index
            }
            None => Index::new(node.map(ContentNode::child_descriptor).into_iter().collect()),
        };
        index.manifests.extend(list);
        index
    }
}
