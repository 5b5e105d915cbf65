use referee_layout::ReadError;
use referee_layout::json::{Kind, Problem};

use crate::declare::{Check, MUST};
use crate::evidence::{Evidence, is_reading_error};
use crate::finding::Findings;

declare_rule! {
    /// index.json is not a JSON object
    ///
    /// ## What it does
    /// Finds an `index.json` that cannot be read or is no JSON object.
    ///
    /// ## Why it matters
    /// Nothing in the layout can be found by a reader.
    ///
    /// ## Example
    /// ```text
    /// {"schemaVersion":2,"med{"mediaType"
    /// ```
    ///
    /// ## What to do
    /// Copy the layout again, or restore the file from the tool that wrote it.
    {
        check: Check::Layout(check),
        requirements: &["LAYOUT-010", "INDEX-004"],
        levels: MUST,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let document = match evidence.facts.index() {
        Ok(document) => document,
        Err(error) if is_reading_error(error) || matches!(error, ReadError::Missing | ReadError::Link(_)) => {
            return;
        }
        Err(error) => {
            findings.on("index.json", "", format!("index.json {error}"));
            return;
        }
    };
    match document.root() {
        Ok(root) if root.kind() == Kind::Object => {}
        Ok(_) => {
            findings.on("index.json", "", "index.json is not a JSON object");
        }
        // text in another encoding is reported as that
        Err(error) if matches!(error.problem, Problem::Utf8 | Problem::ByteOrderMark) => {}
        Err(error) => findings.bytes("index.json", error.offset, format!("index.json is not JSON: {error}")),
    }
}
