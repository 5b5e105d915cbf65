use referee_spec::media_type;

use crate::declare::{Check, SHOULD, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// what is marked as a response is not an image index
    ///
    /// ## What it does
    /// Finds entries of index.json that are marked as a response, by annotation or by fallback tag, and whose media
    /// type is not that of an image index.
    ///
    /// ## Why it matters
    /// Readers ignore it or stop: the tag may be that of an artifact that is named after its own digest.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "annotations": {"org.opencontainers.image.ref.name": "sha256-5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Mark an image index that lists the referrers.
    {
        check: Check::Layout(check),
        requirements: &["REF-05", "FALLBACK-007", "FALLBACK-023", "FALLBACK-029", "AMB-36"],
        levels: SHOULD,
        severity: Some((Severity::Warning, "readers ignore what is no index, also where a text says more")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for response in evidence.responses() {
        let Ok(descriptor) = &response.entry.descriptor else { continue };
        let referrer = evidence.node(&descriptor.digest);
        let other = referrer.is_some_and(|node| response.lists_rightly(evidence, node))
            || Some(&descriptor.digest) == response.subject.as_ref()
            || evidence.is_unread(&descriptor.digest);
        if descriptor.media_type != media_type::IMAGE_INDEX
            && !(response.is_proposed() && !response.is_tagged() && other)
        {
            let pointer = response.entry.pointer() + "/mediaType";
            findings
                .on(
                    "index.json",
                    pointer,
                    "this is marked as a referrers response, but is not an image index",
                )
                .of_proposal(response.is_own(evidence), evidence.profile);
        }
    }
}
