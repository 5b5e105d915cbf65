use referee_layout::FileKind;

use crate::declare::{Check, MUST};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a name below blobs is not a digest
    ///
    /// ## What it does
    /// Finds directories in `blobs` whose name is no digest algorithm, and files in them whose name is no encoded
    /// digest of that algorithm.
    ///
    /// ## Why it matters
    /// No descriptor can point at such a file: it is a leftover, or content that nobody will find.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0bcabd1ed22e9f.123.tmp
    /// ```
    ///
    /// ## What to do
    /// Delete leftovers of a broken write; rename what was meant to be a blob to its digest.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-014", "DIGEST-003", "DIGEST-005"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for unexpected in evidence.facts.unexpected() {
        let parts: Vec<&str> = unexpected.path.split('/').collect();
        match (parts.as_slice(), unexpected.kind) {
            (["blobs", name], FileKind::Directory) => {
                findings.on(
                    unexpected.path.as_str(),
                    "",
                    format!("the directory name {name} is not a digest algorithm"),
                );
            }
            (["blobs", algorithm, encoded, ..], _) => {
                if let Some(error) = findings.profile().digest_problem(&format!("{algorithm}:{encoded}")) {
                    findings.on(
                        unexpected.path.as_str(),
                        "",
                        format!("the name is not a {algorithm} digest: {error}"),
                    );
                }
            }
            _ => {}
        }
    }
}
