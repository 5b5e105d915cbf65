//! The strict parser: one pass, no recursion.
//!
//! Owns: the grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259). Leaves to others: reading values out of the slots.

use super::slot::{LONGEST, Slot, SlotKind};
use super::{DEPTH, Problem, Tree, Value};

/// The text is no JSON: what is wrong, and at which byte.
type Mistake = (Problem, usize);

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    tree: Tree,
    /// The arrays and objects that are open, the innermost last.
    open: Vec<Open>,
}

/// An array or object that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    slot: usize,
    object: bool,
    /// Which lengths its names have, modulo 64: names of different lengths are different.
    lengths: u64,
    /// Whether two names may be the same.
    may_repeat: bool,
}

/// The tree of `text`.
///
/// # Errors
/// The first mistake, and its place.
pub(super) fn run(text: &str) -> Result<Tree, Mistake> {
    if text.len() > LONGEST {
        return Err((Problem::Large, 0));
    }
    if text.starts_with('\u{feff}') {
        return Err((Problem::ByteOrderMark, 0));
    }
    // a slot for eight bytes is more than manifests need
    let slots = Vec::with_capacity(text.len() / 8 + 4);
    let tree = Tree { slots, needs_care: !text.is_ascii(), has_duplicates: false };
    let mut parser = Parser { text, bytes: text.as_bytes(), tree, open: Vec::new() };
    parser.document()?;
    Ok(parser.tree)
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Mistake> {
        let (mut at, first) = self.next(0);
        if first.is_none() {
            return Err((Problem::Empty, at));
        }
        loop {
            let (start, byte) = self.next(at);
            let end = match byte {
                Some(b'"') => self.string(start)?,
                Some(open @ (b'{' | b'[')) => {
                    let object = open == b'{';
                    self.open(object, start)?;
                    let (inside, byte) = self.next(start + 1);
                    if byte != Some(if object { b'}' } else { b']' }) {
                        at = if object { self.name(inside)? } else { inside };
                        continue;
                    }
                    self.close(inside)
                }
                Some(b'-' | b'0'..=b'9') => self.number(start)?,
                Some(b't') => self.word(SlotKind::Bool, start, b"true")?,
                Some(b'f') => self.word(SlotKind::Bool, start, b"false")?,
                Some(b'n') => self.word(SlotKind::Null, start, b"null")?,
                Some(_) => return Err((Problem::Value, start)),
                None => return Err((Problem::End, start)),
            };
            match self.next_value(end)? {
                Some(next) => at = next,
                None => return Ok(()),
            }
        }
    }

    /// Closes what ends here, and goes on to the next value; `None` at the end of the text.
    fn next_value(&mut self, mut at: usize) -> Result<Option<usize>, Mistake> {
        while let Some(Open { object, .. }) = self.open.last().copied() {
            let (end, byte) = self.next(at);
            match byte {
                Some(b',') if object => return self.name(end + 1).map(Some),
                Some(b',') => return Ok(Some(end + 1)),
                Some(b'}') if object => at = self.close(end),
                Some(b']') if !object => at = self.close(end),
                Some(_) => return Err((Problem::Comma, end)),
                None => return Err((Problem::End, end)),
            }
        }
        let (end, byte) = self.next(at);
        if byte.is_some() { Err((Problem::Trailing, end)) } else { Ok(None) }
    }

    fn open(&mut self, object: bool, start: usize) -> Result<(), Mistake> {
        if self.open.len() >= DEPTH {
            return Err((Problem::Depth, start));
        }
        self.open.push(Open { slot: self.tree.slots.len(), object, lengths: 0, may_repeat: false });
        self.slot(if object { SlotKind::Object } else { SlotKind::Array }, start, start + 1);
        Ok(())
    }

    /// Closes the innermost array or object, whose closing bracket is at `at`.
    fn close(&mut self, at: usize) -> usize {
        let after = self.tree.slots.len() as u32;
        let Some(Open { slot, may_repeat, .. }) = self.open.pop() else { return at + 1 };
        if let Some(slot) = self.tree.slots.get_mut(slot) {
            (slot.end, slot.after) = (at as u32 + 1, after);
        }
        if may_repeat && !Value::new(self.text, &self.tree.slots, slot).own_duplicates().is_empty() {
            self.tree.has_duplicates = true;
            self.tree.slots[slot].kind = SlotKind::ObjectWithDuplicates;
        }
        at + 1
    }

    #[inline]
    fn slot(&mut self, kind: SlotKind, start: usize, end: usize) {
        // neither is larger than `LONGEST`, and there are no more slots than bytes
        let after = self.tree.slots.len() as u32 + 1;
        self.tree.slots.push(Slot { kind, start: start as u32, end: end as u32, after });
    }

    /// A member name and its colon.
    fn name(&mut self, at: usize) -> Result<usize, Mistake> {
        let (start, byte) = self.next(at);
        match byte {
            Some(b'"') => {}
            Some(_) => return Err((Problem::Name, start)),
            None => return Err((Problem::End, start)),
        }
        let end = self.string(start)?;
        if let Some(open) = self.open.last_mut() {
            let length = 1 << ((end - start) % 64);
            // an escape is longer than what it stands for
            let escaped = self.tree.slots.last().is_some_and(|slot| slot.kind == SlotKind::EscapedString);
            open.may_repeat |= escaped || open.lengths & length != 0;
            open.lengths |= length;
        }
        match self.next(end) {
            (colon, Some(b':')) => Ok(colon + 1),
            (other, Some(_)) => Err((Problem::Colon, other)),
            (end, None) => Err((Problem::End, end)),
        }
    }

    #[inline]
    fn string(&mut self, start: usize) -> Result<usize, Mistake> {
        let mut kind = SlotKind::String;
        let mut at = special(self.bytes, start + 1);
        loop {
            match self.peek(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = SlotKind::EscapedString;
                    at = special(self.bytes, self.escape(at)?);
                }
                Some(_) => return Err((Problem::Control, at)),
                None => return Err((Problem::End, at)),
            }
        }
        self.tree.needs_care |= kind == SlotKind::EscapedString;
        self.slot(kind, start, at + 1);
        Ok(at + 1)
    }

    fn escape(&self, at: usize) -> Result<usize, Mistake> {
        match self.peek(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let digits = self.bytes.get(at + 2..at + 6);
                if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                    return Err((Problem::Escape, at));
                }
                Ok(at + 6)
            }
            Some(_) => Err((Problem::Escape, at)),
            None => Err((Problem::End, at + 1)),
        }
    }

    fn number(&mut self, start: usize) -> Result<usize, Mistake> {
        let mut good = true;
        let mut digits = |at: usize| {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            good &= count > 0;
            at + count
        };
        let negative = self.peek(start) == Some(b'-');
        let first = start + usize::from(negative);
        let mut end = if self.peek(first) == Some(b'0') { first + 1 } else { digits(first) };
        let integer = end;
        if self.peek(end) == Some(b'.') {
            end = digits(end + 1);
        }
        if let Some(b'e' | b'E') = self.peek(end) {
            let signed = matches!(self.peek(end + 1), Some(b'+' | b'-'));
            end = digits(end + 1 + usize::from(signed));
        }
        if !good || self.peek(end).is_some_and(|byte| byte.is_ascii_digit()) {
            return Err((Problem::Number, start));
        }
        self.tree.needs_care |= negative || end > integer || end - start > 15;
        self.slot(SlotKind::Number, start, end);
        Ok(end)
    }

    fn word(&mut self, kind: SlotKind, start: usize, word: &[u8]) -> Result<usize, Mistake> {
        let end = start + word.len();
        if self.bytes.get(start..end) != Some(word) {
            return Err((Problem::Value, start));
        }
        self.slot(kind, start, end);
        Ok(end)
    }

    /// The next byte that is no white space, and its place.
    #[inline]
    fn next(&self, mut at: usize) -> (usize, Option<u8>) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek(at) {
            at += 1;
        }
        (at, self.peek(at))
    }

    #[inline]
    fn peek(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }
}

/// The next byte from `at` on that ends a string, starts an escape, or is a control character; the end of the text if there
/// is none.
#[inline]
pub(super) fn special(bytes: &[u8], mut at: usize) -> usize {
    // eight bytes at a time: most of a document are strings
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let found = special_bytes(u64::from_le_bytes(*word));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    at + rest.iter().position(special).unwrap_or(rest.len())
}

/// Zero if no byte of the word is special; otherwise the lowest bit that is set is the highest bit of the first special byte.
fn special_bytes(word: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // subtracting from each byte at once borrows from the next byte only above one that is less, which is a special one
    let less = |word: u64, than: u8| word.wrapping_sub(EACH * u64::from(than)) & !word & (EACH << 7);
    let equal = |to: u8| less(word ^ (EACH * u64::from(to)), 1);
    less(word, 0x20) | equal(b'"') | equal(b'\\')
}
