use referee_layout::FileKind;

use crate::declare::{Check, DECLARED};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a file lies directly in blobs
    ///
    /// ## What it does
    /// Finds files directly in `blobs`, where only one directory for each algorithm belongs.
    ///
    /// ## Why it matters
    /// No descriptor leads to them. A warning: nothing is broken, but something was stored in the wrong place.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256-5b0bcabd1ed22e9f
    /// ```
    ///
    /// ## What to do
    /// Move it to `blobs/<algorithm>/<encoded>`, or delete it.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-012"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for unexpected in evidence.facts.unexpected() {
        let below = unexpected.path.strip_prefix("blobs/").is_some_and(|rest| !rest.contains('/'));
        if below && unexpected.kind != FileKind::Directory {
            findings.on(
                unexpected.path.as_str(),
                "",
                "this file is directly in blobs, where no descriptor can refer to it",
            );
        }
    }
}
