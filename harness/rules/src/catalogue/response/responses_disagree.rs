use std::collections::BTreeSet;

use referee_spec::Digest;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::{Evidence, Response};
use crate::finding::Findings;

declare_rule! {
    /// a response and a fallback tag list different referrers
    ///
    /// ## What it does
    /// Compares, for each subject that has both, the referrers that the annotated response lists with those of the
    /// fallback tag.
    ///
    /// ## Why it matters
    /// Readers of the one see other signatures than readers of the other.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Bring both up to date.
    {
        check: Check::Layout(check),
        requirements: &["AMB-22", "FALLBACK-019", "CONV-05"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "no sentence forbids it, but one of them is out of date")),
        reading: Some(Reading { question: "AMB-22", error: &[], fine: &["precedence"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let list = |response: &Response<'_>| -> BTreeSet<Digest> {
        response.entries().map(|(_, descriptor)| descriptor.digest.clone()).collect()
    };
    for response in evidence.proposed_responses().filter(|response| response.node.is_some()) {
        let same = |other: &&Response<'_>| {
            !other.is_proposed() && other.subject == response.subject && other.node.is_some()
        };
        for tag in evidence.responses().iter().filter(same) {
            if list(response) != list(tag) {
                let message = "this response lists other referrers than the fallback tag";
                let finding = findings.on("index.json", response.pointer(), message);
                finding.see("index.json", tag.pointer(), "the fallback tag");
            }
        }
    }
}
