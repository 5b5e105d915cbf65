//! Operations of producers: they write content into a layout.
//!
//! Owns: their list. Leaves to others: each operation, in its own file.

pub(super) mod attach;
pub(super) mod build;
pub(super) mod push;
pub(super) mod registry_attach;
