use referee_layout::{DocumentKind, Platform};
use referee_spec::path::blob_path;

use crate::declare::{Check, SHOULD};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// an image has no platform in an index of several images
    ///
    /// ## What it does
    /// Finds entries of image indexes that list several images, where the entry of an image does not say its
    /// platform. Artifacts have none.
    ///
    /// ## Why it matters
    /// Runtimes take the first entry that fits, and an entry without a platform fits nowhere or everywhere.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:...", "size": 7143}
    /// ```
    ///
    /// ## What to do
    /// Add `platform` with `architecture` and `os`.
    {
        check: Check::Layout(check),
        requirements: &["INDEX-011", "DESC-013"],
        levels: SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let responses = evidence.response_digests();
    for node in evidence.nodes() {
        if node.kind != DocumentKind::Index || responses.contains(&node.digest) {
            continue;
        }
        let images = node.entries.iter().filter_map(|entry| {
            let descriptor = entry.descriptor.as_ref().ok()?;
            Some((entry, descriptor)).filter(|_| evidence.is_image(&descriptor.digest))
        });
        let images: Vec<_> = images.collect();
        for (entry, descriptor) in images.iter().filter(|_| images.len() > 1) {
            if descriptor.optional().platform == Platform::Absent {
                findings.on(
                    blob_path(&node.digest),
                    entry.pointer(),
                    "this image has no platform, and the index lists several images",
                );
            }
        }
    }
}
