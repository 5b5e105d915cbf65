//! Facts about an OCI Image Layout on disk, and the referrers views that conventions give of it.
//!
//! Owns: reading a directory without ever leaving it, JSON with byte spans, digests, descriptors, manifests and
//! indexes read leniently, the graph between them, and views. Leaves to others: whether any of it is right.
//! Nothing here judges, prints, or panics, whatever the bytes are.

pub mod convention;
pub mod digest;
pub mod source;

pub use convention::Convention;
pub use digest::{Algorithm, Digest};
pub use source::{Source, SourceError};
