//! What several rules ask of annotations.
//!
//! Owns: the keys below `org.opencontainers` that the OCI defined or proposed, and where an annotation of index.json is
//! misplaced. Leaves to others: other keys, and values.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use referee_spec::Digest;
use referee_spec::path::blob_path;

use super::Evidence;
use crate::doc::annotation_pointer;

/// An annotation at a place where it does not count.
#[derive(Debug)]
pub(crate) struct Misplaced<'a> {
    pub(crate) file: String,
    pub(crate) pointer: String,
    pub(crate) value: &'a str,
    /// The image index whose entry has it.
    pub(crate) listed_by: Option<&'a Digest>,
}

/// Where an annotation is that counts on the entries of index.json only. A referrers response has to copy what its
/// referrers have, so a copy is not reported; nor is what an entry of index.json copies from its manifest.
pub(crate) fn misplaced_annotations<'a>(evidence: &Evidence<'a>, key: &str) -> Vec<Misplaced<'a>> {
    let mut found = Vec::new();
    let mut push = |file: String, owner: String, value, listed_by| {
        found.push(Misplaced { file, pointer: annotation_pointer(&owner, key), value, listed_by });
    };
    if let Some(value) = evidence.facts.index_annotations().get(key) {
        push("index.json".to_owned(), String::new(), value, None);
    }
    let responses = evidence.response_digests();
    let entries = evidence.facts.entries();
    let pulled: LazyCell<BTreeSet<_>, _> = LazyCell::new(|| {
        entries.iter().filter_map(|entry| Some((entry.digest()?, entry.annotation(key)?))).collect()
    });
    for node in evidence.nodes() {
        let file = || blob_path(&node.digest);
        if let Some(value) = node.annotations.get(key)
            && !pulled.contains(&(&node.digest, value))
        {
            push(file(), String::new(), value, None);
        }
        if let Some(value) = node.config.as_ref().and_then(|config| config.optional().annotations.get(key)) {
            push(file(), "/config".to_owned(), value, None);
        }
        for entry in &node.entries {
            let Some(value) = entry.annotation(key) else { continue };
            let own = |digest| evidence.node(digest)?.annotations.get(key);
            // what cannot be looked at may have it
            let is_copy = |digest| own(digest).map_or(evidence.is_unread(digest), |own| own == value);
            if !responses.contains(&node.digest) || !entry.digest().is_some_and(is_copy) {
                push(file(), entry.pointer(), value, Some(&node.digest));
            }
        }
    }
    found
}

/// What release candidates of distribution-spec v1.1 wrote into a filtered response.
pub(crate) const FILTERS_APPLIED: &str = "org.opencontainers.referrers.filtersApplied";

/// The keys that image-spec v1.1.1 and HEAD define.
pub(crate) const DEFINED_KEYS: &[&str] = &[
    // conversion.md: what becomes of an image config
    "org.opencontainers.image.architecture",
    "org.opencontainers.image.author",
    "org.opencontainers.image.exposedPorts",
    "org.opencontainers.image.os",
    "org.opencontainers.image.os.features",
    "org.opencontainers.image.os.version",
    "org.opencontainers.image.stopSignal",
    "org.opencontainers.image.variant",
    // annotations.md
    "org.opencontainers.image.authors",
    "org.opencontainers.image.base.digest",
    "org.opencontainers.image.base.name",
    "org.opencontainers.image.created",
    "org.opencontainers.image.description",
    "org.opencontainers.image.documentation",
    "org.opencontainers.image.licenses",
    "org.opencontainers.image.ref.name",
    "org.opencontainers.image.revision",
    "org.opencontainers.image.source",
    "org.opencontainers.image.title",
    "org.opencontainers.image.url",
    "org.opencontainers.image.vendor",
    "org.opencontainers.image.version",
];

/// Keys that OCI texts asked for and no released one defines, and where they come from.
const PROPOSED_KEYS: &[(&str, &str)] = &[
    ("org.opencontainers.image.referrer.subject", "image-spec PR #1171"),
    ("org.opencontainers.image.referrer.convert", "the first revision of image-spec PR #1171"),
    ("org.opencontainers.artifact.created", "release candidates of image-spec v1.1"),
    ("org.opencontainers.artifact.description", "release candidates of image-spec v1.1"),
    ("org.opencontainers.reference.digest", "wg-reference-types, proposal F"),
    ("org.opencontainers.reference.type", "wg-reference-types, proposals D and F"),
    ("org.opencontainers.reference.description", "wg-reference-types, proposal F"),
];

/// Which requirements about reserved prefixes a key may break: of one that does not begin as those of image-spec do, only the
/// first.
pub(crate) fn prefix_requirements(key: &str) -> Option<&'static [&'static str]> {
    (!key.starts_with("org.opencontainers.image.")).then_some(&["ANNOT-005"])
}

/// The proposal that a key comes from, if no released text defines it.
pub(crate) fn proposed_by(key: &str) -> Option<&'static str> {
    // layer encryption has a family of keys
    if key.starts_with("org.opencontainers.image.enc.") {
        return Some("image-spec PR #775, layer encryption");
    }
    PROPOSED_KEYS.iter().find(|(known, _)| *known == key).map(|(_, source)| *source)
}
