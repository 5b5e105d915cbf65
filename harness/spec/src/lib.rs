//! Words of the OCI specifications: digests, media types, annotation keys, tags, paths, JSON pointers.
//!
//! Owns: grammars and constants that writer, readers, rules and reports have in common, each with its section. Leaves
//! to others: documents, files, and any opinion on them. There is no I/O here.

pub mod annotation;
pub mod digest;
pub mod media_type;
pub mod name;
pub mod path;
pub mod pointer;
pub mod tag;

pub use digest::{Algorithm, Digest};
