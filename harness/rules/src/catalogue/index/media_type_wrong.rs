use referee_spec::media_type;
use referee_spec::path::blob_path;

use crate::declare::{Check, MUST};
use crate::doc::Slot;
use crate::evidence::{Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// the mediaType of a document differs from the one it is used as
    ///
    /// ## What it does
    /// Finds an index.json whose own `mediaType` is not that of an image index, and descriptors that call a blob a
    /// manifest or an index while it says that it is something else. Where the blob is not even what it says itself,
    /// the blob is reported in place of the descriptors.
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
        requirements: &["INDEX-003", "MANIFEST-002"],
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
        let (digest, Some(node)) = (blob_node.digest, blob_node.node) else { continue };
        let flaw = node.flaws.iter().find(|flaw| flaw.pointer == "/mediaType");
        if let (Some(flaw), Some(used)) = (flaw, blob_node.role) {
            let used = used.media_type();
            findings.on(
                blob_path(digest),
                "/mediaType",
                format!("this is used as {used}, but its {}", flaw.message),
            );
            continue;
        }
        let own = node.media_type.as_deref();
        let differs = |one: &&Reference<'_>| {
            let listed = matches!(one.slot(), Slot::Entry(_)) && one.kind().is_some();
            listed && own.map_or(one.kind() != Some(node.kind), |_| own != one.media_type())
        };
        let mut wrong = blob_node.references.iter().filter(differs).peekable();
        let Some(first) = wrong.peek().copied() else { continue };
        if let Some(own) = own.filter(|_| node.invalid.is_some()) {
            let used = first.media_type().unwrap_or_default();
            let message = format!("this is used as {used}, but its mediaType is {own}");
            let finding = findings.on(blob_path(digest), "/mediaType", message);
            finding.see(first.file(), first.pointer() + "/mediaType", "it is used here");
            continue;
        }
        for one in wrong {
            let what = match own {
                Some(own) => format!("says that it is {own}"),
                None => format!("has the fields of {} and no mediaType", node.kind.media_type()),
            };
            let message = format!("the blob {} {what}", digest.short());
            let finding = findings.on(one.file(), one.pointer() + "/mediaType", message);
            finding.see(blob_path(digest), "", "the blob");
        }
    }
}
