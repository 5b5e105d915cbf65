//! Operations of consumers: they list referrers.
//!
//! Owns: their list. Leaves to others: each operation, in its own file.

pub(super) mod discover;
pub(super) mod registry_discover;
