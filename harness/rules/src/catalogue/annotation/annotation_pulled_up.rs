use referee_convention::Convention;
use referee_spec::annotation::REF_NAME;

use crate::declare::{Check, DECLARED, Reading, Severity};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// an annotation with a meaning in index.json was copied from the manifest
    ///
    /// ## What it does
    /// Finds entries of index.json whose `ref.name`, or whose mark of a referrers response, is also an annotation
    /// of the manifest they point at, with the same value. Copied up, an inert annotation becomes a tag or a
    /// response.
    ///
    /// ## Why it matters
    /// Whoever can store a manifest can so forge a tag, or the list of an image's signatures.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.ref.name": "v1"}}
    /// ```
    ///
    /// ## What to do
    /// Strip these keys when annotations are copied to index.json.
    {
        check: Check::Layout(check),
        requirements: &["ANNOT-026", "API-026", "AMB-26"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no sentence forbids it, but whoever wrote the manifest chose the value, and not whoever stored it",
        )),
        reading: Some(Reading { question: "AMB-26", error: &["strip"], fine: &["honour"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let marks = evidence.profile.convention().map(Convention::mark_keys).unwrap_or_default();
    let keys: Vec<&str> = marks.into_iter().chain([REF_NAME]).collect();
    for blob_node in evidence.blob_nodes() {
        let Some(node) = blob_node.node.filter(|node| !node.annotations.is_empty()) else { continue };
        for one in blob_node.references.iter().filter(|one| one.from.is_none()) {
            let Some(entry) = one.descriptor() else { continue };
            for &key in &keys {
                let own = node.annotations.get(key);
                if own.is_some() && own == entry.optional().annotations.get(key) {
                    let pointer = annotation_pointer(&one.pointer(), key);
                    let message =
                        format!("{key} has the same value in the manifest: it seems to be copied from there");
                    findings.on("index.json", pointer, message);
                }
            }
        }
    }
}
