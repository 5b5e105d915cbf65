//! Annotation keys that the specifications define.
//!
//! Owns: the keys that more than one crate needs. Leaves to others: their values, and keys of one rule or convention.

/// The tag of an entry of index.json (image-spec `annotations.md`, Pre-Defined Annotation Keys).
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
