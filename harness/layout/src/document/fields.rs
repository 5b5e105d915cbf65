//! Readers of single fields.
//!
//! Owns: the shape of each kind of value. Leaves to others: which field has which.

use std::borrow::Cow;

use base64::Engine as _;

use super::{Annotations, Field};
use crate::json::{Kind, Value};
use referee_spec::{Digest, media_type};

/// A member's value, read by `read`, which says what is wrong as a sentence fragment.
pub(super) fn field<'a, T>(
    member: Option<Value<'a>>,
    read: impl FnOnce(Value<'a>) -> Result<T, String>,
) -> Field<T> {
    let Some(value) = member else {
        return Field::Absent;
    };
    match read(value) {
        Ok(read) => Field::Present(read, value.span()),
        Err(reason) => Field::Malformed(reason, value.span()),
    }
}

fn want(kind: &str, value: Value<'_>) -> String {
    let found = match value.kind() {
        Kind::Null => "null",
        Kind::Bool => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Array => "an array",
        Kind::Object => "an object",
    };
    format!("is {found}, not {kind}")
}

pub(super) fn text(value: Value<'_>) -> Result<Cow<'_, str>, String> {
    value.as_str().ok_or_else(|| want("a string", value))
}

pub(super) fn media_type(value: Value<'_>) -> Result<Cow<'static, str>, String> {
    media_type::read(&text(value)?).ok_or_else(|| "is not `type/subtype` by RFC 6838 section 4.2".to_owned())
}

/// An `artifactType`: like a media type, but the empty string counts as none
/// ([distribution-spec HEAD, Listing Referrers][listing]).
///
/// [listing]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#listing-referrers
pub(super) fn artifact_type(value: Value<'_>) -> Result<Cow<'static, str>, String> {
    if text(value)?.is_empty() { Ok(Cow::Borrowed("")) } else { media_type(value) }
}

pub(super) fn digest(value: Value<'_>) -> Result<Digest, String> {
    let text = text(value)?;
    Digest::parse(&text).map_err(|error| format!("is no digest: {error}"))
}

pub(super) fn integer(value: Value<'_>) -> Result<i64, String> {
    let text = value.as_number().ok_or_else(|| want("an integer", value))?;
    if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(format!("is not an integer: {text}"));
    }
    text.parse().map_err(|_| "does not fit in 64 bits".to_owned())
}

pub(super) fn size(value: Value<'_>) -> Result<u64, String> {
    u64::try_from(integer(value)?).map_err(|_| "is negative".to_owned())
}

pub(super) fn object(value: Value<'_>) -> Result<Value<'_>, String> {
    if value.kind() == Kind::Object { Ok(value) } else { Err(want("an object", value)) }
}

pub(super) fn array(value: Value<'_>) -> Result<Value<'_>, String> {
    if value.kind() == Kind::Array { Ok(value) } else { Err(want("an array", value)) }
}

pub(crate) fn annotations(value: Value<'_>) -> Result<Annotations, String> {
    let members = object(value)?.members();
    let mut all = Vec::with_capacity(members.clone().count());
    for (name, value) in members {
        let name = name.as_str().unwrap_or_default();
        let text = text(value).map_err(|reason| format!("has {name:?}, which {reason}"))?;
        all.push((media_type::shared(&name), text.into()));
    }
    Annotations::unique(all).ok_or_else(|| "has the same name twice".to_owned())
}

pub(super) fn base64(value: Value<'_>) -> Result<Vec<u8>, String> {
    let text = text(value)?;
    let engine = base64::engine::general_purpose::STANDARD;
    engine.decode(text.as_bytes()).map_err(|_| "is not base64 by RFC 4648 section 4".to_owned())
}

pub(super) fn texts(value: Value<'_>) -> Result<Vec<Cow<'_, str>>, String> {
    array(value)?.items().map(text).collect()
}
