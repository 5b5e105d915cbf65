//! What one step of a cell did.
//!
//! Owns: the record in results. Leaves to others: doing it, and which operations there are (`referee-runner`).

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::role::Role;

/// The name of an operation, such as `attach`; which there are is the runner's business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct OpName(String);

/// What one step did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepRecord {
    /// The role.
    pub role: Role,
    /// The operation.
    pub op: OpName,
    /// The command line, with the scratch folder as `.`; empty for the built-in writer and reader. Of several that ran, the last.
    pub argv: Vec<String>,
    /// The command lines that ran before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Vec<String>>,
    /// The exit code; `null` where there is none.
    pub exit: Option<i32>,
    /// How long it took, in milliseconds.
    pub millis: u64,
    /// How it ended, in words, where that is not exit code 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// The beginning of standard error, where it did not end well or warns of something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stderr: Option<String>,
    /// What a server was asked, with the status of each answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<String>,
    /// What it wrote beside its layout, as paths from the cell's folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<String>,
    /// What a reader, or a server that was only asked for tags, did to the layout: `added`, `changed` or `removed`, and a path in the layout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// What the layout held before and does not any more: names of the case's content, tags, or digests cut short. A fact and no
    /// error.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lost: Vec<String>,
    /// Of a garbage collection: whether a blob that nothing led to is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected: Option<bool>,
    /// Of a step that attached: what the descriptor of the subject in the new manifest says besides media type, digest and size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subject: Vec<String>,
    /// The tool was not run: it has hung in this operation again and again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// A process was left behind, and ended by the harness.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaked: bool,
}

impl OpName {
    /// The name of an operation.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for OpName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
