//! What a document is, and where in it descriptors belong.
//!
//! Owns: the kinds of documents, the slots of descriptors, and their JSON pointers. Leaves to others: the values in them.

use referee_layout::facts::List;
use referee_layout::{BlobText, DocumentKind, Entry};
use referee_spec::media_type;

/// What a document is, by its name or by what it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocKind {
    /// `oci-layout`
    OciLayout,
    /// `index.json`
    IndexJson,
    /// An image index among the blobs.
    Index,
    /// An image manifest.
    Manifest,
    /// Any other JSON object.
    Other,
}

impl DocKind {
    /// What a JSON object among the blobs says it is. Docker's manifests are outside of image-spec.
    pub(crate) fn of(text: &BlobText<'_>) -> Self {
        let Some((kind, root)) = text.kind.zip(text.root()) else { return Self::Other };
        let own = root.get("mediaType");
        if own
            .is_some_and(|own| own.equals(media_type::DOCKER_LIST) || own.equals(media_type::DOCKER_MANIFEST))
        {
            return Self::Other;
        }
        match kind {
            DocumentKind::Index => Self::Index,
            DocumentKind::Manifest => Self::Manifest,
        }
    }
}

/// The places where descriptors belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// An item of `manifests`.
    Entry(u32),
    /// An item of `layers`.
    Layer(u32),
    /// `config`
    Config,
    /// `subject`
    Subject,
}

impl Slot {
    /// That of an item of a list.
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry.list {
            List::Manifests => Self::Entry(entry.position),
            List::Layers => Self::Layer(entry.position),
        }
    }

    /// Its JSON pointer.
    pub(crate) fn pointer(self) -> String {
        match self {
            Self::Entry(n) => format!("/manifests/{n}"),
            Self::Layer(n) => format!("/layers/{n}"),
            Self::Config => "/config".to_owned(),
            Self::Subject => "/subject".to_owned(),
        }
    }
}
