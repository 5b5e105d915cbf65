use crate::declare::{Check, PROPOSED_SHOULD};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// what is marked as a referrer refers to nothing
    ///
    /// ## What it does
    /// Finds entries that a proposal's annotations mark as a referrer, and that point at a manifest or image index without a
    /// subject, at a config, a layer or any other blob.
    ///
    /// ## Why it matters
    /// A reader that opens it finds no subject and drops it; one that trusts the mark shows an image, or something that nobody can
    /// read, as a signature.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.index.v1+json", "annotations": {"com.example.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Mark the manifest that names the subject.
    {
        check: Check::Layout(check),
        requirements: &["REF-10", "CONV-18"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    for listing in evidence.listings().into_iter().filter(|listing| !listing.fits) {
        let Some(digest) = listing.entry.digest() else { continue };
        let what = match (evidence.facts.node(digest), evidence.blob(digest)) {
            (Some(node), _) if node.subject.is_none() && node.invalid.is_none() => "this refers to nothing",
            (None, Some(_)) => "this is no manifest and no image index",
            _ => continue,
        };
        let message = format!("{what}, but it is marked as a referrer");
        findings.on(listing.file(), listing.entry.pointer(), message);
    }
}
