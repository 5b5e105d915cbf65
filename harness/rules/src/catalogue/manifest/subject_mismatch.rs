use referee_layout::facts::Verified;
use referee_layout::{BlobContent, DocumentKind, Node};
use referee_source::counted;
use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// a subject descriptor differs from the manifest that it names
    ///
    /// ## What it does
    /// Compares `mediaType` and `size` of a subject with the manifest of that digest, if it is in the layout, and the size
    /// with any other blob.
    ///
    /// ## Why it matters
    /// oras compares the whole descriptor: with a wrong size it refuses the layout. Others go by the digest alone.
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
        requirements: &["MANIFEST-017", "INDEX-027", "AMB-13"],
        levels: DECLARED,
        severity: Some((Severity::Warning, "whether the digest alone counts is an open question")),
        reading: Some(Reading { question: "AMB-13", error: &["triple"], fine: &["digest"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for (node, digest) in evidence.referrers() {
        let (Some(subject), Some(blob)) = (&node.subject, evidence.blob(digest)) else { continue };
        if blob.verified == Verified::No || matches!(blob.content, BlobContent::Unreadable(_)) {
            continue;
        }
        if let Some(size) = subject.size.filter(|size| *size != blob.size) {
            let message = format!("the size is {size}, but the subject has {}", counted(blob.size, "byte"));
            let finding = findings.on(blob_path(&node.digest), "/subject/size", message);
            finding.see(blob_path(digest), "", "the subject");
        }
        let Some(target) = evidence.node(digest) else { continue };
        if let Some(own) = subject.media_type.as_deref().filter(|own| !is_type_of(own, target)) {
            let said = target.media_type.as_deref().unwrap_or(target.kind.media_type());
            let message = format!("the media type is {own}, but the subject is {said}");
            let finding = findings.on(blob_path(&node.digest), "/subject/mediaType", message);
            finding.see(blob_path(digest), "", "the subject");
        }
    }
}

/// Whether a document may be called that: what it says itself, or, if it says nothing, any type of its kind.
fn is_type_of(own: &str, target: &Node) -> bool {
    match target.media_type.as_deref() {
        Some(said) => own == said,
        None => DocumentKind::of_media_type(own) == Some(target.kind),
    }
}
