use referee_spec::annotation::REF_NAME;

use crate::declare::{Check, DECLARED};
use crate::evidence::Evidence;
use crate::evidence::annotations::misplaced_annotations;
use crate::finding::Findings;

declare_rule! {
    /// ref.name is not on an entry of index.json
    ///
    /// ## What it does
    /// Finds `org.opencontainers.image.ref.name` on anything but a descriptor in index.json, where alone it counts.
    /// In a referrers response it may be a copy, and the manifest is reported.
    ///
    /// ## Why it matters
    /// A tool that honours it there, or copies it up, makes a tag that nobody gave.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    /// ```
    ///
    /// ## What to do
    /// Leave it out; tag the manifest in index.json.
    {
        check: Check::Layout(check),
        requirements: &["ANNOT-020"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for misplaced in misplaced_annotations(evidence, REF_NAME) {
        findings.on(
            misplaced.file,
            misplaced.pointer,
            "org.opencontainers.image.ref.name has a meaning on entries of index.json only",
        );
    }
}
