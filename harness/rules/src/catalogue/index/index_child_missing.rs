use crate::declare::{Check, DECLARED};
use crate::evidence::Evidence;
use crate::evidence::missing::{is_child, missing_blobs};
use crate::finding::Findings;

declare_rule! {
    /// an image index lists a manifest that is not in the layout
    ///
    /// ## What it does
    /// Finds entries of image indexes whose manifest is not in the layout, and that nothing else needs.
    ///
    /// ## Why it matters
    /// A sparse index, with some platforms left out, is allowed and common. A program that wants one of the
    /// others misses it.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:9834...", "platform": {"architecture": "s390x", "os": "linux"}}]}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if the platform was left out on purpose; else copy the image with all platforms.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-016"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (digest, uses) in missing_blobs(evidence) {
        if uses.iter().all(|one| is_child(one))
            && let Some(one) = uses.first()
        {
            let message = format!("{} is not in the layout: this index is sparse", digest.short());
            findings.on(one.file(), one.pointer() + "/digest", message);
        }
    }
}
