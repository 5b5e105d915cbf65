use crate::declare::{Check, DECLARED, Reading};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response has annotations that the referrer does not have
    ///
    /// ## What it does
    /// Finds annotations on entries of responses that the manifest does not have.
    ///
    /// ## Why it matters
    /// The text says which must be there, and not that no other may be; olareg rebuilds such a list.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e...", "annotations": {"com.example.added": "1"}}]}
    /// ```
    ///
    /// ## What to do
    /// Nothing, if it is meant.
    {
        check: Check::Layout(check),
        requirements: &["AMB-38", "API-011"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-38", error: &["exact"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        for (entry, descriptor, node) in response.referrers(evidence) {
            let extra = |key: &&str| !node.annotations.contains_key(key);
            if let Some(key) = descriptor.optional().annotations.keys().find(extra) {
                let pointer = annotation_pointer(&entry.pointer(), key);
                findings.on(
                    response.file(),
                    pointer,
                    format!("the manifest does not have the annotation {key}"),
                );
            }
        }
    }
}
