use referee_layout::DocumentKind;
use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// an index lists the manifest that it refers to
    ///
    /// ## What it does
    /// Finds image indexes whose `subject` is also one of their `manifests`.
    ///
    /// ## Why it matters
    /// A reader that follows both without remembering where it was goes round in circles.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1234..."}], "subject": {"digest": "sha256:1234..."}}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if it is meant; test your reader with it.
    {
        check: Check::Layout(check),
        requirements: &["INDEX-023"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (node, subject) in evidence.referrers() {
        if node.kind == DocumentKind::Index
            && let Some(entry) = node.entries.iter().find(|entry| entry.digest() == Some(subject))
        {
            findings.on(
                blob_path(&node.digest),
                entry.pointer() + "/digest",
                "this index also refers to it as its subject",
            );
        }
    }
}
