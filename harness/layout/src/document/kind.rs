//! The two kinds of documents that can refer to a subject.
//!
//! Owns: their media types. Leaves to others: which of them a document is ([`super::ManifestView::kind`]).

use referee_spec::media_type;

/// An image manifest or an image index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentKind {
    /// An [image manifest](https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md).
    Manifest,
    /// An [image index](https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md).
    Index,
}

impl DocumentKind {
    /// What a media type says that a document is, Docker's types among them.
    pub fn of_media_type(text: &str) -> Option<Self> {
        match text {
            media_type::IMAGE_MANIFEST | media_type::DOCKER_MANIFEST => Some(Self::Manifest),
            media_type::IMAGE_INDEX | media_type::DOCKER_LIST => Some(Self::Index),
            _ => None,
        }
    }

    /// The other kind.
    pub fn other(self) -> Self {
        match self {
            Self::Manifest => Self::Index,
            Self::Index => Self::Manifest,
        }
    }

    /// The OCI media type of this kind.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Manifest => media_type::IMAGE_MANIFEST,
            Self::Index => media_type::IMAGE_INDEX,
        }
    }
}
