//! Cases: questions to tools, one TOML file each.
//!
//! Owns: the decided form of a case, with every name resolved and every rule of the format checked, and the
//! mistakes a file can have, each at its line. Leaves to others: bytes and digests ([`crate::plan`]), which
//! drivers take which role, and what came out.

mod check;
mod file;
mod grammar;
mod spanned;

use std::collections::BTreeMap;

use referee_source::{Source, SourceError};
use referee_writer::{Content, Name, Platform};

pub use check::{content_of as content, requirements_of as requirements};
pub use file::{CaseFile, ContentFile, Level, Status, Where};
pub use referee_results::Role;
use referee_results::outcome::Outcome;
pub use spanned::At;

/// A case whose every name is known to lead somewhere. Made by [`Case::parse`] only, so that a plan can rely
/// on it.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// Where a source says what is right.
    pub expects: Vec<Expect>,
    /// The file.
    pub source: Source,
}

/// One thing that a role does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Who does it.
    pub role: Role,
    /// What is done.
    pub op: Op,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// The tool makes a manifest out of the content's file, type and annotations, and attaches it to the
    /// content's subject. Its digest is the tool's choice.
    Attach {
        /// The artifact.
        content: Name,
    },
    /// The tool stores the content's exact bytes.
    Push {
        /// The manifest.
        content: Name,
    },
    /// The tool copies the tag of `source`, with referrers, to another place.
    Copy {
        /// The content with the tag.
        source: Name,
        /// Its tag.
        tag: String,
    },
    /// The tool lists the referrers of `subject`.
    Discover {
        /// The content asked about.
        subject: Name,
        /// How the subject is addressed.
        by: Address,
        /// All its referrers.
        expect: Vec<Name>,
    },
}

/// How a subject is addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// By its digest.
    Digest,
    /// By its tag.
    Tag(String),
    /// As the child for a platform of an index with a tag.
    Platform {
        /// The index's tag.
        tag: String,
        /// The child's platform.
        platform: Platform,
    },
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

    /// The content of that name.
    pub fn content(&self, name: &str) -> Option<&Content> {
        self.content.iter().find(|content| content.name.as_str() == name)
    }
}

impl Op {
    /// The word for it in a case file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Attach { .. } => "attach",
            Self::Push { .. } => "push",
            Self::Copy { .. } => "copy",
            Self::Discover { .. } => "discover",
        }
    }

    /// The content that the step adds to the layout.
    pub fn adds(&self) -> Option<&Name> {
        match self {
            Self::Attach { content } | Self::Push { content } => Some(content),
            Self::Copy { .. } | Self::Discover { .. } => None,
        }
    }
}
