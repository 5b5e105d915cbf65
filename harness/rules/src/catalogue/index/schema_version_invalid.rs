use referee_layout::ManifestView;

use crate::declare::{Canonical, Check, MUST};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// schemaVersion is not 2
    ///
    /// ## What it does
    /// Finds manifests and indexes whose `schemaVersion` is missing or anything but the number 2.
    ///
    /// ## Why it matters
    /// Readers refuse other versions, and a reader of referrers skips the document.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": "2", "manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Write the number 2.
    {
        check: Check::Document(check),
        requirements: &["INDEX-001", "MANIFEST-001", "REF-12"],
        levels: MUST,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if !doc.is_manifest_or_index() || ManifestView::new(doc.root).schema_version().present() == Some(&2) {
        return;
    }
    match doc.root.get("schemaVersion") {
        Some(version) => {
            findings.at(doc, version, format!("schemaVersion is {}, not the number 2", version.text()));
        }
        None => findings.at(doc, doc.root, "there is no schemaVersion, which has to be 2"),
    }
}
