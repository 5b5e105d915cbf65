//! Edits on JSON text.
//!
//! Owns: replacing, adding and removing members and items while every other byte stays, so that a document keeps its
//! faults. Leaves to others: whose digest changes.

use std::ops::Range;

use referee_layout::Document;
use referee_layout::json::{Kind, Value};

/// Sets the value at `pointer`, or adds it; `-` appends to an array.
pub(super) fn set(bytes: &[u8], pointer: &str, to: &str) -> Result<Vec<u8>, String> {
    with(bytes, |root| {
        if let Some(value) = root.at_pointer(pointer) {
            return Ok((value.span(), to.to_owned()));
        }
        let (parent, token) = parent(root, pointer)?;
        let end = parent.span().end - 1;
        let empty = parent.items().next().is_none() && parent.members().next().is_none();
        let comma = if empty { "" } else { "," };
        match parent.kind() {
            Kind::Array => Ok((end..end, format!("{comma}{to}"))),
            Kind::Object => Ok((end..end, format!("{comma}\"{token}\":{to}"))),
            _ => Err(format!("nothing can be added at {pointer}")),
        }
    })
    .or_else(|error| {
        // annotations are the one parent that is often not there yet
        let (above, token) = pointer.rsplit_once('/').ok_or(error.clone())?;
        if !above.ends_with("/annotations") {
            return Err(error);
        }
        set(bytes, above, &format!("{{\"{token}\":{to}}}"))
    })
}

/// Removes the member or item at `pointer`, and one comma.
pub(super) fn remove(bytes: &[u8], pointer: &str) -> Result<Vec<u8>, String> {
    let whole = text(bytes)?;
    with(bytes, |root| {
        let Range { start, end } = member(root, pointer)?;
        let after = whole[end..].trim_start();
        if after.starts_with(',') {
            return Ok((start..whole.len() - after.len() + 1, String::new()));
        }
        let before = whole[..start].trim_end();
        let start = if before.ends_with(',') { before.len() - 1 } else { start };
        Ok((start..end, String::new()))
    })
}

/// Inserts `raw` before the member or item at `pointer`.
pub(super) fn before(bytes: &[u8], pointer: &str, raw: &str) -> Result<Vec<u8>, String> {
    with(bytes, |root| {
        let start = member(root, pointer)?.start;
        Ok((start..start, raw.to_owned()))
    })
}

/// Replaces `old` by `new` everywhere, and the size beside each `new` digest, if it was the old one.
pub(super) fn renamed(bytes: &[u8], old: (&str, usize), new: (&str, usize)) -> Option<Vec<u8>> {
    let text = text(bytes).ok()?;
    if !text.contains(old.0) {
        return None;
    }
    let text = text.replace(old.0, new.0);
    let document = Document::parse("", text.as_bytes());
    let mut sizes = Vec::new();
    if let Ok(root) = document.root() {
        sized(root, new.0, &old.1.to_string(), &mut sizes);
    }
    let mut text = text.clone();
    for span in sizes.into_iter().rev() {
        text.replace_range(span, &new.1.to_string());
    }
    Some(text.into_bytes())
}

/// Where descriptors of `digest` have that size.
fn sized(value: Value<'_>, digest: &str, size: &str, found: &mut Vec<Range<usize>>) {
    let described = value.get("digest").is_some_and(|own| own.equals(digest));
    if let Some(own) = value.get("size").filter(|own| described && own.text() == size) {
        found.push(own.span());
    }
    match value.kind() {
        Kind::Array => value.items().for_each(|item| sized(item, digest, size, found)),
        Kind::Object => value.members().for_each(|(_, value)| sized(value, digest, size, found)),
        _ => {}
    }
}

fn with(
    bytes: &[u8],
    edit: impl FnOnce(Value<'_>) -> Result<(Range<usize>, String), String>,
) -> Result<Vec<u8>, String> {
    let mut whole = text(bytes)?.to_owned();
    let document = Document::parse("", bytes);
    let root = document.root().map_err(|error| format!("it is not JSON: {error}"))?;
    let (span, to) = edit(root)?;
    whole.replace_range(span, &to);
    Ok(whole.into_bytes())
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
}

/// The object or array above `pointer`, and the last token.
fn parent<'a>(root: Value<'a>, pointer: &str) -> Result<(Value<'a>, String), String> {
    let (above, token) = pointer.rsplit_once('/').ok_or("the whole document cannot be added")?;
    let parent = root.at_pointer(above).ok_or_else(|| format!("there is nothing at {above}"))?;
    Ok((parent, token.replace("~1", "/").replace("~0", "~")))
}

/// A member with its name, or an item.
fn member(root: Value<'_>, pointer: &str) -> Result<Range<usize>, String> {
    let value = root.at_pointer(pointer).ok_or_else(|| format!("there is nothing at {pointer}"))?;
    let (parent, _) = parent(root, pointer)?;
    let name = parent.members().find(|(_, other)| other.span() == value.span());
    let start = name.map_or(value.span().start, |(name, _)| name.span().start);
    Ok(start..value.span().end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(result: Result<Vec<u8>, String>) -> String {
        String::from_utf8(result.unwrap()).unwrap()
    }

    #[test]
    fn only_the_place_changes() {
        let json = br#"{"a": [1, 2], "a": 3, "b": {} }"#;
        assert_eq!(edited(set(json, "/a/1", "9")), r#"{"a": [1, 9], "a": 3, "b": {} }"#);
        assert_eq!(edited(set(json, "/a/-", "9")), r#"{"a": [1, 2,9], "a": 3, "b": {} }"#);
        assert_eq!(edited(set(json, "/b/x", "9")), r#"{"a": [1, 2], "a": 3, "b": {"x":9} }"#);
        assert_eq!(edited(remove(json, "/a/1")), r#"{"a": [1], "a": 3, "b": {} }"#);
        assert_eq!(edited(remove(json, "/a/0")), r#"{"a": [ 2], "a": 3, "b": {} }"#);
        assert_eq!(edited(remove(json, "/b")), r#"{"a": [1, 2], "a": 3 }"#);
        assert_eq!(edited(before(json, "/b", "x")), r#"{"a": [1, 2], "a": 3, x"b": {} }"#);
        assert!(
            set(json, "/c/d", "1").is_err() && remove(json, "/c").is_err() && set(b"{", "/a", "1").is_err()
        );
    }
}
