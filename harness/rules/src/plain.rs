//! Documents and descriptors with which nothing can be wrong by themselves.
//!
//! Owns: telling them in one pass, since nearly all of a layout are of that kind. Leaves to others: all others. A rule that
//! has something to say of such a document is not asked: whoever writes one makes this narrower, and the test below says so.

use referee_layout::{BlobText, Descriptor, Entry, More, Node, Platform};
use referee_spec::annotation::REF_NAME;
use referee_spec::media_type;

use crate::doc::{DocKind, Slot};

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

/// Whether nothing can be wrong with a descriptor in that place by itself. Of index.json, in most profiles, that may be an
/// entry as most programs write them: with a platform that is everywhere and a name without surprises, or one of the two.
pub(crate) fn is_plain_descriptor(descriptor: &Descriptor, slot: Slot, named: bool) -> bool {
    let own = &*descriptor.media_type;
    match slot {
        Slot::Entry(_) => {
            let listed = own == media_type::IMAGE_MANIFEST || own == media_type::IMAGE_INDEX;
            listed && (descriptor.is_plain() || named && has_plain_name(descriptor.more()))
        }
        Slot::Layer(_) | Slot::Config | Slot::Subject => descriptor.is_plain() && own != media_type::EMPTY,
    }
}

fn has_plain_name(more: &More) -> bool {
    let mut annotations = more.annotations.iter();
    let named = match (annotations.next(), annotations.next()) {
        (None, _) => true,
        (Some((name, text)), None) => name == REF_NAME && is_plain_name(text),
        _ => false,
    };
    named && !more.odd && more.platform != Platform::Other
}

/// Whether it is of letters and digits joined by single dots or dashes.
fn is_plain_name(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    text.split(['.', '-']).all(part)
}

#[cfg(test)]
mod tests;
