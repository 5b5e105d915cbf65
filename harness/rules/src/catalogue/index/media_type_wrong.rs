use referee_layout::facts::Verified;
use referee_layout::{Blob, BlobContent, DocumentKind, Node};
use referee_spec::media_type;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::{BlobNode, Evidence, Reference};
use crate::finding::Findings;

/// Types that are true of any document.
const ANY: [&str; 2] = ["application/octet-stream", "application/json"];

declare_rule! {
    /// the mediaType of a document differs from the one it is used as
    ///
    /// ## What it does
    /// Finds an index.json whose own `mediaType` is not that of an image index, and descriptors that call a blob a
    /// manifest or an index while it says that it is something else, wherever they are: a config or layer whose type is
    /// that of a manifest, too. The other way round, it finds descriptors of another type whose blob says that it is a
    /// manifest or is used as one; a layer or config may also have a type of any bytes, or of any JSON. Where the blob is not even what it says itself, the blob is reported in place of the
    /// descriptors. Subjects have a rule of their own, and other content is opaque: nothing is held against its type.
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
        check: Check::Layout(check),
        requirements: &["INDEX-003", "MANIFEST-002", "DESC-021"],
        levels: MUST,
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
    for blob_node in evidence.blob_nodes() {
        // a subject has a rule of its own
        let described = || blob_node.references.iter().filter(|one| one.slot() != Slot::Subject);
        match (blob_node.node, blob_node.blob) {
            (Some(node), _) => document(blob_node, node, described(), findings),
            (None, Some(blob)) if blob_node.role.is_none() => {
                for one in described() {
                    no_document(blob_node, blob, one, findings);
                }
            }
            // that it is no document at all is reported as that
            _ => {}
        }
    }
}

/// Holds descriptors of a manifest or index against what it says that it is.
fn document<'r, 'a: 'r>(
    blob_node: &BlobNode<'a>,
    node: &Node,
    described: impl Iterator<Item = &'r Reference<'a>>,
    findings: &mut Findings<'_>,
) {
    let digest = blob_node.digest;
    let flaw = node.flaws.iter().find(|flaw| flaw.pointer == "/mediaType");
    if let (Some(flaw), Some(used)) = (flaw, blob_node.role) {
        let message = format!("this is used as {}, but its {}", used.media_type(), flaw.message);
        findings.on(blob_path(digest), "/mediaType", message);
        return;
    }
    let own = node.media_type.as_deref();
    let mut wrong = described.filter(|one| differs(blob_node, node, one)).peekable();
    let Some(first) = wrong.peek().copied() else { return };
    if let Some(own) = own.filter(|_| node.invalid.is_some() && is_entry(first)) {
        let used = first.media_type().unwrap_or_default();
        let message = format!("this is used as {used}, but its mediaType is {own}");
        let finding = findings.on(blob_path(digest), "/mediaType", message);
        finding.see(first.file(), first.pointer() + "/mediaType", "it is used here");
        return;
    }
    let what = match own {
        Some(own) => format!("says that it is {own}"),
        None => format!("has the fields of {} and no mediaType", node.kind.media_type()),
    };
    for one in wrong {
        let message = format!("the blob {} {what}", digest.short());
        let finding = findings.on(one.file(), one.pointer() + "/mediaType", message);
        finding.see(blob_path(digest), "", "the blob");
    }
}

/// Whether a descriptor says something else than a document does that it names.
fn differs(blob_node: &BlobNode<'_>, node: &Node, one: &Reference<'_>) -> bool {
    let own = node.media_type.as_deref();
    let says_itself = own.and_then(DocumentKind::of_media_type).is_some() && node.invalid.is_none();
    match one.kind() {
        Some(kind) => own.map_or(kind != node.kind, |_| own != one.media_type()),
        // a layer or config is opaque, and those are the types of any bytes
        None if !is_entry(one) && one.media_type().is_some_and(|said| ANY.contains(&said)) => false,
        // a type of its own may be meant for a blob that nobody uses as a document, and that does not say that it is one
        None => one.media_type().is_some() && (blob_node.role.is_some() || (is_entry(one) && says_itself)),
    }
}

fn is_entry(one: &Reference<'_>) -> bool {
    matches!(one.slot(), Slot::Entry(_))
}

/// Holds a descriptor that says that a blob is a manifest or index against a blob that is none.
fn no_document(blob_node: &BlobNode<'_>, blob: &Blob, one: &Reference<'_>, findings: &mut Findings<'_>) {
    let what = match blob.content {
        _ if one.kind().is_none() || blob.verified == Verified::No => return,
        BlobContent::Opaque | BlobContent::Broken(_) => "is no JSON object",
        BlobContent::Json(_) => "has neither the mediaType nor the fields of that",
        BlobContent::Node(_) | BlobContent::Large | BlobContent::Unreadable(_) => return,
    };
    let message = format!("the blob {} {what}", blob_node.digest.short());
    let finding = findings.on(one.file(), one.pointer() + "/mediaType", message);
    finding.see(blob_path(blob_node.digest), "", "the blob");
}
