use referee_layout::DescriptorView;
use referee_spec::media_type;

use crate::declare::{Canonical, Check, DECLARED, Severity};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// a descriptor of the empty type does not describe {}
    ///
    /// ## What it does
    /// Finds descriptors of the empty type whose digest, size or `data` is not that of the two bytes `{}`.
    ///
    /// ## Why it matters
    /// A reader that replaces the content by `{}` uses something else than one that fetches it.
    ///
    /// ## Example
    /// ```json
    /// {"mediaType": "application/vnd.oci.empty.v1+json", "digest": "sha256:e3b0...", "size": 0}
    /// ```
    ///
    /// ## What to do
    /// Use the constants: size 2, digest sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.
    {
        check: Check::Document(check),
        requirements: &["MANIFEST-019"],
        levels: DECLARED,
        severity: Some((
            Severity::Warning,
            "no word says how strongly it is asked for, but readers know the content by the type",
        )),
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let view = DescriptorView::new(place.value);
        if view.media_type().present().is_none_or(|own| own != media_type::EMPTY) {
            continue;
        }
        // a wrong size, and data that is not what the digest says, are reported as that
        let wrong = match view.digest().into_present().and_then(|digest| digest.matches(b"{}")) {
            Some(right) => !right,
            None => view.data().into_present().is_some_and(|data| data != b"{}"),
        };
        if wrong {
            findings.at(doc, place.value, "a descriptor of the empty type has to describe the two bytes {}");
        }
    }
}
