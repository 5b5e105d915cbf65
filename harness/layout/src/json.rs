//! JSON ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) as a tree of byte spans.
//!
//! Owns: strict parsing with positions, duplicate names kept in order, numbers kept as text, JSON pointers
//! ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)). Strings may hold lone surrogates, which the grammar allows: see [`Value::is_well_formed`].
//! Leaves to others: what a document means, and whether duplicate names are wrong.
//!
//! A tree is a flat list of slots in document order, one for each value and each member name. There is no recursion
//! anywhere, so neither depth nor size of the input can overflow the stack; depth is limited all the same, because other
//! readers recurse.

mod parse;
mod pointer;
mod slot;
mod value;

use std::ops::Range;

pub use pointer::Places;
use slot::Slot;
pub use value::{Items, Kind, Members, Value};

/// Bytes of a document, from the first to one past the last.
pub type Span = Range<usize>;

/// How deep arrays and objects may be nested: the limit of serde_json and of most other parsers.
pub const DEPTH: usize = 128;

/// The spans of one JSON text. It borrows nothing: [`Tree::root`] joins it with the text again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    slots: Vec<Slot>,
    /// Whether a string has an escape or is not ASCII, or a number is negative or has more than 15 digits, a fraction or an
    /// exponent: parsers differ in what they make of these.
    needs_care: bool,
    /// Whether an object has a name twice.
    has_duplicates: bool,
}

/// Why bytes are not a JSON text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at line {line}, column {column}")]
pub struct JsonError {
    /// What is wrong.
    pub problem: Problem,
    /// Bytes before the mistake.
    pub offset: usize,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1.
    pub column: usize,
}

/// The ways in which bytes are not a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// No value at all.
    #[error("empty document")]
    Empty,
    /// The text starts with U+FEFF ([RFC 8259 §8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1) forbids to add it).
    #[error("byte order mark")]
    ByteOrderMark,
    /// Not UTF-8 ([RFC 8259 §8.1](https://www.rfc-editor.org/rfc/rfc8259#section-8.1)).
    #[error("invalid UTF-8")]
    Utf8,
    /// The text ends inside a value.
    #[error("unexpected end")]
    End,
    /// A value was expected.
    #[error("expected a value")]
    Value,
    /// A member name was expected.
    #[error("expected a member name in quotes")]
    Name,
    /// `:` was expected.
    #[error("expected ':'")]
    Colon,
    /// `,` or the closing bracket was expected.
    #[error("expected ',' or the closing bracket")]
    Comma,
    /// Not a number as [RFC 8259 §6](https://www.rfc-editor.org/rfc/rfc8259#section-6) wants it.
    #[error("invalid number")]
    Number,
    /// An unknown escape.
    #[error("invalid escape")]
    Escape,
    /// A control character inside a string.
    #[error("control character in a string")]
    Control,
    /// Something after the value.
    #[error("something after the document's end")]
    Trailing,
    /// Nested more than [`DEPTH`] deep.
    #[error("nested more than {DEPTH} deep")]
    Depth,
    /// 4 GiB or more.
    #[error("document too large")]
    Large,
}

impl Tree {
    /// Parses a JSON text.
    ///
    /// # Errors
    /// The first mistake, at its place.
    pub fn parse(bytes: &[u8]) -> Result<(Self, &str), JsonError> {
        let text = str::from_utf8(bytes)
            .map_err(|error| JsonError::at(Problem::Utf8, bytes, error.valid_up_to()))?;
        Ok((Self::parse_text(text)?, text))
    }

    /// Parses a JSON text that is known to be UTF-8.
    ///
    /// # Errors
    /// The first mistake, at its place.
    pub fn parse_text(text: &str) -> Result<Self, JsonError> {
        parse::run(text).map_err(|(problem, at)| JsonError::at(problem, text.as_bytes(), at))
    }

    /// Whether all parsers read the same in the text: ASCII without escapes, integers from 0 on of at most 15 digits, and each
    /// name once in its object.
    pub fn is_unambiguous(&self) -> bool {
        !self.needs_care && !self.has_duplicates
    }

    /// The outermost value. `text` is the text that was parsed; with any other the values are nonsense, but
    /// nothing panics.
    pub fn root<'a>(&'a self, text: &'a str) -> Value<'a> {
        Value::new(text, &self.slots, 0)
    }
}

impl JsonError {
    pub(crate) fn at(problem: Problem, bytes: &[u8], offset: usize) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        Self { problem, offset, line, column: before.len() - line_start + 1 }
    }
}

#[cfg(test)]
mod tests;
