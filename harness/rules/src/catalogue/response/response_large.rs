//! `response-large`: a response is larger than registries take.

use std::collections::BTreeSet;

use crate::catalogue::descriptor::document_large::LIMIT;
use crate::evidence::Evidence;
use crate::finding::Findings;
use crate::rule::{Check, DECLARED, Reading, Severity};

declare_rule! {
    /// ## What it does
    /// Finds responses of more than 4 MiB, which is what registries have to take at least.
    ///
    /// ## Why it matters
    /// It cannot be pushed as a fallback tag, and some readers stop there. It is a warning: a layout itself has no
    /// limit.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": ["... 20 000 referrers ..."]}
    /// ```
    ///
    /// ## What to do
    /// Remove referrers that nobody needs.
    {
        id: "response-large",
        summary: "a response is larger than registries take",
        requirements: &["AMB-27", "API-022"],
        levels: DECLARED,
        severity: Some(Severity::Warning),
        reading: Some(Reading { question: "AMB-27", error: &["split"], fine: &["unbounded"] }),
        source: "distribution-spec, Pushing Manifests",
        check: Check::Layout(check),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for response in evidence.responses() {
        let Some(node) = response.node.filter(|node| node.size > LIMIT && seen.insert(&node.digest)) else {
            continue;
        };
        let message =
            format!("this response has {} bytes; registries need not take more than {LIMIT}", node.size);
        findings.on(response.file(), "", message);
    }
}
