//! JSON Schemas of the files that people write, made from the types that parse them.
//!
//! Owns: which formats have a schema, and its text. Leaves to others: what no schema can say, such as whether
//! a name leads somewhere.

use referee_convention::Convention;
use referee_rules::profile::ProfileFile;
use schemars::schema_for;

use crate::case::CaseFile;
use crate::conformance::{BaseFile, ConformanceFile};
use crate::driver::Manifest;

/// The formats that have a schema.
pub const NAMES: &[&str] = &["case", "conformance", "conformance-base", "convention", "driver", "profile"];

/// The JSON Schema of a format, pretty printed with a final newline; `None` for one that is not in [`NAMES`].
///
/// ```
/// assert!(referee_runner::schema::schema("case").is_some());
/// assert!(referee_runner::schema::schema("cheese").is_none());
/// ```
pub fn schema(name: &str) -> Option<String> {
    let schema = match name {
        "case" => schema_for!(CaseFile),
        "conformance" => schema_for!(ConformanceFile),
        "conformance-base" => schema_for!(BaseFile),
        "convention" => schema_for!(Convention),
        "driver" => schema_for!(Manifest),
        "profile" => schema_for!(ProfileFile),
        _ => return None,
    };
    let pretty = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    Some(pretty + "\n")
}
