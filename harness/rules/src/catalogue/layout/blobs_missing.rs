use referee_layout::ReadError;

use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, is_nothing};
use crate::finding::Findings;

declare_rule! {
    /// there is no directory blobs
    ///
    /// ## What it does
    /// Finds layouts without a directory `blobs`: there is nothing of that name, a file, or a link to nothing or to a file.
    ///
    /// ## Why it matters
    /// Every descriptor points into it. That blobs are missing is then not said again for each.
    ///
    /// ## Example
    /// ```text
    /// oci-layout
    /// index.json
    /// ```
    ///
    /// ## What to do
    /// Make the directory; copy the layout again if it listed anything.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-001"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    match evidence.facts.unreadable().get("blobs") {
        Some(ReadError::Missing) => {
            findings.on("blobs", "", "there is no directory blobs");
        }
        Some(error) if is_nothing(error) || matches!(error, ReadError::NotADirectory(_)) => {
            findings.on("blobs", "", format!("blobs {error}"));
        }
        _ => {}
    }
}
