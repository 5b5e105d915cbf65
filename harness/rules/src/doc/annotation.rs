//! Annotations of a document and of its descriptors.
//!
//! Owns: finding them. Leaves to others: what their keys and values may be.

use referee_layout::json::Value;
use referee_spec::pointer;

use super::Doc;
use super::slot::Slot;

/// One annotation, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Annotation<'a> {
    /// The descriptor's place; `None` for the document's own.
    pub(crate) slot: Option<Slot>,
    pub(crate) name: Value<'a>,
    pub(crate) value: Value<'a>,
}

impl Annotation<'_> {
    /// Whether its key is `key`.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.name.equals(key)
    }
}

impl<'a> Doc<'a> {
    /// The values of all `annotations`, maps or not: the document's own, and those of its descriptors.
    pub(crate) fn annotation_maps(&self) -> impl Iterator<Item = (Option<Slot>, Value<'a>)> + '_ {
        let own = Some(self.root).filter(|_| self.is_manifest_or_index());
        let own = own.and_then(|root| root.get("annotations")).map(|value| (None, value));
        let descriptors = self.descriptors();
        own.into_iter()
            .chain(descriptors.filter_map(|found| Some((Some(found.slot), found.value.get("annotations")?))))
    }

    /// The members of all `annotations` that are maps.
    pub(crate) fn annotations(&self) -> impl Iterator<Item = Annotation<'a>> + '_ {
        self.annotation_maps()
            .flat_map(|(slot, map)| map.members().map(move |(name, value)| Annotation { slot, name, value }))
    }
}

/// The JSON pointer of an annotation of the descriptor, or of the document, at that pointer.
pub(crate) fn annotation_pointer(owner: &str, key: &str) -> String {
    format!("{owner}/annotations/{}", pointer::escape(key))
}

/// Whether the pointer of a member is that of an annotation.
pub(crate) fn is_in_annotations(pointer: &str) -> bool {
    pointer.rsplit('/').nth(1) == Some("annotations")
}
