//! All of a layout's subjects, and all that refers to them, as trees.
//!
//! Owns: which manifests are roots, and what is below what. Leaves to others: who names whom ([`super::census`]), and which
//! convention finds a referrer.
//!
//! What a digest stands for is in the trees once; where it comes up again, it is only named. So trees end, whatever
//! names whom.

use std::collections::BTreeSet;

use super::Census;
use super::census::How;
use crate::facts::{BlobContent, DocumentKind, Entry};
use crate::graph::{self, EdgeKind};
use crate::view::{unlisted_folder, usable};
use referee_spec::Digest;

/// So many levels are followed: more than anybody stores, and few enough for any stack.
pub const DEPTH: usize = 64;

/// All trees of a layout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forest<'a> {
    /// A tree for each manifest that is not below another one, and that something is below: those of index.json in its order,
    /// then the others by digest.
    pub trees: Vec<Branch<'a>>,
    /// Names of the entries of index.json that were read and that nothing refers to, or digests of those without a name.
    pub bare: Vec<String>,
}

/// One manifest, and what is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch<'a> {
    /// Its digest.
    pub digest: Digest,
    /// What it is to the one above.
    pub relation: Relation<'a>,
    /// Its names in index.json.
    pub names: Vec<&'a str>,
    /// What the layout has under that digest.
    pub kind: Kind,
    /// Its artifact type, or a manifest's `config.mediaType` for want of one, as a response says it.
    pub artifact_type: Option<&'a str>,
    /// Children of an index that something is below, or content of a manifest that something names; then what names it: referrers
    /// first.
    pub branches: Vec<Branch<'a>>,
    /// Whether there is something below that is not shown here: it is shown elsewhere, or deeper than anybody looks.
    pub cut: bool,
}

/// What a branch is to the one above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation<'a> {
    /// Nothing is above.
    Root,
    /// An entry of the index above.
    Child,
    /// The config or a layer of the manifest above, which is no subject for a referrer.
    Content(EdgeKind),
    /// It names the one above.
    Names(How<'a>),
}

/// What a layout has under a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An image manifest.
    Manifest,
    /// An image index.
    Index,
    /// A blob that is neither.
    Other,
    /// A blob that could not be read.
    Unread,
    /// Nothing.
    Absent,
}

/// The trees of a layout.
pub fn forest<'a>(census: &Census<'a>) -> Forest<'a> {
    let mut grower = Grower::new(census);
    let mut forest = Forest::default();
    let unclear: BTreeSet<&Digest> = census.unclear.iter().filter_map(|one| one.digest).collect();
    let mut seen = BTreeSet::new();
    for entry in census.facts.entries() {
        let Some(digest) = entry.digest() else { continue };
        if census.is_response(entry) || census.naming.contains(digest) || !seen.insert(digest) {
            continue;
        }
        match grower.grow(digest, Relation::Root, 0) {
            branch if branch.branches.is_empty() && !branch.cut => {
                if unclear.contains(digest) {
                    continue;
                }
                let names = branch.names.iter().map(|name| (*name).to_owned());
                forest.bare.extend(names.chain(branch.names.is_empty().then(|| digest.to_string())));
            }
            branch => forest.trees.push(branch),
        }
    }
    // first those that name nothing themselves; then what is left, which are rings
    let left = |grower: &Grower<'_, '_>| -> Vec<Digest> {
        census.subjects_named().filter(|digest| !grower.shown.contains(*digest)).cloned().collect()
    };
    for round in [true, false] {
        for digest in left(&grower) {
            let below_another = round && census.naming.contains(&digest);
            if !below_another && !grower.shown.contains(&digest) {
                forest.trees.push(grower.grow(&digest, Relation::Root, 0));
            }
        }
    }
    forest
}

/// What is below the children of an index, or the config and layers of a manifest.
pub fn below<'a>(census: &Census<'a>, index: &Digest) -> Vec<Branch<'a>> {
    Grower::new(census).children(index, 0)
}

struct Grower<'c, 'a> {
    census: &'c Census<'a>,
    /// What stands in a tree with what is below it.
    shown: BTreeSet<Digest>,
}

impl<'c, 'a> Grower<'c, 'a> {
    fn new(census: &'c Census<'a>) -> Self {
        Self { census, shown: BTreeSet::new() }
    }

    fn grow(&mut self, digest: &Digest, relation: Relation<'a>, depth: usize) -> Branch<'a> {
        let facts = self.census.facts;
        let content = facts.blobs().get(digest).map(|blob| &blob.content);
        let (kind, artifact_type) = match content {
            Some(BlobContent::Node(node)) => {
                let kind = match node.kind {
                    DocumentKind::Manifest => Kind::Manifest,
                    DocumentKind::Index => Kind::Index,
                };
                (kind, node.referrer_type())
            }
            Some(BlobContent::Json(Some(foreign))) => (Kind::Other, foreign.artifact_type.as_deref()),
            Some(BlobContent::Unreadable(_)) => (Kind::Unread, None),
            Some(_) => (Kind::Other, None),
            None if unlisted_folder(facts, digest).is_some() => (Kind::Unread, None),
            None => (Kind::Absent, None),
        };
        let mut branch = Branch {
            digest: digest.clone(),
            relation,
            names: self.census.ref_names.get(digest).cloned().unwrap_or_default(),
            kind,
            artifact_type,
            branches: Vec::new(),
            cut: false,
        };
        let is_named = self.census.names(digest).next().is_some();
        if depth == DEPTH {
            branch.cut = is_named || self.is_named_below(digest);
            return branch;
        }
        if self.shown.contains(digest) {
            branch.cut = is_named;
            return branch;
        }
        self.shown.insert(digest.clone());
        branch.branches = self.children(digest, depth);
        let names: Vec<_> = self.census.names(digest).cloned().collect();
        branch
            .branches
            .extend(names.into_iter().map(|one| self.grow(one.digest, Relation::Names(one.how), depth + 1)));
        branch
    }

    /// Whether something is named that an index leads to, however deep.
    fn is_named_below(&self, digest: &Digest) -> bool {
        let facts = self.census.facts;
        let Some(node) = facts.node(digest) else { return false };
        let reached = graph::reachable(facts, [&node.digest], |kind| kind == EdgeKind::Manifest);
        reached.into_iter().any(|one| self.census.names(one).next().is_some())
    }

    /// The entries of an index below which there is something; of a manifest, what something takes for a subject.
    fn children(&mut self, digest: &Digest, depth: usize) -> Vec<Branch<'a>> {
        let Some(node) = self.census.facts.node(digest).filter(|node| usable(node)) else {
            return Vec::new();
        };
        if depth == DEPTH {
            return Vec::new();
        }
        if node.kind == DocumentKind::Manifest {
            let content = graph::edges(node).filter(|edge| edge.kind != EdgeKind::Subject);
            let named = content.filter(|edge| self.census.names(edge.to).next().is_some());
            let mut named: Vec<(&Digest, EdgeKind)> = named.map(|edge| (edge.to, edge.kind)).collect();
            // what is both is named once, as the config
            named.sort_unstable();
            named.dedup_by_key(|(digest, _)| *digest);
            let grow = |(one, kind)| self.grow(one, Relation::Content(kind), depth + 1);
            return named.into_iter().map(grow).collect();
        }
        let mut children = Vec::new();
        for child in node.entries.iter().filter_map(Entry::digest) {
            // what names another one is shown below that
            if self.census.naming.contains(child) {
                continue;
            }
            let branch = self.grow(child, Relation::Child, depth + 1);
            if !branch.branches.is_empty() || branch.cut {
                children.push(branch);
            }
        }
        children
    }
}
