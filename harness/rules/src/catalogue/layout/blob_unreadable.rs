//! `blob-unreadable`: a blob could not be read.

use referee_layout::BlobContent;
use referee_layout::dir::ReadError;
use referee_layout::facts::blob_path;

use crate::evidence::Evidence;
use crate::finding::Findings;
use crate::rule::{Check, MUST};

declare_rule! {
    /// ## What it does
    /// Finds blobs and directories of blobs that may not be read, that broke off while they were read, or that are
    /// too large to be the manifest that they are used as.
    ///
    /// ## Why it matters
    /// What could not be read could not be verified: that nothing else is reported of it means nothing.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0b... may not be read (permission denied)
    /// ```
    ///
    /// ## What to do
    /// Give yourself the right to read it, unpack the archive, or wait until nobody writes to the layout.
    {
        id: "blob-unreadable",
        summary: "a blob could not be read",
        requirements: &["LAYOUT-013"],
        levels: MUST,
        source: "image-spec image-layout.md, Blobs",
        check: Check::Layout(check),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (path, error) in evidence.facts.unreadable() {
        if path != "blobs" {
            findings.on(path.as_str(), "", format!("this directory {error}"));
        }
    }
    for (digest, blob) in evidence.facts.blobs() {
        let message = match &blob.content {
            BlobContent::Unreadable(ReadError::Kind(_) | ReadError::Link(_)) => continue,
            BlobContent::Unreadable(error) => format!("this blob {error}, so it was not verified"),
            BlobContent::Large if evidence.role(digest).is_some() => {
                format!("this is used as a manifest or index, and has {} bytes, more than is read", blob.size)
            }
            _ => continue,
        };
        findings.on(blob_path(digest), "", message);
    }
}
