//! Annotation keys that the specifications define.
//!
//! Owns: the keys that more than one crate needs. Leaves to others: their values, and keys of one rule or convention.

/// The tag of an entry of index.json ([image-spec, Pre-Defined Annotation Keys][keys]).
///
/// [keys]: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys
pub const REF_NAME: &str = "org.opencontainers.image.ref.name";
