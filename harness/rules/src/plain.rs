//! Documents and descriptors with which nothing can be wrong by themselves.
//!
//! Owns: telling them in one pass, since nearly all of a layout are of that kind. Leaves to others: all others. A rule that
//! has something to say of such a document is not asked: whoever writes one makes this narrower, and the test below says so.

use referee_layout::json::Value;
use referee_layout::{BlobText, DescriptorView, Entry, Node, media_type};

use crate::doc::DocKind;

/// Whether no rule for single documents can find anything in this one; false where that would take time to tell.
pub(crate) fn is_plain(text: &BlobText<'_>, kind: DocKind, node: Option<&Node>) -> bool {
    text.simple
        && match kind {
            DocKind::Manifest => node.is_some_and(is_plain_image),
            DocKind::Other => true,
            DocKind::OciLayout | DocKind::IndexJson | DocKind::Index => false,
        }
}

/// Whether it is an image like all others, with the types that image-spec gives to its parts.
fn is_plain_image(node: &Node) -> bool {
    let layer = |entry: &Entry| {
        let own = entry.descriptor.as_ref().map(|descriptor| &*descriptor.media_type);
        own.is_ok_and(|own| media_type::LAYERS.contains(&own))
    };
    node.usual
        && node.config_media_type() == Some(media_type::IMAGE_CONFIG)
        && !node.entries.is_empty()
        && node.entries.iter().all(layer)
}

/// Whether it has the three required fields alone, as nearly all descriptors have them, and is not of the empty type.
pub(crate) fn is_plain_descriptor(value: Value<'_>) -> bool {
    DescriptorView::new(value).plain().is_some_and(|(own, ..)| own != media_type::EMPTY)
}

/// Whether it is an entry of index.json as most programs write them: a manifest or index, with a platform that is
/// everywhere and a name without surprises, or with one of the two.
pub(crate) fn is_plain_entry(value: Value<'_>) -> bool {
    // of a name that is there twice every value is looked at; the name itself is another rule's
    let other = |name: Value<'_>, value| match name.text() {
        "\"platform\"" => is_plain_platform(value),
        "\"annotations\"" => is_plain_name(value),
        _ => false,
    };
    let plain = DescriptorView::new(value).plain_beside(other);
    plain.is_some_and(|(own, ..)| own == media_type::IMAGE_MANIFEST || own == media_type::IMAGE_INDEX)
}

fn is_plain_platform(value: Value<'_>) -> bool {
    let mut seen = 0_u8;
    let every = value.members().all(|(name, value)| {
        let (field, plain) = match name.text() {
            "\"architecture\"" => (1, value.equals("amd64") || value.equals("arm64")),
            "\"os\"" => (2, value.equals("linux") || value.equals("windows")),
            _ => return false,
        };
        seen |= field;
        plain
    });
    every && seen == 3
}

/// Whether it is `ref.name` alone, of letters and digits joined by single dots or dashes.
fn is_plain_name(value: Value<'_>) -> bool {
    let mut members = value.members();
    let (Some((name, text)), None) = (members.next(), members.next()) else { return false };
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    // an escape has a character that no part has
    let inside = text.text().strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    name.equals(media_type::REF_NAME) && inside.is_some_and(|text| text.split(['.', '-']).all(part))
}

#[cfg(test)]
mod tests;
