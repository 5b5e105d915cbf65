//! Facts about an OCI Image Layout on disk, and the referrers views that conventions give of it.
//!
//! Owns: reading a directory without ever leaving it, JSON with byte spans, digests, descriptors, manifests and
//! indexes read leniently, the graph between them, and views. Leaves to others: whether any of it is right.
//! Nothing here judges, prints, or panics, whatever the bytes are.

mod annotations;
pub mod archive;
mod by_digest;
pub mod dir;
pub mod document;
pub mod facts;
pub mod graph;
mod input;
pub mod json;
pub mod view;

pub use annotations::Annotations;
pub use by_digest::ByDigest;
pub use dir::{FileKind, LayoutDir, ReadError};
pub use document::{BlobText, DescriptorView, Document, Field, ManifestView};
pub use facts::{
    Blob, BlobContent, Descriptor, Entry, Facts, Flaw, Kind, Layout, Limits, Mention, More, Node, Oddity,
    OddityKind, OpenError, Platform, Referrer, ResolveError, Stray, Subject, Verified, Visited, Visitor,
};
