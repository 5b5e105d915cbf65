use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a subject descriptor differs from the manifest that it names
    ///
    /// ## What it does
    /// Compares `mediaType` and `size` of a subject with the manifest of that digest, if it is in the layout.
    ///
    /// ## Why it matters
    /// oras compares the whole descriptor: with a wrong size it refuses the layout. Others go by the digest alone.
    /// Whether the digest alone counts is an open question, so it is a warning.
    ///
    /// ## Example
    /// ```json
    /// {"subject": {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:...", "size": 1}}
    /// ```
    ///
    /// ## What to do
    /// Write the descriptor of the manifest.
    {
        check: Check::Layout(check),
        requirements: &["MANIFEST-017", "AMB-13"],
        levels: DECLARED,
        severity: Some(Severity::Warning),
        reading: Some(Reading { question: "AMB-13", error: &["triple"], fine: &["digest"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (node, digest) in evidence.referrers() {
        let (Some(subject), Some(target)) = (&node.subject, evidence.node(digest)) else { continue };
        let target_type = target.media_type.as_deref().unwrap_or(target.kind.media_type());
        let message = if subject.size.is_some_and(|size| size != target.size) {
            format!("the subject has {} bytes, but its descriptor gives another size", target.size)
        } else if subject.media_type.as_deref().is_some_and(|own| own != target_type) {
            format!("the subject is {target_type}, but its descriptor gives another media type")
        } else {
            continue;
        };
        findings.on(blob_path(&node.digest), "/subject", message);
    }
}
