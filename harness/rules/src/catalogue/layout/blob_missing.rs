use std::collections::BTreeSet;

use referee_spec::Digest;

use crate::declare::{Check, SHOULD};
use crate::doc::Slot;
use crate::evidence::Evidence;
use crate::evidence::Use;
use crate::finding::Findings;

declare_rule! {
    /// a blob that is referred to is not there
    ///
    /// ## What it does
    /// Finds descriptors whose blob is not in the layout and that do not say where else it is (`urls`, `data`).
    /// Subjects, the entries of referrers responses, and children of image indexes have rules of their own.
    ///
    /// ## Why it matters
    /// A layout may leave blobs to another store, but a reader that has only this layout misses them. Reported once
    /// for each blob.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:9834...", "size": 32654}
    /// ```
    ///
    /// ## What to do
    /// Copy the blob into the layout, unless whoever reads it has it from elsewhere.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-016"],
        levels: SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (digest, uses) in absent(evidence) {
        // nobody needs a child of an image index: an index may be sparse
        let mut needed = uses.into_iter().filter(|one| !is_child(one));
        if let Some(one) = needed.next() {
            let message = format!("{} is not in the layout", digest.short());
            let finding = findings.on(one.file(), one.pointer() + "/digest", message);
            for other in needed.take(3) {
                finding.see(other.file(), other.pointer() + "/digest", "it is also referred to here");
            }
        }
    }
}

/// Whether it is an entry of an image index among the blobs.
pub(crate) fn is_child(one: &Use<'_>) -> bool {
    one.from.is_some() && matches!(one.slot(), Slot::Entry(_))
}

/// Blobs that are not in the layout, with the descriptors that do not say where else they are. What referrers
/// responses list, and responses themselves, have rules of their own.
pub(crate) fn absent<'e, 'a>(evidence: &'e Evidence<'a>) -> Vec<(&'a Digest, Vec<&'e Use<'a>>)> {
    let responses = evidence.response_digests();
    let annotated = evidence.responses().iter().filter(|response| response.is_annotated());
    let marked: BTreeSet<&Digest> = annotated.filter_map(|response| response.entry.digest()).collect();
    let all =
        evidence.targets().filter(|target| target.blob.is_none() && !evidence.is_unlisted(target.digest));
    all.map(|target| {
        let digest = target.digest;
        let needs = |one: &&Use<'_>| {
            let listed = one.from.is_some_and(|from| responses.contains(from));
            let marked = one.from.is_none() && marked.contains(digest);
            one.descriptor().is_some_and(|descriptor| !descriptor.more().elsewhere) && !listed && !marked
        };
        (digest, target.uses.iter().filter(needs).collect())
    })
    .collect()
}
