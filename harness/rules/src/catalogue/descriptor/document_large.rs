use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::{DOCUMENT_LIMIT, Evidence};
use crate::finding::Findings;

declare_rule! {
    /// a manifest is larger than registries have to accept
    ///
    /// ## What it does
    /// Finds manifests and indexes of more than 4 MiB, which is what registries have to take at least. Embedded
    /// `data` is the usual reason. Responses have a rule of their own.
    ///
    /// ## Why it matters
    /// It cannot be pushed everywhere.
    ///
    /// ## Example
    /// ```json
    /// {"data": "... 5 MiB ..."}
    /// ```
    ///
    /// ## What to do
    /// Store the content as a blob of its own.
    {
        check: Check::Layout(check),
        requirements: &["DESC-019", "API-022"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "no sentence forbids it, but many registries refuse it")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.response_digests();
    for node in evidence.nodes() {
        if node.size > DOCUMENT_LIMIT && !responses.contains(&node.digest) {
            let message =
                format!("this has {} bytes; registries need not take more than {DOCUMENT_LIMIT}", node.size);
            findings.on(blob_path(&node.digest), "", message);
        }
    }
}
