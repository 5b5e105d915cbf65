//! The strict parser: one pass, no recursion.
//!
//! Owns: the grammar of RFC 8259. Leaves to others: reading values out of the slots.

use smallvec::SmallVec;

use super::{DEPTH, Problem, Slot, SlotKind, Tree};

type Outcome<T> = Result<T, (Problem, usize)>;

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    tree: Tree,
    /// The array or object that is open, if there is one.
    top: Option<Open>,
    /// Those around it.
    outer: SmallVec<[Open; 8]>,
}

/// An array or object that is not closed yet.
#[derive(Clone, Copy)]
struct Open {
    slot: usize,
    object: bool,
    /// The marks of its names.
    seen: u64,
}

/// The tree of `text`, in the room of another one.
pub(super) fn run(text: &str, mut slots: Vec<Slot>) -> Outcome<Tree> {
    if u32::try_from(text.len()).is_err() {
        return Err((Problem::Large, 0));
    }
    if text.starts_with('\u{feff}') {
        return Err((Problem::ByteOrderMark, 0));
    }
    // a slot per eight bytes is more than manifests need; what is not written to costs nothing
    slots.clear();
    slots.reserve(text.len() / 8 + 4);
    let tree = Tree { slots, odd: false, mixed: false };
    let mut parser = Parser { bytes: text.as_bytes(), at: 0, tree, top: None, outer: SmallVec::new() };
    parser.document()?;
    Ok(parser.tree)
}

