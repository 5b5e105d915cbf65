use std::collections::BTreeSet;

use crate::declare::{Check, Reading, SHOULD};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a response lists the same referrer twice
    ///
    /// ## What it does
    /// Finds entries of a response with the digest of an earlier one.
    ///
    /// ## Why it matters
    /// Two pushes of one referrer should leave one entry; readers that count are wrong.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e..."}, {"digest": "sha256:1f2e..."}]}
    /// ```
    ///
    /// ## What to do
    /// Keep one of them.
    {
        check: Check::Layout(check),
        requirements: &["FALLBACK-009", "AMB-05"],
        levels: SHOULD,
        reading: Some(Reading { question: "AMB-05", error: &["forbidden"], fine: &["tolerated"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        let mut seen = BTreeSet::new();
        for (entry, descriptor) in response.entries() {
            if !seen.insert(&descriptor.digest) {
                let message = format!("an earlier entry lists {}, too", descriptor.digest.short());
                let finding = findings.on(response.file(), entry.pointer() + "/digest", message);
                finding.of_proposal(response.is_own(evidence), evidence.profile);
            }
        }
    }
}
