use referee_layout::Platform;

use crate::declare::{Check, SHOULD, Severity};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// an image in index.json has no platform
    ///
    /// ## What it does
    /// Finds entries of index.json that list an image and do not say its platform.
    ///
    /// ## Why it matters
    /// A reader that looks for a platform has to open the image's config.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:...", "size": 7143}
    /// ```
    ///
    /// ## What to do
    /// Add `platform` with `architecture` and `os` if you write the layout.
    {
        check: Check::Layout(check),
        requirements: &["DESC-013"],
        levels: SHOULD,
        severity: Some((Severity::Info, "hardly any tool writes it")),
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for entry in evidence.facts.entries() {
        let Ok(descriptor) = &entry.descriptor else { continue };
        if descriptor.optional().platform == Platform::Absent && evidence.is_image(&descriptor.digest) {
            findings.on("index.json", entry.pointer(), "this image's entry does not say its platform");
        }
    }
}
