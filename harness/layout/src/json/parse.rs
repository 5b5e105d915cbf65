//! The strict parser: one pass, no recursion.
//!
//! Owns: the grammar of RFC 8259. Leaves to others: reading values out of the slots.

use smallvec::SmallVec;
use wide::u8x16;

use super::slot::{LONGEST, Slot, SlotKind};
use super::{DEPTH, Problem, Tree};

/// The text is no JSON: [`Parser::mistake`] says why.
struct Stop;

type Outcome<T> = Result<T, Stop>;

/// What is known of a text so far. Places in it are handed from one function to the next, and so stay in registers.
struct Parser<'a> {
    bytes: &'a [u8],
    tree: Tree,
    /// The array or object that is open, if there is one.
    top: Option<Open>,
    /// Those around it.
    outer: SmallVec<[Open; 8]>,
    /// The first mistake and its place, once there is one.
    mistake: (Problem, usize),
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
///
/// # Errors
/// The first mistake, and its place.
pub(super) fn run(text: &str, mut slots: Vec<Slot>) -> Result<Tree, (Problem, usize)> {
    if text.len() > LONGEST {
        return Err((Problem::Large, 0));
    }
    if text.starts_with('\u{feff}') {
        return Err((Problem::ByteOrderMark, 0));
    }
    // a slot per eight bytes is more than manifests need; what is not written to costs nothing
    slots.clear();
    slots.reserve(text.len() / 8 + 4);
    let tree = Tree { slots, odd: false, mixed: false };
    let (bytes, outer, mistake) = (text.as_bytes(), SmallVec::new(), (Problem::Value, 0));
    let mut parser = Parser { bytes, tree, top: None, outer, mistake };
    match parser.document() {
        Ok(()) => Ok(parser.tree),
        Err(Stop) => Err(parser.mistake),
    }
}

