//! Blobs that are referred to and not in the layout.
//!
//! Owns: which of them count as missing. Leaves to others: how bad that is.

use std::collections::BTreeSet;

use referee_spec::Digest;

use super::{Evidence, Reference};
use crate::doc::Slot;

/// Whether it is an entry of an image index among the blobs.
pub(crate) fn is_child(reference: &Reference<'_>) -> bool {
    reference.from.is_some() && matches!(reference.slot(), Slot::Entry(_))
}

/// Blobs that are not in the layout, with the descriptors that do not say where else they are. What referrers responses
/// list, and responses themselves, have rules of their own.
pub(crate) fn missing_blobs<'e, 'a>(evidence: &'e Evidence<'a>) -> Vec<(&'a Digest, Vec<&'e Reference<'a>>)> {
    let responses = evidence.response_digests();
    let marked: BTreeSet<&Digest> =
        evidence.proposed_responses().filter_map(|response| response.entry.digest()).collect();
    let missing =
        evidence.blob_nodes().filter(|node| node.blob.is_none() && !evidence.is_unlisted(node.digest));
    missing
        .map(|node| {
            let digest = node.digest;
            let needs = |reference: &&Reference<'_>| {
                let listed = reference.from.is_some_and(|from| responses.contains(from));
                let marked = reference.from.is_none() && marked.contains(digest);
                let elsewhere =
                    reference.descriptor().is_none_or(|descriptor| descriptor.optional().elsewhere);
                !elsewhere && !listed && !marked
            };
            (digest, node.references.iter().filter(needs).collect())
        })
        .collect()
}
