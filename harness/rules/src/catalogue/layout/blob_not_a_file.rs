//! `blob-not-a-file`: a blob is not a file.

use referee_layout::dir::ReadError;
use referee_spec::path::blob_path;

use crate::evidence::Evidence;
use crate::finding::Findings;
use crate::rule::{Check, MUST};

declare_rule! {
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
        id: "blob-not-a-file",
        summary: "a blob is not a file",
        requirements: &["LAYOUT-013", "LAYOUT-018"],
        levels: MUST,
        source: "image-spec image-layout.md, Blobs",
        check: Check::Layout(check),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let wrong = |error: &&ReadError| matches!(error, ReadError::Kind(_));
    for (digest, error) in evidence.facts.blobs().pick(|_, blob| blob.unreadable().filter(wrong)) {
        findings.on(blob_path(digest), "", format!("this blob {error}"));
    }
}
