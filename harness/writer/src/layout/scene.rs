//! The part of the content that one layout shows.
//!
//! Owns: who is written, who has an entry of their own, who refers to whom, and below which entry of
//! index.json a node hangs. Leaves to others: what the carriers do with that.

use std::collections::BTreeSet;

use crate::content::Name;
use crate::contents::{ContentNode, Contents};

/// The nodes that are to be written.
pub(super) struct Scene<'p> {
    contents: &'p Contents,
    nodes: Vec<&'p ContentNode>,
    top_level: BTreeSet<&'p Name>,
}

/// Where a referrer's subject leads to at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Root<'p> {
    /// An entry of index.json.
    Entry(&'p Name),
    /// A subject that is not in the layout.
    Absent(&'p Name),
}

impl<'p> Scene<'p> {
    pub(super) fn new(contents: &'p Contents, which: &BTreeSet<Name>) -> Self {
        let mut nodes = contents.in_order();
        nodes.retain(|node| which.contains(&node.name));
        let mut scene = Self { contents, nodes, top_level: BTreeSet::new() };
        scene.find_top_level();
        scene
    }

    /// All nodes, in the order of the case.
    pub(super) fn nodes(&self) -> impl Iterator<Item = &'p ContentNode> {
        self.nodes.iter().copied()
    }

    /// The nodes that have bytes in this layout.
    pub(super) fn present(&self) -> impl Iterator<Item = &'p ContentNode> {
        self.nodes().filter(|node| !node.absent)
    }

    /// The nodes that have an entry in index.json whatever the convention is: no referrer, and no other
    /// node's child unless it has a tag.
    pub(super) fn top_level(&self) -> impl Iterator<Item = &'p ContentNode> {
        self.present().filter(|node| self.top_level.contains(&node.name))
    }

    /// The node of that name, if it is in this layout.
    pub(super) fn node(&self, name: &Name) -> Option<&'p ContentNode> {
        self.nodes().find(|node| node.name == *name)
    }

    /// The node of that name, whether it is in this layout or not.
    pub(super) fn planned(&self, name: &Name) -> Option<&'p ContentNode> {
        self.contents.node(name.as_str())
    }

    /// Each subject with its referrers; all in the order of the case.
    pub(super) fn subjects(&self) -> Vec<(&'p ContentNode, Vec<&'p ContentNode>)> {
        let all = self.contents.in_order().into_iter();
        all.map(|subject| (subject, self.referrers_of(&subject.name)))
            .filter(|(_, referrers)| !referrers.is_empty())
            .collect()
    }

    /// Whether something needs `node` under its own digest: a referrer names it, an index lists it, or a step
    /// asks about it.
    pub(super) fn is_needed(&self, node: &ContentNode) -> bool {
        self.contents.is_asked_about(node.name.as_str())
            || !self.referrers_of(&node.name).is_empty()
            || self.parents(&node.name).next().is_some()
    }

    /// Below which entries `name` hangs, going up from children to indexes and from referrers to subjects.
    pub(super) fn roots(&self, name: &'p Name) -> BTreeSet<Root<'p>> {
        let mut entries = BTreeSet::new();
        let mut absent = BTreeSet::new();
        let mut visited = BTreeSet::new();
        let mut to_visit = vec![name];
        // an index can have its own subject as a child, so the way up can lead back
        while let Some(name) = to_visit.pop() {
            if !visited.insert(name) {
                continue;
            }
            if self.top_level.contains(name) {
                entries.insert(Root::Entry(name));
            }
            let subject = self.node(name).and_then(|node| node.subject.as_ref());
            let parents: Vec<&Name> = self.parents(name).map(|parent| &parent.name).collect();
            if subject.is_none() && parents.is_empty() && !self.is_present(name) {
                absent.insert(Root::Absent(name));
            }
            to_visit.extend(parents);
            to_visit.extend(subject.map(|subject| &subject.name));
        }
        match (entries.is_empty(), absent.is_empty()) {
            (false, _) => entries,
            (true, false) => absent,
            (true, true) => BTreeSet::from([Root::Absent(name)]),
        }
    }

    /// Finds entries from which everything hangs: through children, and through referrers, which the
    /// convention lists in its own way. What has no other way in becomes an entry, the outermost first.
    fn find_top_level(&mut self) {
        let mut reached = BTreeSet::new();
        for node in self.present().collect::<Vec<_>>() {
            let child = self.parents(&node.name).next().is_some();
            match &node.subject {
                None if node.tag.is_some() || !child => self.enter(node, &mut reached),
                Some(subject) if !self.is_present(&subject.name) => self.reach(node, &mut reached),
                _ => {}
            }
        }
        for node in self.contents.nodes().iter().rev() {
            let free = node.subject.is_none() && self.is_present(&node.name);
            if free && !reached.contains(&node.name) {
                self.enter(node, &mut reached);
            }
        }
    }

    fn enter(&mut self, node: &'p ContentNode, reached: &mut BTreeSet<&'p Name>) {
        self.top_level.insert(&node.name);
        self.reach(node, reached);
    }

    fn reach(&self, node: &'p ContentNode, reached: &mut BTreeSet<&'p Name>) {
        let mut to_visit = vec![node];
        while let Some(node) = to_visit.pop() {
            if reached.insert(&node.name) {
                let children = node.manifests.iter().filter_map(|child| self.node(child));
                to_visit.extend(children.chain(self.referrers_of(&node.name)).filter(|n| !n.absent));
            }
        }
    }

    fn is_present(&self, name: &Name) -> bool {
        self.node(name).is_some_and(|node| !node.absent)
    }

    fn parents(&self, name: &Name) -> impl Iterator<Item = &'p ContentNode> {
        self.present().filter(move |node| node.manifests.contains(name))
    }

    fn referrers_of(&self, name: &Name) -> Vec<&'p ContentNode> {
        let refers = |node: &&ContentNode| node.subject.as_ref().is_some_and(|s| s.name == *name);
        self.nodes().filter(refers).collect()
    }
}
