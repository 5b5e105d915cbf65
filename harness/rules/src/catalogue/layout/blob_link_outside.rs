use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a blob is a link that leads out of the layout or nowhere
    ///
    /// ## What it does
    /// Finds blobs that are symbolic links out of the layout, to nothing, or in a loop, and hard links in an archive that name
    /// no earlier member. One whose target is absolute, or that leaves the layout on its way, is not followed, wherever it
    /// ends. Links that stay inside are followed, in a directory as in an archive. (An archive from a pipe can be
    /// read only once, so that its links are not followed.)
    ///
    /// ## Why it matters
    /// A copy of the layout does not have what the link leads to, and a reader that follows it reads files that are
    /// none of its business.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0b... -> /etc/passwd
    /// ```
    ///
    /// ## What to do
    /// Put the content itself there.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-018"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "no sentence speaks of links, but the blob may be anything")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (digest, link) in evidence.facts.blobs().pick(|_, blob| blob.unreadable()?.link()) {
        findings.on(blob_path(digest), "", format!("this blob is {link}; it was not followed"));
    }
}
