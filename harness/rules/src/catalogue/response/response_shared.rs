use std::collections::BTreeMap;

use referee_spec::Digest;

use crate::declare::{Check, DECLARED, Reading};
use crate::evidence::{Evidence, Response};
use crate::finding::Findings;

declare_rule! {
    /// one response is marked for several subjects
    ///
    /// ## What it does
    /// Finds responses that several entries of index.json mark for different subjects. Two empty responses are the
    /// same bytes.
    ///
    /// ## Why it matters
    /// oras keeps one untagged entry for each digest: the other subject's mark is lost when it saves the layout.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:dff9de10...", "annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Nothing; test your tools with it.
    {
        check: Check::Layout(check),
        requirements: &["AMB-07"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-07", error: &["distinct"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&Digest, &Response<'_>> = BTreeMap::new();
    for response in evidence.proposed_responses() {
        let Some(digest) = response.entry.digest() else { continue };
        let first = *seen.entry(digest).or_insert(response);
        if first.subject != response.subject {
            let finding = findings.on(
                "index.json",
                response.pointer(),
                "this response is also marked for another subject",
            );
            finding.see("index.json", first.pointer(), "the other mark");
        }
    }
}
