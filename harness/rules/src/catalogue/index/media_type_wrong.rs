//! `media-type-wrong`: a document is not of the type that it is used as.

use referee_layout::facts::blob_path;
use referee_layout::media_type;

use crate::evidence::Evidence;
use crate::finding::Findings;
use crate::rule::{Check, MUST};

declare_rule! {
    /// ## What it does
    /// Finds an index.json whose own `mediaType` is not that of an image index, and blobs that a descriptor calls a
    /// manifest or an index while they say that they are something else.
    ///
    /// ## Why it matters
    /// Two programs that trust different fields see different documents: what one verifies is not what the other
    /// uses.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Make the descriptor and the document say the same.
    {
        id: "media-type-wrong",
        summary: "a document is not of the type that it is used as",
        requirements: &["INDEX-003", "MANIFEST-002", "REF-05"],
        levels: MUST,
        source: "image-spec image-index.md, Image Index Property Descriptions",
        check: Check::Layout(check),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let index = evidence.facts.index().ok().and_then(|document| document.root().ok());
    if let Some(own) = index.and_then(|root| root.get("mediaType"))
        && !own.equals(media_type::IMAGE_INDEX)
    {
        findings.on(
            "index.json",
            "/mediaType",
            format!("index.json says that it is {}, not an image index", own.text()),
        );
    }
    for (digest, kind) in evidence.roles() {
        let Some(node) = evidence.node(digest) else { continue };
        let own = node.media_type.as_deref();
        if own.map_or(node.kind == kind, |own| own == kind.media_type()) {
            continue;
        }
        let own = own.unwrap_or("nothing, and looks like something else");
        let pointer = if node.media_type.is_some() { "/mediaType" } else { "" };
        let message = format!("this is used as {}, and says that it is {own}", kind.media_type());
        let finding = findings.on(blob_path(digest), pointer, message);
        if let Some(one) = evidence.uses(digest).iter().find(|one| one.kind() == Some(kind)) {
            finding.see(one.file(), one.pointer() + "/mediaType", "it is used here");
        }
    }
}
