use crate::declare::{Check, SHOULD};
use crate::evidence::Evidence;
use crate::evidence::missing::{is_child, missing_blobs};
use crate::finding::Findings;

declare_rule! {
    /// a blob that a descriptor refers to is not in the layout
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
    for (digest, uses) in missing_blobs(evidence) {
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
