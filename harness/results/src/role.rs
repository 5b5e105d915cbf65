//! Roles: what a tool does in a case.
//!
//! Owns: their words. Leaves to others: which tool can play which (`referee-runner`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a driver does in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Writes content into a layout.
    Producer,
    /// Copies a layout to another place.
    Copier,
    /// Tags, deletes, collects garbage.
    Mutator,
    /// Serves a layout as a registry.
    Server,
    /// Lists referrers.
    Consumer,
}

impl Role {
    /// The word in a case file and in cell ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Copier => "copier",
            Self::Mutator => "mutator",
            Self::Server => "server",
            Self::Consumer => "consumer",
        }
    }
}
