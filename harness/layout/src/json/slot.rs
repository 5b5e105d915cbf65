//! What a tree keeps of one value or member name.
//!
//! Owns: the form of a slot. Leaves to others: what is written to them, and what they mean together.

/// The longest text that slots can point into, in bytes: 4 GiB.
pub(super) const LONGEST: usize = u32::MAX as usize;

/// One value or member name. An array is followed by the slots of its items, an object by those of its names and values by
/// turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: SlotKind,
    /// Where it begins in the text.
    pub(super) start: u32,
    /// One past its last byte in the text.
    pub(super) end: u32,
    /// The next slot that is not part of it.
    pub(super) after: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotKind {
    Null,
    Bool,
    Number,
    /// A string whose bytes are its value.
    String,
    /// A string with at least one `\`.
    EscapedString,
    Array,
    /// An object whose names are all different.
    Object,
    /// An object with a name that is there twice.
    ObjectWithDuplicates,
}
