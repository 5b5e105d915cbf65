//! Facts about an OCI Image Layout on disk, and the referrers views that conventions give of it.
//!
//! Owns: reading a directory without ever leaving it, JSON with byte spans, digests, descriptors, manifests and
//! indexes read leniently, the graph between them, and views. Leaves to others: whether any of it is right.
//! Nothing here judges, prints, or panics, whatever the bytes are.

pub mod archive;
pub mod document;
pub mod facts;
mod file;
pub mod graph;
pub mod json;
pub mod view;

pub use document::{Annotations, BlobText, DescriptorView, Document, DocumentKind, Field, ManifestView};
pub use facts::{
    AnomalyKind, ArchiveAnomaly, Blob, BlobContent, ByDigest, Descriptor, DescriptorError, Entry, Facts,
    Flaw, Foreign, Layout, Limits, Mention, Node, OpenError, OptionalFields, Platform, Referrer,
    ResolveError, Subject, UnexpectedPath, Verified, Visited, Visitor,
};
pub use file::dir::LayoutDir;
pub use file::link::{Link, LinkEnd};
pub use file::{FileKind, ReadError};
