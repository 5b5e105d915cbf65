//! Operations of copiers: they take content to another place.
//!
//! Owns: their list. Leaves to others: each operation, in its own file.

pub(super) mod copy;
