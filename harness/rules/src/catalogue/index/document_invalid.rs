use referee_layout::facts::Verified;
use referee_layout::json::Problem;
use referee_layout::{Blob, BlobContent};
use referee_spec::media_type;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::{BlobNode, Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// a blob that is used as a manifest or index is not one
    ///
    /// ## What it does
    /// Finds blobs that a descriptor calls an image manifest or image index, and that are no JSON object or have
    /// nothing of one. Image configs that are not JSON are found, too.
    ///
    /// ## Why it matters
    /// Nothing that it should lead to can be found.
    ///
    /// ## Example
    /// ```json
    /// {"descriptor": "application/vnd.oci.image.manifest.v1+json", "blob": "hello"}
    /// ```
    ///
    /// ## What to do
    /// Correct the descriptor's media type, or store the document itself.
    {
        check: Check::Layout(check),
        requirements: &["INDEX-004", "MANIFEST-006", "JSON-001"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for blob_node in evidence.blob_nodes() {
        let Some(blob) = blob_node.blob else { continue };
        if let Some(kind) = blob_node.role {
            let entry =
                |one: &Reference<'_>| matches!(one.slot(), Slot::Entry(_)) && one.kind() == Some(kind);
            report(blob_node, blob, kind.media_type(), entry, findings);
            continue;
        }
        let config = |one: &Reference<'_>| {
            one.slot() == Slot::Config && one.media_type() == Some(media_type::IMAGE_CONFIG)
        };
        // any JSON object may be a config: what is in it is another text's business
        let object = matches!(blob.content, BlobContent::Json(_) | BlobContent::Node(_));
        if !object && blob_node.references.iter().any(config) {
            report(blob_node, blob, media_type::IMAGE_CONFIG, config, findings);
        }
    }
}

/// Reports a blob that is not what those `uses` of it say.
fn report(
    blob_node: &BlobNode<'_>,
    blob: &Blob,
    used: &str,
    uses: impl Fn(&Reference<'_>) -> bool,
    findings: &mut Findings<'_>,
) {
    let digest = blob_node.digest;
    if blob.verified == Verified::No {
        return;
    }
    let message = match &blob.content {
        // text in another encoding is reported as that
        BlobContent::Broken(error) if matches!(error.problem, Problem::Utf8 | Problem::ByteOrderMark) => {
            return;
        }
        BlobContent::Broken(error) => {
            findings.bytes(
                blob_path(digest),
                error.offset,
                format!("this is used as {used}, but is not JSON: {error}"),
            );
            return;
        }
        BlobContent::Opaque => format!("this is used as {used}, but is not a JSON object"),
        BlobContent::Json(_) => {
            format!("this is used as {used}, but neither its mediaType nor its fields fit")
        }
        _ => return,
    };
    let finding = findings.on(blob_path(digest), "", message);
    if let Some(one) = blob_node.references.iter().find(|one| uses(one)) {
        finding.see(one.file(), one.pointer() + "/mediaType", "it is used here");
    }
}
