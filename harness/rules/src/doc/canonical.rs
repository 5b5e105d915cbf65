//! Canonical documents and descriptors: the exact form that nearly all of a layout have.
//!
//! Owns: the definition. A rule that declares [`Canonical::Skip`] is not asked about them; a property test checks that each
//! such rule finds nothing in generated canonical input. Leaves to others: the rules, and recognising the form of a single
//! descriptor or manifest while it is read ([`Descriptor::is_canonical`], [`Node::canonical`]).
//!
//! [`Canonical::Skip`]: crate::rule::Canonical::Skip

use referee_layout::{BlobText, Descriptor, Entry, Node, OptionalFields, Platform};
use referee_spec::annotation::REF_NAME;
use referee_spec::media_type;

use super::names::has_odd_name;
use super::slot::{DocKind, Slot};

/// Whether a document as a whole is canonical: an image manifest with the four members and the media types of image-spec and
/// with canonical descriptors, or a JSON object that is no manifest or index and has no odd name, where all parsers read the same.
pub(crate) fn is_canonical(text: &BlobText<'_>, kind: DocKind, node: Option<&Node>) -> bool {
    text.unambiguous
        && match kind {
            DocKind::Manifest => node.is_some_and(is_canonical_image),
            DocKind::Other => text.root().is_some_and(|root| !has_odd_name(root)),
            DocKind::OciLayout | DocKind::IndexJson | DocKind::Index => false,
        }
}

/// Whether an image has canonical members, and the media types that image-spec defines for its config and layers.
fn is_canonical_image(node: &Node) -> bool {
    let layer = |entry: &Entry| {
        let own = entry.descriptor.as_ref().map(|descriptor| &*descriptor.media_type);
        own.is_ok_and(|own| media_type::LAYERS.contains(&own))
    };
    node.canonical
        && node.config_media_type() == Some(media_type::IMAGE_CONFIG)
        && !node.entries.is_empty()
        && node.entries.iter().all(layer)
}

/// Whether a descriptor in that place is canonical. An entry may have a common platform and a simple `ref.name` beside the
/// three required fields; the name only with `allow_ref_name` (index.json, in profiles that give it no other meaning).
pub(crate) fn is_canonical_descriptor(descriptor: &Descriptor, slot: Slot, allow_ref_name: bool) -> bool {
    let own = &*descriptor.media_type;
    match slot {
        Slot::Entry(_) => {
            let listed = own == media_type::IMAGE_MANIFEST || own == media_type::IMAGE_INDEX;
            listed && (descriptor.is_canonical() || allow_ref_name && has_simple_name(descriptor.optional()))
        }
        Slot::Layer(_) | Slot::Config | Slot::Subject => {
            descriptor.is_canonical() && own != media_type::EMPTY
        }
    }
}

fn has_simple_name(optional: &OptionalFields) -> bool {
    let mut annotations = optional.annotations.iter();
    let named = match (annotations.next(), annotations.next()) {
        (None, _) => true,
        (Some((name, text)), None) => name == REF_NAME && is_simple_name(text),
        _ => false,
    };
    named && !optional.needs_care && optional.platform != Platform::Other
}

/// Whether it is of letters and digits joined by single dots or dashes.
fn is_simple_name(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
    text.split(['.', '-']).all(part)
}

#[cfg(test)]
mod tests;
