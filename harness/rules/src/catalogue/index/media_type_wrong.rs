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
        if let Some(flaw) = node.flaws.iter().find(|flaw| flaw.pointer == "/mediaType") {
            findings.on(blob_path(digest), "/mediaType", format!("in this document, the {}", flaw.message));
            continue;
        }
        let own = node.media_type.as_deref();
        let differs = |one: &&Reference<'_>| {
            let listed = matches!(one.slot(), Slot::Entry(_)) && one.kind().is_some();
            listed && own.map_or(one.kind() != Some(node.kind), |_| own != one.media_type())
        };
        let mut wrong = blob_node.references.iter().filter(differs).peekable();
        let Some(first) = wrong.peek().copied() else { continue };
        let own = own.unwrap_or("nothing, and looks like something else");
        if node.invalid.is_some() && node.media_type.is_some() {
            let used = first.media_type().unwrap_or_default();
            let message = format!("this is used as {used}, but its mediaType is {own}");
            let finding = findings.on(blob_path(digest), "/mediaType", message);
            finding.see(first.file(), first.pointer() + "/mediaType", "it is used here");
            continue;
        }
        for one in wrong {
            let message = format!("this document says that it is {own}");
            let finding = findings.on(one.file(), one.pointer() + "/mediaType", message);
            finding.see(blob_path(digest), "", "the document");
        }
    }
}
