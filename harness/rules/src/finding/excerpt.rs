//! The text around a place.
//!
//! Owns: the line, cut around the place so that a document of one long line stays readable. Leaves to others: how it
//! is shown.

use std::ops::Range;

use referee_layout::json::Span;
use referee_source::is_plain;

/// Bytes of the line kept before the place.
const BEFORE: usize = 24;
/// Bytes of the line kept from the place's beginning on.
const FROM: usize = 44;

/// One line of a file, cut around a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is kept of the line; tabs are spaces, others that are not printed as themselves and what is not UTF-8 are
    /// U+FFFD.
    pub text: String,
    /// The place within `text`, in bytes.
    pub place: Range<usize>,
    /// Whether something of the line is cut off before `text`.
    pub cut_before: bool,
    /// Whether something of the line is cut off after `text`.
    pub cut_after: bool,
}

/// A place in a file whose line and column are known: the next one is counted from here, so that many findings in one
/// long line cost one pass over it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cursor {
    offset: usize,
    line_start: usize,
    line: usize,
    column: usize,
}

impl Cursor {
    /// The beginning of a file.
    pub(crate) const START: Self = Self { offset: 0, line_start: 0, line: 1, column: 1 };

    fn move_to(&mut self, bytes: &[u8], offset: usize) {
        if offset < self.offset {
            *self = Self::START;
        }
        for (n, byte) in bytes[self.offset..offset].iter().enumerate() {
            if *byte == b'\n' {
                (self.line, self.column, self.line_start) = (self.line + 1, 1, self.offset + n + 1);
            } else if byte & 0xc0 != 0x80 {
                // not the middle of a character
                self.column += 1;
            }
        }
        self.offset = offset;
    }
}

impl Excerpt {
    /// The line of `bytes` in which `span` begins, counted from where the last one was.
    pub(crate) fn of(bytes: &[u8], span: &Span, cursor: &mut Cursor) -> Self {
        let start = span.start.min(bytes.len());
        cursor.move_to(bytes, start);
        let Cursor { line_start, line, column, .. } = *cursor;
        let ahead = &bytes[start..bytes.len().min(start + FROM + 1)];
        let line_end = ahead.iter().position(|b| *b == b'\n').map_or(start + ahead.len(), |at| start + at);
        let from = boundary(bytes, line_start.max(start.saturating_sub(BEFORE)), line_start);
        let to = boundary(bytes, line_end.min(start + FROM), start);
        let end = span.end.clamp(start, to);
        let mut text = shown(&bytes[from..start]);
        let place = text.len();
        text.push_str(&shown(&bytes[start..end]));
        let place = place..text.len();
        text.push_str(&shown(&bytes[end..to]));
        Self { line, column, text, place, cut_before: from > line_start, cut_after: to < line_end }
    }
}

/// The beginning of the character at `at`, but not before `least`.
fn boundary(bytes: &[u8], mut at: usize, least: usize) -> usize {
    while at > least && at < bytes.len() && bytes[at] & 0xc0 == 0x80 {
        at -= 1;
    }
    at
}

fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = |c: char| match c {
        '\t' => ' ',
        c if is_plain(c) => c,
        _ => char::REPLACEMENT_CHARACTER,
    };
    text.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}\"x\": 1{}", "a".repeat(1000), "b".repeat(300_000));
        let excerpt = Excerpt::of(text.as_bytes(), &(1000..1003), &mut Cursor::START.clone());
        assert_eq!(&excerpt.text[excerpt.place.clone()], "\"x\"");
        assert_eq!((excerpt.line, excerpt.column), (1, 1001));
        assert!(excerpt.cut_before && excerpt.cut_after && excerpt.text.len() < 80);
    }

    #[test]
    fn a_cursor_counts_the_same_forwards_and_backwards() {
        let bytes = "{\n  \"é\": 1,\n  \"b\": 2\n}".as_bytes();
        let mut cursor = Cursor::START;
        let mut at = |start| {
            let excerpt = Excerpt::of(bytes, &(start..start + 1), &mut cursor);
            (excerpt.line, excerpt.column)
        };
        assert_eq!([at(4), at(10), at(15), at(4), at(0)], [(2, 3), (2, 8), (3, 3), (2, 3), (1, 1)]);
    }

    #[test]
    fn any_bytes_give_some_text() {
        let bytes = b"\xff\xfe\n\x1b[31m\xe2\x82\xac x";
        for start in 0..=bytes.len() {
            for end in start..=bytes.len() + 1 {
                let excerpt = Excerpt::of(bytes, &(start..end), &mut Cursor::START.clone());
                assert!(excerpt.text.get(excerpt.place.clone()).is_some());
                assert!(!excerpt.text.contains('\u{1b}'));
            }
        }
    }
}
