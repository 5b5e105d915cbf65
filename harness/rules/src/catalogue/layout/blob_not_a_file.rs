use referee_layout::ReadError;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a blob is not a file
    ///
    /// ## What it does
    /// Finds digests in `blobs` that are directories, FIFOs, sockets or devices.
    ///
    /// ## Why it matters
    /// Opening a FIFO can wait for ever; whatever it is, it is no content.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0b... is a FIFO
    /// ```
    ///
    /// ## What to do
    /// Put the content itself there.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-013", "LAYOUT-018"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let wrong = |error: &&ReadError| matches!(error, ReadError::Kind(_));
    for (digest, error) in evidence.facts.blobs().pick(|_, blob| blob.unreadable().filter(wrong)) {
        findings.on(blob_path(digest), "", format!("this blob {error}"));
    }
}
