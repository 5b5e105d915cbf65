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
    /// That of a JSON object among the blobs which is read as that. What says that it is Docker's is outside of image-spec.
    pub(crate) fn of(text: &BlobText<'_>, kind: Option<DocumentKind>) -> Self {
        let own = text.root().and_then(|root| root.get("mediaType"));
        let is = |known: &str| own.is_some_and(|own| own.equals(known));
        match kind {
            _ if is(media_type::DOCKER_LIST) || is(media_type::DOCKER_MANIFEST) => Self::Other,
            Some(DocumentKind::Index) => Self::Index,
            Some(DocumentKind::Manifest) => Self::Manifest,
            None => Self::Other,
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
