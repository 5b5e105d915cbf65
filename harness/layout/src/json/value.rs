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

    fn slot(&self) -> Slot {
        // a tree has at least one slot; the default only serves a root that was joined with another text
        self.slots.get(self.at).copied().unwrap_or(Slot::new(SlotKind::Word, 0, 0))
    }

    /// The slot after its last one.
    pub(super) fn after(&self) -> usize {
        let slot = self.slot();
        if slot.opens() { slot.rest as usize } else { self.at + 1 }
    }

    /// Where it is in its tree: a number for those who keep many of them.
    pub(crate) fn place(&self) -> u32 {
        // a tree has fewer slots than that
        self.at as u32
    }

    /// The value in that place of the same tree.
    pub(crate) fn in_place(&self, place: u32) -> Self {
        Self { at: place as usize, ..*self }
    }

    /// What kind of value this is.
    pub fn kind(&self) -> Kind {
        let slot = self.slot();
        match slot.kind() {
            SlotKind::Word if matches!(self.text.as_bytes().get(slot.start()), Some(b't' | b'f')) => {
                Kind::Bool
            }
            SlotKind::Word | SlotKind::Close => Kind::Null,
            SlotKind::Number => Kind::Number,
            SlotKind::Plain | SlotKind::Escaped => Kind::String,
            SlotKind::Array => Kind::Array,
            SlotKind::Object | SlotKind::Mixed => Kind::Object,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// The bytes of this value in the document.
    pub fn span(&self) -> Span {
        let slot = self.slot();
        let last = if slot.opens() { self.in_place(slot.rest - 1).slot() } else { slot };
        slot.start()..last.end()
    }

    /// The value as it is written.
    pub fn text(&self) -> &'a str {
        self.text.get(self.span()).unwrap_or_default()
    }

    /// The same as bytes, which are there sooner: no one looks where characters begin.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.span()).unwrap_or_default()
    }

    /// A string's value, with U+FFFD for lone surrogates; `None` for other kinds.
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        match self.slot().kind() {
            SlotKind::Plain => Some(Cow::Borrowed(self.inner())),
            SlotKind::Escaped => Some(Cow::Owned(unescape(self.inner()).0)),
            _ => None,
        }
    }

    /// False for a string with a lone surrogate, which the grammar allows and I-JSON (RFC 7493 §2.1) does not.
    pub fn is_well_formed(&self) -> bool {
        self.slot().kind() != SlotKind::Escaped || unescape(self.inner()).1
    }

    /// What is between the quotes of a string.
    fn inner(&self) -> &'a str {
        self.text.get(inside(self.slot())).unwrap_or_default()
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
        let (next, end) = if self.kind() == kind { (self.at + 1, self.after() - 1) } else { (0, 0) };
        Items { text: self.text, slots: self.slots, next, end }
    }

    /// The first member of that name.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.get_all(name).next()
    }

    /// All members of that name.
    pub fn get_all<'n>(&self, name: &'n str) -> impl Iterator<Item = Value<'a>> + use<'a, 'n> {
        self.members().filter(move |(key, _)| key.equals(name)).map(|(_, value)| value)
    }

    /// Whether this is a string with that value.
    pub fn equals(&self, text: &str) -> bool {
        let slot = self.slot();
        match slot.kind() {
            SlotKind::Plain => self.text.as_bytes().get(inside(slot)) == Some(text.as_bytes()),
            SlotKind::Escaped => self.as_str().is_some_and(|value| value == text),
            _ => false,
        }
    }

    /// The names, at any depth, that an earlier member of the same object already has.
    pub fn duplicate_names(&self) -> Vec<Value<'a>> {
        let mut found = Vec::new();
        let end = self.after().min(self.slots.len());
        for at in self.at..end {
            let value = Value::new(self.text, self.slots, at);
            if value.slot().kind() == SlotKind::Mixed {
                value.own_duplicates(&mut found);
            }
        }
        found
    }

    fn own_duplicates(&self, found: &mut Vec<Value<'a>>) {
        // quadratic only where that is faster than hashing
        if self.members().nth(12).is_none() {
            for (n, (name, _)) in self.members().enumerate() {
                if self.members().take(n).any(|(earlier, _)| earlier.same_string(&name)) {
                    found.push(name);
                }
            }
            return;
        }
        let mut seen = HashSet::new();
        for (name, _) in self.members() {
            if !seen.insert(name.as_str()) {
                found.push(name);
            }
        }
    }

    fn same_string(&self, other: &Self) -> bool {
        if self.slot().kind() == SlotKind::Plain && other.slot().kind() == SlotKind::Plain {
            return self.text() == other.text();
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
fn inside(slot: Slot) -> Span {
    slot.start() + 1..slot.end().saturating_sub(1)
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
