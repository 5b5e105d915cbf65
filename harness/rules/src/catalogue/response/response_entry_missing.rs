use crate::declare::{Check, DECLARED, Reading};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response lists a referrer that is not in the layout
    ///
    /// ## What it does
    /// Finds entries of responses whose manifest is not in the layout. A layout may leave it to another store.
    ///
    /// ## Why it matters
    /// umoci's garbage collection fails on it, and olareg's server hangs.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e..."}]}
    /// ```
    ///
    /// ## What to do
    /// Copy the referrer, or remove the entry.
    {
        check: Check::Layout(check),
        requirements: &["AMB-09", "FALLBACK-016", "CONV-14", "CONV-16"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-09", error: &["pruned"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        for (entry, descriptor) in response.entries() {
            if evidence.is_missing(&descriptor.digest) {
                let message = format!("the referrer {} is not in the layout", descriptor.digest.short());
                findings.on(response.file(), entry.pointer() + "/digest", message);
            }
        }
    }
}
