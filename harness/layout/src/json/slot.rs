//! What a tree keeps of one value, in eight bytes: a large document has many.
//!
//! Owns: which bits say what. Leaves to others: what is written to them, and what they mean together.

/// The longest text that slots can point into, in bytes: 512 MiB.
pub(super) const LONGEST: usize = (1 << 29) - 1;

/// One value, member name or closing bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// Where it begins, and in the three lowest bits its kind.
    head: u32,
    /// What [`Slot::new`] calls `rest`.
    pub(super) rest: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotKind {
    /// `true`, `false` or `null`.
    Word,
    Number,
    /// A string whose bytes are its value.
    Plain,
    /// A string with at least one `\`.
    Escaped,
    Array,
    /// An object of which no two names can be the same.
    Object,
    /// An object of which two names may be the same: that has to be looked at.
    Mixed,
    /// The closing bracket of an array or object, its last slot.
    Close,
}

impl Slot {
    /// `rest` is the length in bytes, or of an array or object the slot after its last one. Both and `start` are at most
    /// [`LONGEST`].
    pub(super) fn new(kind: SlotKind, start: usize, rest: usize) -> Self {
        Self { head: (start as u32) << 3 | kind as u32, rest: rest as u32 }
    }

    pub(super) fn kind(self) -> SlotKind {
        match self.head & 7 {
            0 => SlotKind::Word,
            1 => SlotKind::Number,
            2 => SlotKind::Plain,
            3 => SlotKind::Escaped,
            4 => SlotKind::Array,
            5 => SlotKind::Object,
            6 => SlotKind::Mixed,
            _ => SlotKind::Close,
        }
    }

    /// Where it begins in the text.
    pub(super) fn start(self) -> usize {
        (self.head >> 3) as usize
    }

    /// Where it ends in the text; not of what opens an array or object, which ends with its closing bracket.
    pub(super) fn end(self) -> usize {
        self.start() + self.rest as usize
    }

    /// Whether it opens an array or object.
    pub(super) fn opens(self) -> bool {
        matches!(self.kind(), SlotKind::Array | SlotKind::Object | SlotKind::Mixed)
    }

    /// The same of another kind.
    pub(super) fn of_kind(self, kind: SlotKind) -> Self {
        Self { head: self.head & !7 | kind as u32, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_has_what_was_put_in() {
        use SlotKind::*;
        for kind in [Word, Number, Plain, Escaped, Array, Object, Mixed, Close] {
            for start in [0, 1, LONGEST] {
                let slot = Slot::new(kind, start, LONGEST);
                assert_eq!((slot.kind(), slot.start(), slot.rest as usize), (kind, start, LONGEST));
                assert_eq!(slot.of_kind(Mixed), Slot::new(Mixed, start, LONGEST));
            }
        }
    }
}
