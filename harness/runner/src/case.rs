//! Cases: questions to tools, one TOML file each.
//!
//! Owns: the decided form of a case, with every name resolved and every rule of the format checked, and the
//! mistakes a file can have, each at its line. Leaves to others: bytes and digests ([`Plan`]), which
//! drivers take which role, what a step does ([`crate::operation`]), and what came out.

pub mod cell;
mod check;
mod file;
mod grammar;
mod plan;

use std::collections::BTreeMap;

use referee_source::{Source, SourceError};
use referee_writer::Content;

use crate::operation::Step;

pub use check::{content_of as content, requirements_of as requirements};
pub use file::{CaseFile, ContentFile, Level, Status, Where};
pub use plan::Plan;
use referee_results::Outcome;
pub use referee_results::Role;

/// A case whose every name is known to lead somewhere. Made by [`Case::parse`] only, so that a plan can rely
/// on it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Case {
    /// The file's stem; never reused.
    pub id: String,
    /// The question as one sentence.
    pub title: String,
    /// Why it is asked.
    pub why: Option<String>,
    /// How settled the case is.
    pub status: Status,
    /// How strongly the cited requirements ask for it.
    pub level: Level,
    /// Ids of the requirements it rests on, in the file's order.
    pub req: Vec<String>,
    /// Words to filter by.
    pub tags: Vec<String>,
    /// What the layout holds, in the file's order.
    pub content: Vec<Content>,
    /// Driver ids or globs that a role is restricted to; a role without an entry is open to every driver.
    pub axes: BTreeMap<Role, Vec<String>>,
    /// How often each of its cells runs at least.
    pub repeat: usize,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Where a source says what is right.
    pub expects: Vec<Expect>,
    /// The file.
    pub source: Source,
}

/// What is right in some cells, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// Which cells.
    pub cells: Where,
    /// What must be observed there.
    pub outcome: Outcome,
    /// Ids of the requirements that say so; empty where the convention itself does.
    pub req: Vec<String>,
}

impl Case {
    /// Reads a case file.
    ///
    /// # Errors
    /// The first mistake, at its line, with what was expected there.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        check::case(source, source.parse()?)
    }

    /// Whether steps of it are started together, so that what is seen once need not be seen again.
    pub fn races(&self) -> bool {
        self.steps.iter().any(|step| step.at_once)
    }

    /// Whether some of its content stands for many.
    pub fn is_of_many(&self) -> bool {
        self.content.iter().any(|content| content.name.is_numbered())
    }

    /// The content of that name.
    pub fn content(&self, name: &str) -> Option<&Content> {
        self.content.iter().find(|content| content.name.as_str() == name)
    }
}