impl Parser<'_> {
    fn document(&mut self) -> Outcome<()> {
        self.space();
        if self.peek().is_none() {
            return Err((Problem::Empty, self.at));
        }
        loop {
            let opened = self.value()?;
            if !self.next_value(opened)? {
                break;
            }
        }
        self.space();
        if self.at < self.bytes.len() { Err((Problem::Trailing, self.at)) } else { Ok(()) }
    }

    /// Reads a value, of an array or object the opening bracket only; true if it was that.
    fn value(&mut self) -> Outcome<bool> {
        match self.peek() {
            Some(b'{') => return self.push(SlotKind::Object),
            Some(b'[') => return self.push(SlotKind::Array),
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word(b"true", SlotKind::Bool)?,
            Some(b'f') => self.word(b"false", SlotKind::Bool)?,
            Some(b'n') => self.word(b"null", SlotKind::Null)?,
            Some(_) => return Err((Problem::Value, self.at)),
            None => return Err((Problem::End, self.at)),
        }
        Ok(false)
    }

    /// Closes what ends here, and goes on to the next value, if there is one: the first in what was just opened, or the one
    /// after a comma.
    fn next_value(&mut self, mut opened: bool) -> Outcome<bool> {
        while let Some(Open { object, .. }) = self.top {
            self.space();
            match self.peek() {
                Some(b'}') if object => self.close(),
                Some(b']') if !object => self.close(),
                Some(byte) if opened || byte == b',' => {
                    if !opened {
                        self.at += 1;
                        self.space();
                    }
                    if object {
                        self.name()?;
                    }
                    return Ok(true);
                }
                Some(_) => return Err((Problem::Comma, self.at)),
                None => return Err((Problem::End, self.at)),
            }
            opened = false;
        }
        Ok(false)
    }

    fn push(&mut self, kind: SlotKind) -> Outcome<bool> {
        if self.outer.len() + usize::from(self.top.is_some()) >= DEPTH {
            return Err((Problem::Depth, self.at));
        }
        let open = Open { slot: self.tree.slots.len(), object: kind == SlotKind::Object, seen: 0 };
        if let Some(outer) = self.top.replace(open) {
            self.outer.push(outer);
        }
        self.slot(kind, self.at, self.at);
        self.at += 1;
        Ok(true)
    }

    fn close(&mut self) {
        self.at += 1;
        let next = narrow(self.tree.slots.len());
        if let Some(slot) = self.top.and_then(|top| self.tree.slots.get_mut(top.slot)) {
            slot.end = narrow(self.at);
            slot.next = next;
        }
        self.top = self.outer.pop();
    }

    fn slot(&mut self, kind: SlotKind, start: usize, end: usize) {
        let next = narrow(self.tree.slots.len() + 1);
        self.tree.slots.push(Slot { kind, start: narrow(start), end: narrow(end), next });
    }

    /// A member name and its colon.
    fn name(&mut self) -> Outcome<()> {
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(_) => return Err((Problem::Name, self.at)),
            None => return Err((Problem::End, self.at)),
        }
        self.note_name(start);
        self.space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err((Problem::Colon, self.at)),
            None => return Err((Problem::End, self.at)),
        }
        self.space();
        Ok(())
    }

    /// Notes if the name that ends here may be there already. Names that are the same have the same mark.
    fn note_name(&mut self, start: usize) {
        let escaped =
            self.tree.odd && self.tree.slots.last().is_some_and(|slot| slot.kind == SlotKind::Escaped);
        let mark = match &self.bytes[start..self.at] {
            // an escape may stand for any character
            _ if escaped => u64::MAX,
            [_, first, .., last, _] => {
                1 << ((self.at - start + usize::from(*first) + 8 * usize::from(*last)) % 64)
            }
            [_, one, _] => 1 << (one % 64),
            _ => 1,
        };
        let Some(top) = &mut self.top else { return };
        if top.seen & mark != 0 {
            self.tree.slots[top.slot].kind = SlotKind::Mixed;
            self.tree.mixed = true;
        }
        top.seen |= mark;
    }

    #[inline]
    fn string(&mut self) -> Outcome<()> {
        let start = self.at;
        self.at += 1;
        self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
        if self.peek() != Some(b'"') {
            return self.escaped_string(start);
        }
        self.at += 1;
        self.slot(SlotKind::Plain, start, self.at);
        Ok(())
    }

    /// The rest of a string, from the first byte on that means something else than its end.
    #[cold]
    fn escaped_string(&mut self, start: usize) -> Outcome<()> {
        self.tree.odd = true;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err((Problem::Control, self.at)),
                None => return Err((Problem::End, self.at)),
            }
            self.at += plain(self.bytes.get(self.at..).unwrap_or_default());
        }
        self.at += 1;
        self.slot(SlotKind::Escaped, start, self.at);
        Ok(())
    }

    fn escape(&mut self) -> Outcome<()> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6);
                if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                    return Err((Problem::Escape, self.at));
                }
                self.at += 6;
            }
            Some(_) => return Err((Problem::Escape, self.at)),
            None => return Err((Problem::End, self.at + 1)),
        }
        Ok(())
    }

    fn number(&mut self) -> Outcome<()> {
        let start = self.at;
        let mut odd = self.skip(b'-');
        if !self.skip(b'0') {
            self.digits(start)?;
        }
        if self.skip(b'.') {
            odd = true;
            self.digits(start)?;
        }
        if self.skip(b'e') || self.skip(b'E') {
            odd = true;
            let _signed = self.skip(b'+') || self.skip(b'-');
            self.digits(start)?;
        }
        if self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err((Problem::Number, start));
        }
        self.tree.odd |= odd || self.at - start > 15;
        self.slot(SlotKind::Number, start, self.at);
        Ok(())
    }

    fn digits(&mut self, start: usize) -> Outcome<()> {
        let before = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == before { Err((Problem::Number, start)) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: SlotKind) -> Outcome<()> {
        let start = self.at;
        if !self.bytes[start..].starts_with(word) {
            return Err((Problem::Value, start));
        }
        self.at += word.len();
        self.slot(kind, start, self.at);
        Ok(())
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }
}

/// How many bytes of a string come before the next one that means something: `"`, `\`, or a control character.
pub(super) fn plain(text: &[u8]) -> usize {
    let mut rest = text;
    while let Some((two, after)) = rest.split_first_chunk::<16>() {
        // both words at once, and one jump
        let two = u128::from_le_bytes(*two);
        let [first, second] = [two as u64, (two >> 64) as u64].map(special);
        if first | second != 0 {
            let (before, found) = if first == 0 { (8, second) } else { (0, first) };
            return text.len() - rest.len() + before + found.trailing_zeros() as usize / 8;
        }
        rest = after;
    }
    let stop = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
    text.len() - rest.len() + stop.unwrap_or(rest.len())
}

/// A bit in the first byte of eight that means something; bytes after it may have one without reason.
fn special(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let is = |byte: u8| (word ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    // of bytes below 0x80 these have their highest bit; no other byte means anything
    (is(b'"') | is(b'\\') | word.wrapping_sub(ONES * 0x20)) & !word & HIGH
}

/// `run` has checked that the text's length, and so every position and count, fits.
fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