impl Parser<'_> {
    fn document(&mut self) -> Outcome<()> {
        let (mut at, first) = self.next(0);
        if first.is_none() {
            return self.stop(Problem::Empty, at);
        }
        loop {
            let (start, byte) = self.next(at);
            let end = match byte {
                Some(b'"') => self.string(start)?,
                Some(open @ (b'{' | b'[')) => {
                    let object = open == b'{';
                    self.push(object, start)?;
                    let (inside, byte) = self.next(start + 1);
                    // both closing brackets are two after the opening ones
                    if byte != Some(open + 2) {
                        at = if object { self.name(inside)? } else { inside };
                        continue;
                    }
                    self.close(inside)
                }
                Some(b'-' | b'0'..=b'9') => self.number(start)?,
                Some(b't') => self.word(start, b"true")?,
                Some(b'f') => self.word(start, b"false")?,
                Some(b'n') => self.word(start, b"null")?,
                Some(_) => return self.stop(Problem::Value, start),
                None => return self.stop(Problem::End, start),
            };
            match self.next_value(end)? {
                Some(next) => at = next,
                None => return Ok(()),
            }
        }
    }

    /// Closes what ends here, and goes on to the next value; `None` at the end of the text.
    fn next_value(&mut self, mut at: usize) -> Outcome<Option<usize>> {
        while let Some(Open { object, .. }) = self.top {
            let (end, byte) = self.next(at);
            match byte {
                Some(b',') if object => return self.name(end + 1).map(Some),
                Some(b',') => return Ok(Some(end + 1)),
                Some(b'}') if object => at = self.close(end),
                Some(b']') if !object => at = self.close(end),
                Some(_) => return self.stop(Problem::Comma, end),
                None => return self.stop(Problem::End, end),
            }
        }
        let (end, byte) = self.next(at);
        if byte.is_some() { self.stop(Problem::Trailing, end) } else { Ok(None) }
    }

    fn push(&mut self, object: bool, start: usize) -> Outcome<()> {
        if self.outer.len() + usize::from(self.top.is_some()) >= DEPTH {
            return self.stop(Problem::Depth, start);
        }
        let open = Open { slot: self.tree.slots.len(), object, seen: 0 };
        if let Some(outer) = self.top.replace(open) {
            self.outer.push(outer);
        }
        self.slot(if object { SlotKind::Object } else { SlotKind::Array }, start, start);
        Ok(())
    }

    fn close(&mut self, at: usize) -> usize {
        self.slot(SlotKind::Close, at, at + 1);
        let after = self.tree.slots.len();
        if let Some(slot) = self.top.and_then(|top| self.tree.slots.get_mut(top.slot)) {
            // there are no more slots than bytes
            slot.rest = after as u32;
        }
        self.top = self.outer.pop();
        at + 1
    }

    #[inline]
    fn slot(&mut self, kind: SlotKind, start: usize, end: usize) {
        self.tree.slots.push(Slot::new(kind, start, end - start));
    }

    /// A member name and its colon.
    #[inline]
    fn name(&mut self, at: usize) -> Outcome<usize> {
        let (start, byte) = self.next(at);
        match byte {
            Some(b'"') => {}
            Some(_) => return self.stop(Problem::Name, start),
            None => return self.stop(Problem::End, start),
        }
        let end = self.string(start)?;
        self.note_name(start, end);
        match self.next(end) {
            (colon, Some(b':')) => Ok(colon + 1),
            (other, Some(_)) => self.stop(Problem::Colon, other),
            (end, None) => self.stop(Problem::End, end),
        }
    }

    /// Notes if a name may be there already. Names that are the same have the same mark.
    #[inline]
    fn note_name(&mut self, start: usize, end: usize) {
        let escaped =
            self.tree.odd && self.tree.slots.last().is_some_and(|slot| slot.kind() == SlotKind::Escaped);
        // of a name without letters these are its quotes
        let (first, last) = (self.bytes[start + 1], self.bytes[end - 2]);
        // with these factors no two names of image-spec that can stand in one object have the same mark
        let mark = end - start + 59 * (usize::from(first) + usize::from(last));
        // an escape may stand for any character
        let mark = if escaped { u64::MAX } else { 1 << (mark % 64) };
        let Some(top) = &mut self.top else { return };
        if top.seen & mark != 0 {
            let object = &mut self.tree.slots[top.slot];
            *object = object.of_kind(SlotKind::Mixed);
            self.tree.mixed = true;
        }
        top.seen |= mark;
    }

    #[inline]
    fn string(&mut self, start: usize) -> Outcome<usize> {
        let quote = self.plain(start + 1);
        if self.peek(quote) != Some(b'"') {
            return self.escaped_string(start, quote);
        }
        self.slot(SlotKind::Plain, start, quote + 1);
        Ok(quote + 1)
    }

    /// The rest of a string, from the first byte on that means something else than its end.
    #[cold]
    fn escaped_string(&mut self, start: usize, mut at: usize) -> Outcome<usize> {
        self.tree.odd = true;
        loop {
            match self.peek(at) {
                Some(b'"') => break,
                Some(b'\\') => at = self.escape(at)?,
                Some(_) => return self.stop(Problem::Control, at),
                None => return self.stop(Problem::End, at),
            }
            at = self.plain(at);
        }
        self.slot(SlotKind::Escaped, start, at + 1);
        Ok(at + 1)
    }

    /// The next byte in a string that means something.
    #[inline]
    fn plain(&mut self, at: usize) -> usize {
        let (stop, ascii) = plain(self.bytes, at);
        self.tree.odd |= !ascii;
        stop
    }

    fn escape(&mut self, at: usize) -> Outcome<usize> {
        match self.peek(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let digits = self.bytes.get(at + 2..at + 6);
                if !digits.is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) {
                    return self.stop(Problem::Escape, at);
                }
                Ok(at + 6)
            }
            Some(_) => self.stop(Problem::Escape, at),
            None => self.stop(Problem::End, at + 1),
        }
    }

    fn number(&mut self, start: usize) -> Outcome<usize> {
        let mut good = true;
        let mut digits = |at: usize| {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            good &= count > 0;
            at + count
        };
        let mut odd = self.peek(start) == Some(b'-');
        let first = start + usize::from(odd);
        let mut end = if self.peek(first) == Some(b'0') { first + 1 } else { digits(first) };
        if self.peek(end) == Some(b'.') {
            odd = true;
            end = digits(end + 1);
        }
        if let Some(b'e' | b'E') = self.peek(end) {
            odd = true;
            let signed = matches!(self.peek(end + 1), Some(b'+' | b'-'));
            end = digits(end + 1 + usize::from(signed));
        }
        if !good || self.peek(end).is_some_and(|byte| byte.is_ascii_digit()) {
            return self.stop(Problem::Number, start);
        }
        self.tree.odd |= odd || end - start > 15;
        self.slot(SlotKind::Number, start, end);
        Ok(end)
    }

    fn word(&mut self, start: usize, word: &[u8]) -> Outcome<usize> {
        let end = start + word.len();
        if self.bytes.get(start..end) != Some(word) {
            return self.stop(Problem::Value, start);
        }
        self.slot(SlotKind::Word, start, end);
        Ok(end)
    }

    /// The next byte that is no white space, and its place.
    #[inline]
    fn next(&self, at: usize) -> (usize, Option<u8>) {
        match self.peek(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => self.space(at),
            next => (at, next),
        }
    }

    #[inline(never)]
    fn space(&self, mut at: usize) -> (usize, Option<u8>) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek(at) {
            at += 1;
        }
        (at, self.peek(at))
    }

    #[inline]
    fn peek(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    #[cold]
    fn stop<T>(&mut self, problem: Problem, at: usize) -> Outcome<T> {
        self.mistake = (problem, at);
        Err(Stop)
    }
}

/// The next byte of a string that means something, `"`, `\`, or a control character, from `at` on; and whether all bytes
/// that were looked at are ASCII.
#[inline]
pub(super) fn plain(bytes: &[u8], mut at: usize) -> (usize, bool) {
    let mut high = 0;
    while let Some(part) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let part = u8x16::new(*part);
        high |= part.move_mask();
        let is = |byte| part.cmp_eq(u8x16::splat(byte));
        let control = part.min(u8x16::splat(0x1f)).cmp_eq(part);
        let special = (is(b'"') | is(b'\\') | control).move_mask();
        if special != 0 {
            return (at + special.trailing_zeros() as usize, high == 0);
        }
        at += 16;
    }
    let (stop, ascii) = plain_end(bytes, at);
    (stop, ascii && high == 0)
}

/// [`plain`] for the last bytes of a text.
#[inline(never)]
fn plain_end(bytes: &[u8], at: usize) -> (usize, bool) {
    let rest = bytes.get(at..).unwrap_or_default();
    let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    (at + stop.unwrap_or(rest.len()), rest.is_ascii())
}
