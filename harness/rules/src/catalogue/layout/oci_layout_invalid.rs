use referee_layout::ReadError;
use referee_layout::json::{Kind, Problem};

use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, is_reading_error};
use crate::finding::Findings;

declare_rule! {
    /// oci-layout is not a JSON object with an imageLayoutVersion
    ///
    /// ## What it does
    /// Finds a file `oci-layout` that cannot be read, is no JSON object, or has no string `imageLayoutVersion`.
    ///
    /// ## Why it matters
    /// The version decides whether a reader may go on.
    ///
    /// ## Example
    /// ```json
    /// {}
    /// ```
    ///
    /// ## What to do
    /// Write `{"imageLayoutVersion": "1.0.0"}`.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-005", "LAYOUT-006", "LAYOUT-007"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let document = match evidence.facts.oci_layout() {
        Ok(document) => document,
        Err(error) if is_reading_error(error) || matches!(error, ReadError::Missing | ReadError::Link(_)) => {
            return;
        }
        Err(error) => {
            findings.on("oci-layout", "", format!("oci-layout {error}"));
            return;
        }
    };
    let root = match document.root() {
        Ok(root) => root,
        // text in another encoding is reported as that
        Err(error) if matches!(error.problem, Problem::Utf8 | Problem::ByteOrderMark) => return,
        Err(error) => {
            findings.bytes("oci-layout", error.offset, format!("oci-layout is not JSON: {error}"));
            return;
        }
    };
    if root.kind() != Kind::Object {
        findings.on("oci-layout", "", "oci-layout is not a JSON object");
    } else if root.get("imageLayoutVersion").is_none_or(|version| version.kind() != Kind::String) {
        let pointer = if root.get("imageLayoutVersion").is_some() { "/imageLayoutVersion" } else { "" };
        findings.on("oci-layout", pointer, "oci-layout has no imageLayoutVersion that is a string");
    }
}
