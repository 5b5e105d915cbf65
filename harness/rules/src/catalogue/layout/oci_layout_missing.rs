use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, is_nothing};
use crate::finding::Findings;

declare_rule! {
    /// there is no file oci-layout
    ///
    /// ## What it does
    /// Finds layouts without the file `oci-layout` at their root, also where a link of that name leads to nothing.
    ///
    /// ## Why it matters
    /// Readers tell a layout from any other folder by this file, and refuse without it.
    ///
    /// ## Example
    /// ```json
    /// {"imageLayoutVersion": "1.0.0"}
    /// ```
    ///
    /// ## What to do
    /// Write the file with the content of the example.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-004"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    if let Some(error) = evidence.facts.oci_layout().err().filter(|error| is_nothing(error)) {
        let message = match error.link() {
            Some(link) => format!("oci-layout, which says that this is a layout, is {link}"),
            None => "there is no file oci-layout, which says that this is a layout".to_owned(),
        };
        findings.on("oci-layout", "", message);
    }
}
