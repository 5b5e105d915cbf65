use referee_layout::ReadError;

use crate::declare::{Check, MUST};
use crate::evidence::Evidence;
use crate::finding::Findings;

declare_rule! {
    /// there is no file index.json
    ///
    /// ## What it does
    /// Finds layouts without the file `index.json`.
    ///
    /// ## Why it matters
    /// Everything in a layout is found from index.json on: without it there are only blobs.
    ///
    /// ## Example
    /// ```json
    /// {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []}
    /// ```
    ///
    /// ## What to do
    /// Copy the layout again; if nothing is to be listed, write the file of the example.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-009"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    if evidence.facts.index().err() == Some(&ReadError::Missing) {
        findings.on("index.json", "", "there is no index.json, so nothing says what the layout holds");
    }
}
