//! Reading values out of a tree.
//!
//! Owns: kinds, strings, members and items. Leaves to others: pointers.

use std::borrow::Cow;
use std::collections::HashSet;

use super::Span;
use super::slot::{Slot, SlotKind};

/// One value of a JSON text.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    pub(super) text: &'a str,
    pub(super) slots: &'a [Slot],
    pub(super) at: usize,
}

/// The kinds of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl<'a> Value<'a> {
    pub(super) fn new(text: &'a str, slots: &'a [Slot], at: usize) -> Self {
        Self { text, slots, at }
    }

    #[inline]
    fn slot(&self) -> Slot {
        // a tree has at least one slot; the default only serves a root that was joined with another text
        let none = Slot { kind: SlotKind::Null, start: 0, end: 0, after: 0 };
        self.slots.get(self.at).copied().unwrap_or(none)
    }

    /// The slot after its last one.
    pub(super) fn after(&self) -> usize {
        self.slot().after as usize
    }

    /// What kind of value this is.
    pub fn kind(&self) -> Kind {
        match self.slot().kind {
            SlotKind::Null => Kind::Null,
            SlotKind::Bool => Kind::Bool,
            SlotKind::Number => Kind::Number,
            SlotKind::String | SlotKind::EscapedString => Kind::String,
            SlotKind::Array => Kind::Array,
            SlotKind::Object | SlotKind::ObjectWithDuplicates => Kind::Object,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// The bytes of this value in the document.
    pub fn span(&self) -> Span {
        let slot = self.slot();
        slot.start as usize..slot.end as usize
    }

    /// The value as it is written.
    pub fn text(&self) -> &'a str {
        self.text.get(self.span()).unwrap_or_default()
    }

    /// A string's value, with U+FFFD for lone surrogates; `None` for other kinds.
    #[inline]
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        match self.slot().kind {
            SlotKind::String => Some(Cow::Borrowed(self.inner())),
            SlotKind::EscapedString => Some(Cow::Owned(unescape(self.inner()).0)),
            _ => None,
        }
    }

    /// False for a string with a lone surrogate, which the grammar allows and I-JSON does not
    /// ([RFC 7493 §2.1](https://www.rfc-editor.org/rfc/rfc7493#section-2.1)).
    pub fn is_well_formed(&self) -> bool {
        self.slot().kind != SlotKind::EscapedString || unescape(self.inner()).1
    }

    /// What is between the quotes of a string.
    #[inline]
    fn inner(&self) -> &'a str {
        self.text.get(inside(&self.span())).unwrap_or_default()
    }

    /// A number as it is written; `None` for other kinds.
    pub fn as_number(&self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.text())
    }

    /// `true` or `false`; `None` for other kinds.
    pub fn as_bool(&self) -> Option<bool> {
        (self.kind() == Kind::Bool).then(|| self.text() == "true")
    }

    /// The members of an object in document order, duplicates included; nothing for other kinds.
    pub fn members(&self) -> Members<'a> {
        Members(self.children(Kind::Object))
    }

    /// The items of an array; nothing for other kinds.
    pub fn items(&self) -> Items<'a> {
        self.children(Kind::Array)
    }

    pub(super) fn children(&self, kind: Kind) -> Items<'a> {
        let (next, end) = if self.kind() == kind { (self.at + 1, self.after()) } else { (0, 0) };
        Items { text: self.text, slots: self.slots, next, end }
    }

    /// The member of that name; of several the first.
    ///
    /// [RFC 8259 §4](https://www.rfc-editor.org/rfc/rfc8259#section-4) leaves open what counts. Here it is the first
    /// everywhere: in every field that is read and in [`Value::at_pointer`], so that a pointer leads to the value that was
    /// read. Parsers that keep the last see another document, so duplicates are a fact of their own
    /// ([`Value::duplicate_names`]), and no manifest or index that has one is used.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.get_all(name).next()
    }

    /// All members of that name.
    pub fn get_all<'n>(&self, name: &'n str) -> impl Iterator<Item = Value<'a>> + use<'a, 'n> {
        self.members().filter(move |(key, _)| key.equals(name)).map(|(_, value)| value)
    }

    /// Whether this is a string with that value.
    pub fn equals(&self, text: &str) -> bool {
        match self.slot().kind {
            SlotKind::String => self.text.as_bytes().get(inside(&self.span())) == Some(text.as_bytes()),
            SlotKind::EscapedString => self.as_str().is_some_and(|value| value == text),
            _ => false,
        }
    }

    /// The names, at any depth, that an earlier member of the same object already has.
    pub fn duplicate_names(&self) -> Vec<Value<'a>> {
        let slots = self.at..self.after().min(self.slots.len());
        let values = slots.map(|at| Value::new(self.text, self.slots, at));
        let objects = values.filter(|value| value.slot().kind == SlotKind::ObjectWithDuplicates);
        objects.flat_map(|object| object.own_duplicates()).collect()
    }

    /// The names of this object itself that an earlier member already has.
    pub(super) fn own_duplicates(&self) -> Vec<Value<'a>> {
        let mut found = Vec::new();
        // quadratic only where that is faster than hashing
        if self.members().nth(12).is_none() {
            for (n, (name, _)) in self.members().enumerate() {
                if self.members().take(n).any(|(earlier, _)| earlier.same_string(&name)) {
                    found.push(name);
                }
            }
            return found;
        }
        let mut seen = HashSet::new();
        found.extend(self.members().map(|(name, _)| name).filter(|name| !seen.insert(name.as_str())));
        found
    }

    fn same_string(&self, other: &Self) -> bool {
        if self.slot().kind == SlotKind::String && other.slot().kind == SlotKind::String {
            let bytes = |value: &Self| self.text.as_bytes().get(value.span());
            return bytes(self) == bytes(other);
        }
        self.as_str() == other.as_str()
    }
}

impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// The items of an array, or the names and values of an object by turns.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    text: &'a str,
    slots: &'a [Slot],
    next: usize,
    end: usize,
}

impl<'a> Items<'a> {
    fn here(&self) -> Option<Value<'a>> {
        (self.next < self.end.min(self.slots.len())).then(|| Value::new(self.text, self.slots, self.next))
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        let value = self.here()?;
        self.next = value.after().max(self.next + 1);
        Some(value)
    }
}

/// The members of an object: names and values.
#[derive(Debug, Clone)]
pub struct Members<'a>(Items<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.here()?;
        // a string has one slot
        self.0.next += 1;
        Some((name, self.0.next()?))
    }
}

/// The bytes between the quotes of a string.
fn inside(span: &Span) -> Span {
    span.start + 1..span.end.saturating_sub(1)
}

/// The value of a string's inside, and whether it had no lone surrogate.
fn unescape(inner: &str) -> (String, bool) {
    let mut value = String::with_capacity(inner.len());
    let mut well_formed = true;
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let escape = rest[at + 1..].chars().next().unwrap_or('\\');
        rest = rest.get(at + 1 + escape.len_utf8()..).unwrap_or_default();
        match escape {
            'b' => value.push('\u{8}'),
            'f' => value.push('\u{c}'),
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'u' => {
                let first = take_unit(&mut rest);
                value.push(char::from_u32(first).unwrap_or_else(|| {
                    let low = rest.strip_prefix("\\u").map(|mut after| (take_unit(&mut after), after));
                    match low {
                        Some((low @ 0xdc00..=0xdfff, after)) if first < 0xdc00 => {
                            rest = after;
                            let joined = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                            char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
                        }
                        _ => {
                            well_formed = false;
                            char::REPLACEMENT_CHARACTER
                        }
                    }
                }));
            }
            other => value.push(other),
        }
    }
    value.push_str(rest);
    (value, well_formed)
}

/// The code unit of four hex digits, which the parser has checked.
fn take_unit(rest: &mut &str) -> u32 {
    let digits = rest.get(..4).unwrap_or_default();
    *rest = rest.get(4..).unwrap_or_default();
    u32::from_str_radix(digits, 16).unwrap_or(0xfffd)
}
