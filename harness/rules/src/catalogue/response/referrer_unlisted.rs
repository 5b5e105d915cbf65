//! `referrer-unlisted`: a referrer is in no referrers response.

use std::collections::BTreeSet;

use referee_layout::Digest;
use referee_layout::facts::blob_path;

use crate::evidence::Evidence;
use crate::evidence::Response;
use crate::finding::Findings;
use crate::rule::{Check, PROPOSED_SHOULD};

declare_rule! {
    /// ## What it does
    /// Finds manifests with a subject in a layout whose index.json leads to them, where no response in index.json
    /// is marked for that subject.
    ///
    /// ## Why it matters
    /// A reader of the proposal does not find it: it looks at responses only.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e...", "artifactType": "application/vnd.example.sbom"}]}
    /// ```
    ///
    /// ## What to do
    /// Store a response for the subject, and list it in index.json with the annotation.
    {
        id: "referrer-unlisted",
        summary: "a referrer is in no referrers response",
        requirements: &["REF-01", "CONV-01", "CONV-07", "CONV-09", "CONV-10"],
        levels: PROPOSED_SHOULD,
        source: "image-spec PR #1171, image-layout.md, Referrers Support",
        check: Check::Layout(check),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let answered: BTreeSet<&Digest> = annotated(evidence).map(|response| &response.subject).collect();
    for (node, subject) in evidence.referrers() {
        if evidence.is_reached(&node.digest) && !answered.contains(subject) {
            let message = format!("this refers to {}, for which index.json has no response", subject.short());
            findings.on(blob_path(&node.digest), "/subject", message);
        }
    }
}

/// The responses that the proposal's annotation marks.
pub(crate) fn annotated<'e, 'a>(evidence: &'e Evidence<'a>) -> impl Iterator<Item = &'e Response<'a>> {
    evidence.responses().iter().filter(|response| response.is_annotated())
}
