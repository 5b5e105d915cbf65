use referee_spec::path::blob_path;

use crate::declare::{Check, PROPOSED_TEXT, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a referrer has a response as its subject
    ///
    /// ## What it does
    /// Finds manifests whose subject is a response.
    ///
    /// ## Why it matters
    /// The response gets a new digest with every referrer that is added, and the old subject dangles.
    ///
    /// ## Example
    /// ```json
    /// {"subject": {"digest": "sha256:9834..."}}
    /// ```
    ///
    /// ## What to do
    /// Refer to the image instead.
    {
        check: Check::Layout(check),
        requirements: &["AMB-18"],
        levels: PROPOSED_TEXT,
        severity: Some((
            Severity::Warning,
            "no sentence forbids it, but the subject dangles as soon as the response changes",
        )),
        reading: Some(Reading { question: "AMB-18", error: &["forbidden"], fine: &["allowed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.response_digests();
    for (node, subject) in evidence.referrers() {
        if responses.contains(subject) {
            findings.on(
                blob_path(&node.digest),
                "/subject/digest",
                "the subject is a response, whose digest changes with each new referrer",
            );
        }
    }
}
