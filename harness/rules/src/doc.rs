//! One JSON document, as a rule sees it.
//!
//! Owns: what kind of document it is, and where its descriptors and annotations are. Leaves to others: what is wrong.

mod annotation;
pub(crate) mod canonical;
mod entry;
pub(crate) mod names;
mod slot;
mod value;

use std::sync::OnceLock;

use referee_layout::json::{self, Value};
use referee_layout::{Descriptor, Entry, Node};
use referee_spec::Digest;
use referee_spec::path::blob_path;

use crate::profile::Profile;
pub(crate) use annotation::{annotation_pointer, is_in_annotations};
use canonical::is_canonical_descriptor;
pub(crate) use entry::{is_unknown_platform, prescribes_platform};
pub(crate) use slot::{DocKind, Slot};
pub(crate) use value::visit;

/// A document with its spans, and the profile it is held against.
pub(crate) struct Doc<'a> {
    file: File<'a>,
    pub(crate) root: Value<'a>,
    pub(crate) kind: DocKind,
    pub(crate) profile: &'a Profile,
    slot_values: Vec<SlotValue<'a>>,
    duplicates: OnceLock<Vec<Value<'a>>>,
}

/// Which file a document is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum File<'a> {
    /// `oci-layout` or `index.json`.
    Root(&'a str),
    /// The blob of that digest.
    Blob(&'a Digest),
}

/// A value in a slot of a descriptor, whatever it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlotValue<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) slot: Slot,
    /// Whether the descriptor is canonical.
    canonical: bool,
}

impl SlotValue<'_> {
    fn is_object(&self) -> bool {
        self.value.kind() == json::Kind::Object
    }
}

/// The descriptors that were read in a document, to tell canonical ones.
#[derive(Clone, Copy, Default)]
pub(crate) struct ReadDescriptors<'a> {
    pub(crate) config: Option<&'a Descriptor>,
    pub(crate) entries: &'a [Entry],
}

impl<'a> ReadDescriptors<'a> {
    pub(crate) fn of(node: &'a Node) -> Self {
        Self { config: node.config.as_ref(), entries: &node.entries }
    }

    /// The one in that place, if it is usable.
    fn at(self, slot: Slot) -> Option<&'a Descriptor> {
        match slot {
            Slot::Entry(n) | Slot::Layer(n) => self.entries.get(n as usize)?.descriptor.as_ref().ok(),
            Slot::Config => self.config,
            Slot::Subject => None,
        }
    }
}

impl<'a> Doc<'a> {
    /// The document with that outermost value, if it is a JSON object. Canonical ones of the descriptors `read` in it are left
    /// out of [`Doc::descriptors`]; with the default for `read` there are none, and a rule sees all.
    pub(crate) fn new(
        file: File<'a>,
        root: Value<'a>,
        kind: DocKind,
        profile: &'a Profile,
        read: ReadDescriptors<'_>,
    ) -> Option<Self> {
        let root = Some(root).filter(|root| root.kind() == json::Kind::Object)?;
        let mut slot_values = Vec::new();
        let list = |name| root.get(name).filter(|list| list.kind() == json::Kind::Array);
        let items = |name| (0..).zip(list(name).into_iter().flat_map(|list| list.items()));
        let allow_ref_name = kind == DocKind::IndexJson;
        let found = |slot, value| {
            let canonical = |descriptor| is_canonical_descriptor(descriptor, slot, allow_ref_name);
            SlotValue { value, slot, canonical: read.at(slot).is_some_and(canonical) }
        };
        if matches!(kind, DocKind::IndexJson | DocKind::Index) {
            let entries = items("manifests").map(|(n, value)| found(Slot::Entry(n), value));
            slot_values.extend(entries.filter(|found| !found.canonical));
        }
        if kind == DocKind::Manifest {
            slot_values.extend(root.get("config").map(|value| found(Slot::Config, value)));
            slot_values.extend(items("layers").map(|(n, value)| found(Slot::Layer(n), value)));
        }
        if matches!(kind, DocKind::IndexJson | DocKind::Index | DocKind::Manifest) {
            slot_values.extend(root.get("subject").map(|value| found(Slot::Subject, value)));
        }
        Some(Self { file, root, kind, profile, slot_values, duplicates: OnceLock::new() })
    }

    /// The file, relative to the layout's root.
    pub(crate) fn file(&self) -> String {
        match self.file {
            File::Root(name) => name.to_owned(),
            File::Blob(digest) => blob_path(digest),
        }
    }

    /// The names that are in an object twice.
    pub(crate) fn duplicate_names(&self) -> &[Value<'a>] {
        self.duplicates.get_or_init(|| self.root.duplicate_names())
    }

    /// Whether it is index.json or another image index.
    pub(crate) fn is_index(&self) -> bool {
        matches!(self.kind, DocKind::IndexJson | DocKind::Index)
    }

    /// Whether it is a manifest or an index.
    pub(crate) fn is_manifest_or_index(&self) -> bool {
        self.is_index() || self.kind == DocKind::Manifest
    }

    /// The values in the slots of descriptors, objects or not, in document order; without canonical entries of an index,
    /// which may be very many.
    pub(crate) fn slot_values(&self) -> &[SlotValue<'a>] {
        &self.slot_values
    }

    /// The descriptors that are objects, without canonical ones.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = SlotValue<'a>> + '_ {
        self.slot_values.iter().copied().filter(|found| !found.canonical && found.is_object())
    }

    /// The objects among the layers.
    pub(crate) fn layers(&self) -> impl Iterator<Item = SlotValue<'a>> + '_ {
        let layer = |found: &SlotValue<'_>| matches!(found.slot, Slot::Layer(_)) && found.is_object();
        self.slot_values.iter().copied().filter(layer)
    }
}
