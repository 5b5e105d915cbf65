//! Documents and lenient typed views of them: descriptor, image manifest, image index.
//!
//! Owns: the bytes and spans of one JSON document, and reading one field at a time, so that one broken field
//! hides nothing else. Leaves to others: whether an absent or malformed field is wrong.
//!
//! Sources: image-spec [descriptor.md], [manifest.md] and [image-index.md].
//!
//! [descriptor.md]: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md
//! [manifest.md]: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
//! [image-index.md]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md

mod annotations;
mod fields;
mod kind;
mod views;

use std::sync::Arc;

use crate::json::{JsonError, Problem, Span, Tree, Value};
use referee_spec::Digest;

pub use annotations::Annotations;
pub use kind::DocumentKind;
pub use views::{DescriptorView, ManifestView};

/// One field of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<T> {
    /// There is no such member.
    Absent,
    /// The value, and where it is.
    Present(T, Span),
    /// What is wrong with it, as a sentence fragment without a subject, and where it is.
    Malformed(String, Span),
}

/// A JSON document with its bytes kept.
#[derive(Debug, Clone)]
pub struct Document {
    file: Arc<str>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Json(Arc<(String, Tree)>),
    Broken(Arc<Vec<u8>>, JsonError),
}

impl Document {
    /// Parses `bytes` as the file of that name below the layout's root.
    pub fn parse(file: impl Into<Arc<str>>, bytes: impl Into<Vec<u8>>) -> Self {
        let content = match String::from_utf8(bytes.into()) {
            Ok(text) => match Tree::parse_text(&text) {
                Ok(tree) => Content::Json((text, tree).into()),
                Err(error) => Content::Broken(text.into_bytes().into(), error),
            },
            Err(error) => {
                let (at, bytes) = (error.utf8_error().valid_up_to(), error.into_bytes());
                let error = JsonError::at(Problem::Utf8, &bytes, at);
                Content::Broken(bytes.into(), error)
            }
        };
        Self { file: file.into(), content }
    }

    /// The file, relative to the layout's root.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The bytes, valid JSON or not.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Json(json) => json.0.as_bytes(),
            Content::Broken(bytes, _) => bytes,
        }
    }

    /// The outermost value.
    ///
    /// # Errors
    /// The first mistake, if the bytes are not JSON.
    pub fn root(&self) -> Result<Value<'_>, &JsonError> {
        match &self.content {
            Content::Json(json) => Ok(json.1.root(&json.0)),
            Content::Broken(_, error) => Err(error),
        }
    }
}

/// A JSON object among the blobs, or what looks like one, while it is being read.
#[derive(Debug, Clone, Copy)]
pub struct BlobText<'a> {
    /// The digest that its path says.
    pub digest: &'a Digest,
    /// All its bytes.
    pub bytes: &'a [u8],
    /// What it says it is.
    pub kind: Option<DocumentKind>,
    /// Whether all parsers read the same in it: see [`Tree::is_unambiguous`].
    pub unambiguous: bool,
    view: Option<ManifestView<'a>>,
}

impl<'a> BlobText<'a> {
    /// Bytes that are no JSON.
    pub(crate) fn broken(digest: &'a Digest, bytes: &'a [u8]) -> Self {
        Self { digest, bytes, kind: None, unambiguous: false, view: None }
    }

    /// A blob that is JSON: its text, and the tree of that.
    pub fn new(digest: &'a Digest, text: &'a str, tree: &'a Tree) -> Self {
        let view = ManifestView::new(tree.root(text));
        let (kind, unambiguous) = (view.kind(), tree.is_unambiguous());
        Self { digest, bytes: text.as_bytes(), kind, unambiguous, view: Some(view) }
    }

    /// It as a manifest or index; `None` if the bytes are not JSON.
    pub fn view(&self) -> Option<&ManifestView<'a>> {
        self.view.as_ref()
    }

    /// The outermost value; `None` if the bytes are not JSON.
    pub fn root(&self) -> Option<Value<'a>> {
        self.view.map(|view| view.value())
    }

    /// The same, to be kept.
    pub fn to_document(&self) -> Document {
        Document::parse(referee_spec::path::blob_path(self.digest), self.bytes)
    }
}

impl<T> Field<T> {
    /// The value, if it is present and well formed.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value, _) => Some(value),
            _ => None,
        }
    }

    /// The value, if it is present and well formed.
    pub fn into_present(self) -> Option<T> {
        match self {
            Self::Present(value, _) => Some(value),
            _ => None,
        }
    }

    /// Whether there is no such member.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What is wrong, if it is malformed.
    pub fn malformed(&self) -> Option<&str> {
        match self {
            Self::Malformed(reason, _) => Some(reason),
            _ => None,
        }
    }

    /// Where the value is, if there is one.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Absent => None,
            Self::Present(_, span) | Self::Malformed(_, span) => Some(span.clone()),
        }
    }
}

#[cfg(test)]
mod tests;
