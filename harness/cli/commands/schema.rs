//! `referee schema`: the JSON Schema of a file format, generated from the types that parse it.
//!
//! Owns: which formats have a schema, and its text. Leaves to others: what no schema can say, such as whether a name
//! leads somewhere.

use referee::convention::Convention;
use referee::fixtures::{BaseFile, ConformanceFile};
use referee::results::Results;
use referee::rules::profile::ProfileFile;
use referee::runner::case::CaseFile;
use referee::runner::driver::DriverFile;
use schemars::{Schema, schema_for};

use super::names;
use crate::exit::{Exit, Failed};

/// A format's name, and its schema.
type Format = (&'static str, fn() -> Schema);

/// The formats that have a schema.
const FORMATS: &[Format] = &[
    ("case", || schema_for!(CaseFile)),
    ("conformance", || schema_for!(ConformanceFile)),
    ("conformance-base", || schema_for!(BaseFile)),
    ("convention", || schema_for!(Convention)),
    ("driver", || schema_for!(DriverFile)),
    ("profile", || schema_for!(ProfileFile)),
    ("results", || schema_for!(Results)),
];

pub(super) fn run(name: &str) -> Result<Exit, Failed> {
    let name = names::one_of("schema", name, FORMATS.iter().map(|(known, _)| *known), "")?;
    let schema = FORMATS.iter().find(|(known, _)| *known == name).map(|(_, schema)| schema);
    let schema = schema.ok_or_else(|| Failed::usage("the schema is gone"))?;
    let pretty = serde_json::to_string_pretty(&schema()).expect("a schema is plain JSON");
    super::print(&(pretty + "\n"))?;
    Ok(Exit::Success)
}
