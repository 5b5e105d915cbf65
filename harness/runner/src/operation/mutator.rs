//! Operations of mutators: they change a layout in place, and what they were not asked to touch must stay.
//!
//! Owns: their list. Leaves to others: each operation, in its own file.

pub(super) mod delete;
pub(super) mod gc;
pub(super) mod serve;
pub(super) mod tag;
pub(super) mod write;
