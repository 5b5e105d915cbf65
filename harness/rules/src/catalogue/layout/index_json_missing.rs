use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, is_nothing};
use crate::finding::Findings;

declare_rule! {
    /// there is no file index.json
    ///
    /// ## What it does
    /// Finds layouts without the file `index.json`, also where a link of that name leads to nothing.
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
    if let Some(error) = evidence.facts.index().err().filter(|error| is_nothing(error)) {
        let message = match error.link() {
            Some(link) => format!("index.json is {link}, so nothing says what the layout holds"),
            None => "there is no index.json, so nothing says what the layout holds".to_owned(),
        };
        findings.on("index.json", "", message);
    }
}
