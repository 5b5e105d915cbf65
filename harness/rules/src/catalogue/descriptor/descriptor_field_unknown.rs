use crate::declare::{Canonical, Check, SHOULD, Severity};
use crate::doc::{Doc, names};
use crate::finding::Findings;

declare_rule! {
    /// a descriptor has a field that image-spec does not define
    ///
    /// ## What it does
    /// Finds members of descriptors that image-spec does not define.
    ///
    /// ## Why it matters
    /// New fields are to be proposed to image-spec first; until then they may come to mean something else.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:...", "size": 7682, "subject": "sha256:..."}
    /// ```
    ///
    /// ## What to do
    /// Use an annotation.
    {
        check: Check::Document(check),
        requirements: &["DESC-020"],
        levels: SHOULD,
        severity: Some((Severity::Info, "readers ignore such fields")),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        for (name, _) in place.value.members() {
            // a name that is like a known one is reported as that
            if !names::DESCRIPTOR.iter().any(|known| name.equals(known)) && !names::is_odd_in_descriptor(name)
            {
                findings.at(doc, name, format!("{} is not a field of a descriptor", name.text()));
            }
        }
    }
}
