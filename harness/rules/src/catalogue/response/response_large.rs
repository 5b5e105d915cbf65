use std::collections::BTreeSet;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::{DOCUMENT_LIMIT, Evidence};
use crate::finding::Findings;

declare_rule! {
    /// a response is larger than registries have to accept
    ///
    /// ## What it does
    /// Finds responses of more than 4 MiB, which is what registries have to take at least.
    ///
    /// ## Why it matters
    /// It cannot be pushed as a fallback tag, and some readers stop there.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": ["... 20 000 referrers ..."]}
    /// ```
    ///
    /// ## What to do
    /// Remove referrers that nobody needs.
    {
        check: Check::Layout(check),
        requirements: &["AMB-27", "API-022"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "a layout itself has no limit, but a registry has one")),
        reading: Some(Reading { question: "AMB-27", error: &["split"], fine: &["unbounded"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for response in evidence.responses() {
        let Some(node) = response.node.filter(|node| node.size > DOCUMENT_LIMIT && seen.insert(&node.digest))
        else {
            continue;
        };
        let message = format!(
            "this response has {} bytes; registries need not take more than {DOCUMENT_LIMIT}",
            node.size
        );
        findings.on(response.file(), "", message);
    }
}
