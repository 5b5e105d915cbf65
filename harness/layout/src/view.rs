//! Referrers views: who refers to a subject, by one convention or by all of them.
//!
//! Owns: following the carriers of any convention (`carrier`, `join`), joining what they find, and saying whether the
//! set is known to be complete. Leaves to others: whether a layout is right.
//!
//! A reader answers what a faithful implementation of the convention would: of a response the descriptors as they
//! are listed, of an entry the descriptor that the manifest itself gives ([distribution-spec, Listing Referrers][listing]).
//! A manifest that is there and names another subject is never an answer.
//!
//! [listing]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#listing-referrers

mod carrier;
pub mod census;
mod join;
mod stored;
pub mod tree;
mod unclear;
mod want;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use crate::facts::{Facts, Node, Referrer, Verified};
use referee_convention::Convention;
use referee_spec::Digest;

pub use carrier::FoundAt;
pub use census::{Census, How, Naming, Related};
pub use stored::stored;

/// The answer to "who refers to this subject?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The subject.
    pub subject: Digest,
    /// All referrers that some convention finds, ordered by digest.
    pub referrers: Vec<Found>,
    /// What each convention finds, by its id; ordered by digest.
    pub conventions: BTreeMap<String, Vec<Digest>>,
    /// Whether this is known to be all of them.
    pub complete: Complete,
    /// What a person should know, in the order of the carriers.
    pub diagnostics: Vec<Diagnostic>,
}

/// One referrer and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its descriptor: what its manifest gives if it is there, else what the first carrier says.
    pub referrer: Referrer,
    /// The places that lead to it, in the order of index.json.
    pub places: BTreeSet<FoundAt>,
    /// The ids of the conventions whose readers find it.
    pub found_by: BTreeSet<Arc<str>>,
    /// Whether the manifest is there, hashes to its digest, and names the subject.
    pub verified: bool,
}

/// Whether a set of referrers is known to be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Complete {
    /// A response or a marker says so, and nothing speaks against it.
    Yes,
    /// Something is known to be missing from a list that should have it.
    No,
    /// Nothing in the layout says.
    Unknown,
}

/// Something worth knowing about a view.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Diagnostic {
    /// A word for scripts, as in `referrer-missing`.
    pub code: &'static str,
    /// The file, relative to the layout's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// JSON pointer into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// A sentence.
    pub message: String,
}

/// What one convention's reader answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The referrers, each once, in the order in which they are found.
    pub referrers: Vec<Referrer>,
}

/// Reads a layout as a faithful implementation of one convention would.
pub fn answer(facts: &Facts, subject: &Digest, convention: &Convention) -> Answer {
    let mut answer = Answer::default();
    let mut seen = BTreeSet::new();
    for carrier in &convention.carriers {
        for sighting in carrier::read(facts, subject, carrier).sightings {
            if seen.insert(sighting.digest()) {
                answer.referrers.push(sighting.referrer());
            }
        }
    }
    answer
}

/// Reads a layout by each of the conventions and joins what they find.
pub fn read(facts: &Facts, subject: &Digest, conventions: &[Convention]) -> View {
    join::read(facts, subject, conventions)
}

/// The folder that would have that blob, where it could not be listed to its end: nobody knows whether the blob is there.
fn unlisted_folder(facts: &Facts, digest: &Digest) -> Option<String> {
    let folders = ["blobs".to_owned(), format!("blobs/{}", digest.algorithm())];
    folders.into_iter().find(|folder| facts.unreadable().contains_key(folder))
}

/// Whether a reader may use the document.
fn usable(node: &Node) -> bool {
    node.invalid.is_none() && node.verified != Verified::No
}

impl Diagnostic {
    fn at(code: &'static str, at: &FoundAt, message: String) -> Self {
        Self { code, file: Some(at.file.clone()), pointer: Some(at.pointer.clone()), message }
    }
}

impl Complete {
    /// `yes`, `no` or `unknown`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Complete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
