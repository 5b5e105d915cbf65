//! What `referee list --format json` says of each thing: a list of these.
//!
//! Owns: their keys, which others script against. Leaves to others: what is in them.

use schemars::{JsonSchema, schema_for};
use serde::Serialize;
use serde_json::Value;

use crate::commands::schema::Format;

/// A question to tools.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Case<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// The requirements that it rests on.
    pub req: &'a [String],
    /// What drivers have to claim, step by step.
    pub needs: Vec<&'static str>,
}

/// A case with its roles bound.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Cell<'a> {
    pub id: String,
    pub case: &'a str,
    /// By which the built-in writer writes, where it does.
    pub convention: Option<&'a str>,
}

/// Something that `check` looks for.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Rule<'a> {
    pub id: &'a str,
    pub summary: &'a str,
    /// How strongly the text asks: `must`, `should`, `may` or `convention`.
    pub level: &'a str,
    pub requirements: &'a [&'a str],
    /// The section that says so.
    pub source: String,
    pub links: Vec<&'a str>,
}

/// A sentence of a specification, or an open question about one.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Requirement<'a> {
    pub id: &'a str,
    /// How strongly the text asks, or `open`.
    pub level: &'a str,
    pub text: &'a str,
    /// The rules that decide it.
    pub rules: &'a [&'a str],
    /// The cases that decide it.
    pub cases: &'a [String],
    /// Why nothing does.
    pub reason: Option<&'a str>,
}

/// Texts that a layout is held against.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Profile<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub source: &'a str,
    /// The proposal, if it has one.
    pub convention: Option<&'a str>,
}

/// A way to store referrers.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Convention<'a> {
    pub id: &'a str,
    pub title: &'a str,
    /// Where it is written down.
    pub source: &'a str,
}

/// A program under test, or a variant of one.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tool<'a> {
    pub id: &'a str,
    pub name: String,
    /// The pinned release; empty where none is.
    pub release: &'a str,
    /// What its driver claims.
    pub can: Vec<&'static str>,
}

/// The name of each list's schema, and the schema.
pub(in crate::commands) const FORMATS: [Format; 7] = [
    ("list-cases", || schema_for!(Vec<Case<'_>>)),
    ("list-cells", || schema_for!(Vec<Cell<'_>>)),
    ("list-conventions", || schema_for!(Vec<Convention<'_>>)),
    ("list-profiles", || schema_for!(Vec<Profile<'_>>)),
    ("list-requirements", || schema_for!(Vec<Requirement<'_>>)),
    ("list-rules", || schema_for!(Vec<Rule<'_>>)),
    ("list-tools", || schema_for!(Vec<Tool<'_>>)),
];

/// An entry as JSON.
pub(super) fn value(entry: &impl Serialize) -> Value {
    serde_json::to_value(entry).expect("an entry is plain JSON")
}
