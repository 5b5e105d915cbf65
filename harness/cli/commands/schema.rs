//! `referee schema`: the JSON Schema of a file format or of what a command prints, generated from the types that parse or write it.
//!
//! Owns: which formats have a schema, and its text. Leaves to others: what no schema can say, such as whether a name
//! leads somewhere.

use referee::convention::Convention;
use referee::fixtures::{BaseFile, ConformanceFile};
use referee::results::{Results, ToolResult};
use referee::rules::profile::ProfileFile;
use referee::runner::case::CaseFile;
use referee::runner::driver::DriverFile;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, schema_for};

use super::list::entry;
use super::{check, names, tools, view};
use crate::exit::{Exit, Failed};

/// A format's name, and its schema.
pub(super) type Format = (&'static str, fn() -> Schema);

/// The files that people write.
const READ: [Format; 6] = [
    ("case", || schema_for!(CaseFile)),
    ("conformance", || schema_for!(ConformanceFile)),
    ("conformance-base", || schema_for!(BaseFile)),
    ("convention", || schema_for!(Convention)),
    ("driver", || schema_for!(DriverFile)),
    ("profile", || schema_for!(ProfileFile)),
];

/// What `--format json` prints; with [`entry::FORMATS`], all of it.
const WRITTEN: [Format; 6] = [
    ("check", check::schema),
    ("results", || schema_for!(Results)),
    ("tools-check", tools::schema_of_check),
    ("tools-list", || schema_for!(Vec<ToolResult>)),
    ("view", view::schema),
    ("view-all", view::schema_of_all),
];

/// All formats.
fn formats() -> Vec<Format> {
    let mut all = [&READ[..], &WRITTEN, &entry::FORMATS].concat();
    all.sort_by_key(|(name, _)| *name);
    all
}

/// The names of all formats.
pub(super) fn names() -> Vec<&'static str> {
    formats().into_iter().map(|(name, _)| name).collect()
}

/// The schema of a type that is only ever written.
pub(super) fn of_output<T: JsonSchema + ?Sized>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

pub(super) fn run(name: &str) -> Result<Exit, Failed> {
    let name = names::one_of("schema", name, names(), "")?;
    let schema = formats().into_iter().find(|(known, _)| *known == name).map(|(_, schema)| schema);
    let schema = schema.ok_or_else(|| Failed::usage("the schema is gone"))?;
    let pretty = serde_json::to_string_pretty(&schema()).expect("a schema is plain JSON");
    super::print(&(pretty + "\n"))?;
    Ok(Exit::Success)
}
