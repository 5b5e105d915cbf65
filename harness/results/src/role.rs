//! Roles: what a tool does in a case.
//!
//! Owns: their words. Leaves to others: which tool can play which (`referee-runner`).

use std::fmt;
use std::str::FromStr;

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
    /// Holds content that one tool uploads and another downloads.
    Registry,
    /// Lists referrers.
    Consumer,
    /// Uses the image, and should not be disturbed by its referrers.
    Bystander,
}

/// A word that is no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no role")]
pub struct UnknownRole(pub String);

impl Role {
    /// All roles.
    pub const ALL: [Self; 6] =
        [Self::Producer, Self::Copier, Self::Mutator, Self::Registry, Self::Consumer, Self::Bystander];

    /// The word in a case file and in cell ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Copier => "copier",
            Self::Mutator => "mutator",
            Self::Registry => "registry",
            Self::Consumer => "consumer",
            Self::Bystander => "bystander",
        }
    }
}

impl Role {
    /// What it means, as a sentence without its full stop.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Producer => "who stores content, and referrers of it, in a layout or a registry",
            Self::Copier => {
                "who copies an image with its referrers to another layout, or to or from a registry"
            }
            Self::Mutator => {
                "who has the layout in between, and tags, deletes, collects garbage, writes something else or serves it"
            }
            Self::Registry => "the registry on the way, which begins with nothing",
            Self::Consumer => {
                "who is asked in the end: it lists referrers or tags, or finds what a tag names"
            }
            Self::Bystander => "who uses the image, and should not be disturbed by its referrers",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, UnknownRole> {
        let role = Self::ALL.into_iter().find(|role| role.name() == word);
        role.ok_or_else(|| UnknownRole(word.to_owned()))
    }
}
