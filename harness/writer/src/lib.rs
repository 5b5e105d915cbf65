//! The built-in writer: content and a convention become the files of a layout.
//!
//! Owns: the bytes of manifests, configs and layers ([`Contents`]: described, or taken over as they are), and where a convention lists them ([`layout()`]).
//! Leaves to others: reading any of it. It shares the digest grammar and the convention's vocabulary with the readers,
//! and nothing else: were the document model shared, one bug would hide in both.

mod content;
mod contents;
mod document;
mod image;
mod layout;

pub use content::{Content, ContentKind, Kind, Name, Platform, WrongSubject};
pub use contents::{Blob, ContentNode, Contents, File, RawManifest, Subject};
pub use layout::{Files, layout};
