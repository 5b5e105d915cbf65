use referee_convention::PullUp;

use crate::declare::{Check, MUST, Reading, Severity};
use crate::evidence::Evidence;
use crate::evidence::responses::copying;
use crate::finding::Findings;

declare_rule! {
    /// a response gives a referrer another artifactType than the manifest
    ///
    /// ## What it does
    /// Compares `artifactType` of each entry with what it has to be: the manifest's own if it has one, else for an
    /// image manifest the media type of its config, else none.
    ///
    /// ## Why it matters
    /// A reader that filters by type does not find the referrer, or finds the wrong one.
    ///
    /// ## Example
    /// ```json
    /// {"manifests": [{"digest": "sha256:1f2e..."}]}
    /// ```
    ///
    /// ## What to do
    /// Copy it from the manifest, with a new digest for the response.
    {
        check: Check::Layout(check),
        requirements: &["API-008", "API-009", "API-010", "REF-11", "FALLBACK-011", "FALLBACK-012", "FALLBACK-019", "FALLBACK-027", "AMB-12"],
        levels: MUST,
        severity: Some((Severity::Warning, "the text is about a registry's answer, and this is a layout")),
        reading: Some(Reading { question: "AMB-12", error: &["descriptor"], fine: &["manifest"] }),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in copying(evidence, PullUp::ArtifactType) {
        for (entry, descriptor, node) in response.referrers(evidence) {
            let (said, own) = (descriptor.optional().artifact_type.as_deref(), node.referrer_type());
            if said == own {
                continue;
            }
            let pointer = if said.is_some() { entry.pointer() + "/artifactType" } else { entry.pointer() };
            let (said, own) = (said.unwrap_or("none"), own.unwrap_or("none"));
            findings
                .on(response.file(), pointer, format!("the artifactType is {said}, but has to be {own}"))
                .of_proposal(response.is_own(evidence), evidence.profile);
        }
    }
}
