use crate::declare::{Canonical, Check, SHOULD};
use crate::doc::Doc;
use crate::finding::Findings;

declare_rule! {
    /// mediaType is absent
    ///
    /// ## What it does
    /// Finds manifests and indexes without a `mediaType` of their own.
    ///
    /// ## Why it matters
    /// Without it a manifest can be read as an index by one program and as a manifest by another, which is how
    /// signatures were bypassed once.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Write `mediaType` into the document; in a blob this gives it a new digest.
    {
        check: Check::Document(check),
        requirements: &["INDEX-002", "MANIFEST-002", "REF-12"],
        levels: SHOULD,
        canonical: Canonical::Skip,
    }
}

fn check(doc: &Doc<'_>, findings: &mut Findings<'_>) {
    if doc.is_manifest_or_index() && doc.root.get("mediaType").is_none() {
        findings.at(doc, doc.root, "there is no mediaType");
    }
}
