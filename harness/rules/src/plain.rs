//! Documents in which no rule can find anything by themselves.
//!
//! Owns: telling them in one pass, since nearly all documents of a layout are of that kind. Leaves to others: all others.
//! A rule that has something to say of such a document is not asked: whoever writes one makes this narrower, and the test
//! below says so.

use referee_layout::json::{Kind, Value};
use referee_layout::{DescriptorView, media_type};

use crate::doc::DocKind;

/// Whether no rule for single documents can find anything in this one; false where that would take time to tell. `simple`
/// is [`Value::is_simple`] of it.
pub(crate) fn is_plain(simple: bool, kind: DocKind, root: Value<'_>) -> bool {
    simple
        && match kind {
            DocKind::Manifest => is_plain_image(root),
            DocKind::Other => true,
            DocKind::OciLayout | DocKind::IndexJson | DocKind::Index => false,
        }
}

/// Whether it is an image with the four members that images have, and plain descriptors in them.
fn is_plain_image(root: Value<'_>) -> bool {
    let mut members = 0;
    root.members().all(|(name, value)| {
        members += 1;
        match name.text() {
            "\"schemaVersion\"" => value.text() == "2",
            "\"mediaType\"" => value.equals(media_type::IMAGE_MANIFEST),
            "\"config\"" => media_type_of(value) == Some(media_type::IMAGE_CONFIG),
            "\"layers\"" => {
                let layer = |value| media_type_of(value).is_some_and(|own| LAYERS.contains(&own));
                value.kind() == Kind::Array && value.items().next().is_some() && value.items().all(layer)
            }
            _ => false,
        }
    }) && members == 4
}

/// The types of layers of which image-spec has nothing more to say (`layer.md`).
const LAYERS: [&str; 3] = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
];

fn media_type_of(value: Value<'_>) -> Option<&str> {
    DescriptorView::new(value).plain().map(|(own, ..)| own)
}
