//! Cases: questions to tools, one TOML file each.
//!
//! Owns: the decided form of a case, with every name resolved and every rule of the format checked, and the
//! mistakes a file can have, each at its line. Leaves to others: bytes and digests ([`crate::plan`]), which
//! drivers take which role, and what came out.

mod check;
mod file;
mod grammar;
mod spanned;

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use referee_source::{Source, SourceError};
use referee_spec::Algorithm;

use crate::outcome::Outcome;
pub(crate) use check::{content_of as content, requirements_of as requirements};
pub(crate) use file::{CaseFile, ContentFile};
pub use file::{Kind, Level, Role, Status, Where};
pub(crate) use spanned::At;

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

/// The local name of a piece of content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

/// One manifest of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Content {
    /// Its local name.
    pub name: Name,
    /// What it is, with what only that kind has.
    pub kind: ContentKind,
    /// Its `org.opencontainers.image.ref.name`.
    pub tag: Option<String>,
    /// What it refers to.
    pub subject: Option<Name>,
    /// Its own `artifactType`.
    pub artifact_type: Option<String>,
    /// Its own annotations.
    pub annotations: BTreeMap<String, String>,
    /// The algorithm of its digest.
    pub algorithm: Algorithm,
    /// Its bytes are never written.
    pub absent: bool,
    /// What its `subject` says in place of the truth.
    pub wrong_subject: WrongSubject,
}

/// What a piece of content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentKind {
    /// A runnable image with one uncompressed layer.
    Image {
        /// What it runs on.
        platform: Platform,
        /// The text of the one file in its layer.
        text: String,
    },
    /// An artifact with one layer.
    Artifact {
        /// The layer's content.
        text: String,
        /// The layer's media type.
        media_type: String,
        /// The config's media type; `None` is the empty descriptor.
        config: Option<String>,
        /// The config's descriptor carries its content as `data`.
        inline: bool,
    },
    /// An image index.
    Index {
        /// Its children, in order.
        manifests: Vec<Name>,
    },
}

/// An operating system and an architecture, as in `linux/arm64` or `linux/arm/v7`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Platform {
    /// A GOOS.
    pub os: String,
    /// A GOARCH.
    pub architecture: String,
    /// A variant of the architecture.
    pub variant: Option<String>,
}

/// What a `subject` descriptor says wrongly; `None` is the truth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrongSubject {
    /// In place of the subject's size.
    pub size: Option<u64>,
    /// In place of the subject's media type.
    pub media_type: Option<String>,
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

    /// A case that asks nothing: content alone.
    pub(crate) fn of_content(source: &Source, content: Vec<Content>) -> Self {
        Self {
            id: source.stem().to_owned(),
            title: String::new(),
            why: None,
            status: Status::Stable,
            level: Level::Info,
            req: Vec::new(),
            tags: Vec::new(),
            content,
            axes: BTreeMap::new(),
            steps: Vec::new(),
            expects: Vec::new(),
            source: source.clone(),
        }
    }

    /// The content of that name.
    pub fn content(&self, name: &str) -> Option<&Content> {
        self.content.iter().find(|content| content.name.as_str() == name)
    }
}

impl Content {
    /// The kind, without what belongs to it.
    pub fn kind(&self) -> Kind {
        match self.kind {
            ContentKind::Image { .. } => Kind::Image,
            ContentKind::Artifact { .. } => Kind::Artifact,
            ContentKind::Index { .. } => Kind::Index,
        }
    }

    /// The children of an index; none of anything else.
    pub fn manifests(&self) -> &[Name] {
        match &self.kind {
            ContentKind::Index { manifests } => manifests,
            ContentKind::Image { .. } | ContentKind::Artifact { .. } => &[],
        }
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

impl Platform {
    /// Reads `os/architecture` or `os/architecture/variant`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split('/');
        let mut word = || {
            let word = words.next()?;
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
            (!word.is_empty() && word.bytes().all(plain)).then(|| word.to_owned())
        };
        let (os, architecture) = (word()?, word()?);
        let variant = word();
        let whole = 2 + usize::from(variant.is_some());
        (text.split('/').count() == whole).then_some(Self { os, architecture, variant })
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_ref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}
