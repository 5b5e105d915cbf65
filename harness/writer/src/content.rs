//! Content to be written, described: images, artifacts and indexes by local names.
//!
//! Owns: what can be said about a manifest before it has bytes. Leaves to others: its bytes and its digest
//! ([`crate::Contents`]), and where it was read from.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use referee_spec::Algorithm;

/// The local name of a piece of content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

/// One manifest of the case.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Its entry in index.json says its platform.
    pub platform_in_entry: bool,
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

/// What a piece of content is, without what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The smallest valid image: a config and one layer with one file.
    Image,
    /// An image manifest with one layer that is not an image.
    Artifact,
    /// An image index.
    Index,
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
    /// A name.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The name of one of many that a case describes at once: `sbom#7`.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        Self(format!("{}#{number}", self.0).into())
    }

    /// The name under which a case describes it: of one of many, that of all of them.
    pub fn described(&self) -> &str {
        self.0.split_once('#').map_or(&self.0, |(name, _)| name)
    }

    /// Whether it is one of many.
    pub fn is_numbered(&self) -> bool {
        self.0.contains('#')
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
