use referee_layout::{DescriptorView, Field};
use referee_source::counted;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// data of a descriptor does not match its digest or size
    ///
    /// ## What it does
    /// Finds `data` that decodes to something whose digest is not the descriptor's, or that has another size.
    ///
    /// ## Why it matters
    /// A reader that uses `data` sees something else than one that fetches the blob.
    ///
    /// ## Example
    /// ```json
    /// {"digest": "sha256:4413...", "size": 2, "data": "e30K"}
    /// ```
    ///
    /// ## What to do
    /// Embed the content itself, or leave `data` out.
    {
        check: Check::Document(check),
        requirements: &["DESC-010"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    for place in doc.descriptors() {
        let view = DescriptorView::new(place.value);
        let (Field::Present(data, _), Some(at)) = (view.data(), place.value.get("data")) else { continue };
        let size = view.size().into_present().filter(|size| *size != data.len() as u64);
        if view.digest().into_present().is_some_and(|digest| digest.matches(&data) == Some(false)) {
            findings.at(doc, at, "data does not hash to the digest of the descriptor");
        } else if let Some(size) = size {
            findings.at(doc, at, format!("data has {}, but the size is {size}", counted(data.len(), "byte")));
        }
    }
}
