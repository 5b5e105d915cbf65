use std::collections::BTreeSet;

use referee_convention::PullUp;
use referee_spec::path::blob_path;

use crate::declare::{Check, DECLARED};
use crate::evidence::responses::copying;
use crate::evidence::{Evidence, Reference};
use crate::finding::Findings;

declare_rule! {
    /// the artifactType of a descriptor differs from that of its manifest
    ///
    /// ## What it does
    /// Compares the `artifactType` of an entry with the manifest's own, or with the media type of its config if it
    /// has none. The two specifications differ on which comes first; entries of referrers
    /// responses have a rule of their own.
    ///
    /// ## Why it matters
    /// A reader that filters by the entry finds other referrers than one that opens the manifest.
    ///
    /// ## Example
    /// ```json
    /// {"artifactType": "application/vnd.oci.empty.v1+json"}
    /// ```
    ///
    /// ## What to do
    /// Copy the manifest's artifactType.
    {
        check: Check::Layout(check),
        requirements: &["DESC-012"],
        levels: DECLARED,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.response_digests();
    let copying: BTreeSet<_> =
        copying(evidence, PullUp::ArtifactType).filter_map(|response| Some(&response.node?.digest)).collect();
    for blob_node in evidence.blob_nodes() {
        let Some(node) = blob_node.node else { continue };
        // the entries of responses that copy it, and the entry that is one, have rules of their own
        let ours = |one: &&Reference<'_>| match one.from {
            Some(from) => !copying.contains(from),
            None => !responses.contains(blob_node.digest),
        };
        for one in blob_node.references.iter().filter(ours) {
            let said = one.descriptor().and_then(|descriptor| descriptor.optional().artifact_type.as_deref());
            if let Some(said) = said
                && node.referrer_type() != Some(said)
            {
                let own = node.referrer_type().unwrap_or("none");
                let short = blob_node.digest.short();
                let message = format!("the entry says {said}, and the type of the blob {short} is {own}");
                let finding = findings.on(one.file(), one.pointer() + "/artifactType", message);
                finding.see(blob_path(blob_node.digest), "", "the blob");
            }
        }
    }
}
