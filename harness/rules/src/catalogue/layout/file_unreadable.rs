use referee_layout::BlobContent;
use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Severity};
use crate::evidence::{Evidence, is_reading_error};
use crate::finding::Findings;

declare_rule! {
    /// a file could not be read
    ///
    /// ## What it does
    /// Finds `oci-layout`, `index.json`, blobs and directories of blobs that the system does not let be read, that
    /// changed while they were read, and documents that are larger than referee reads (64 MiB, index.json 256 MiB).
    ///
    /// ## Why it matters
    /// Nobody knows what is in it.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/5b0b... that belongs to another user, mode 0600
    /// ```
    ///
    /// ## What to do
    /// Check as a user who may read the files, while nobody changes them.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-013"],
        levels: DECLARED,
        severity: Some((
            Severity::Error,
            "no sentence forbids it, but what was not looked at cannot be called right",
        )),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (name, read) in [("oci-layout", evidence.facts.oci_layout()), ("index.json", evidence.facts.index())]
    {
        if let Some(error) = read.err().filter(|error| is_reading_error(error)) {
            findings.on(name, "", format!("{name} {error}"));
        }
    }
    for (path, error) in evidence.facts.unreadable() {
        if is_reading_error(error) {
            findings.on(path.as_str(), "", format!("this directory {error}"));
        }
    }
    let unread = evidence.facts.blobs().pick(|digest, blob| match &blob.content {
        BlobContent::Unreadable(error) if is_reading_error(error) => {
            Some(format!("this blob {error}, so it was not verified"))
        }
        BlobContent::Large if evidence.role(digest).is_some() => {
            Some(format!("this is used as a document and has {} bytes, more than referee reads", blob.size))
        }
        _ => None,
    });
    for (digest, message) in unread {
        findings.on(blob_path(digest), "", message);
    }
}
