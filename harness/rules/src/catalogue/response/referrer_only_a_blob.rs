use referee_convention::ListedIn;
use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Reading};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// no descriptor leads to a referrer
    ///
    /// ## What it does
    /// Finds manifests with a subject that neither index.json nor anything it leads to lists. Blobs without a
    /// reference may exist.
    ///
    /// ## Why it matters
    /// Readers of index.json do not find it, and the first garbage collection deletes it. umoci and `cosign save`
    /// write layouts of this kind.
    ///
    /// ## Example
    /// ```text
    /// blobs/sha256/1f2e... with "subject": {"digest": "sha256:5b0b..."}
    /// ```
    ///
    /// ## What to do
    /// List it in index.json.
    {
        check: Check::Layout(check),
        requirements: &["REF-01", "CONV-10", "AMB-02"],
        levels: DECLARED,
        reading: Some(Reading { question: "AMB-02", error: &["blobs"], fine: &["reachable", "listed"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    // where the proposal has referrers as blobs alone, that is how they are found
    if evidence.carriers().any(|carrier| carrier.place == ListedIn::Blob) {
        return;
    }
    // what could not be followed may list it: that is reported as such
    if !evidence.is_fully_traversed() {
        return;
    }
    for node in evidence.unreached() {
        let own = node.media_type.as_deref() == Some(node.kind.media_type());
        if let Some(subject) = node.subject.as_ref().filter(|_| own && node.invalid.is_none()) {
            let message = format!("no descriptor leads to this referrer of {}", subject.digest.short());
            findings.on(blob_path(&node.digest), "/subject", message);
        }
    }
}
