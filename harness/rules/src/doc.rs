//! One JSON document, as a rule sees it.
//!
//! Owns: what kind of document it is, and where its descriptors and annotations are. Leaves to others: what is wrong.

use referee_spec::annotation::REF_NAME;
use std::sync::OnceLock;

use referee_layout::facts::List;
use referee_layout::json::{self, Value};
use referee_layout::{BlobText, Descriptor, Entry, Kind, Node};
use referee_spec::path::blob_path;
use referee_spec::{Digest, media_type};

use crate::canonical::is_canonical_descriptor;
use crate::profile::Profile;

/// A document with its spans, and the profile it is held against.
pub(crate) struct Doc<'a> {
    file: File<'a>,
    pub(crate) root: Value<'a>,
    pub(crate) kind: DocKind,
    pub(crate) profile: &'a Profile,
    descriptors: Vec<Place<'a>>,
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

/// What a document is, by its name or by what it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DocKind {
    /// `oci-layout`
    OciLayout,
    /// `index.json`
    IndexJson,
    /// An image index among the blobs.
    Index,
    /// An image manifest.
    Manifest,
    /// Any other JSON object.
    Other,
}

/// A value in a place where a descriptor belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) slot: Slot,
    /// Whether the descriptor is canonical.
    canonical: bool,
}

impl Place<'_> {
    fn is_object(&self) -> bool {
        self.value.kind() == json::Kind::Object
    }
}

/// The places where descriptors belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// An item of `manifests`.
    Entry(u32),
    /// An item of `layers`.
    Layer(u32),
    /// `config`
    Config,
    /// `subject`
    Subject,
}

impl Slot {
    /// That of an item of a list.
    pub(crate) fn of(entry: &Entry) -> Self {
        match entry.list {
            List::Manifests => Self::Entry(entry.position),
            List::Layers => Self::Layer(entry.position),
        }
    }

    /// Its JSON pointer.
    pub(crate) fn pointer(self) -> String {
        match self {
            Self::Entry(n) => format!("/manifests/{n}"),
            Self::Layer(n) => format!("/layers/{n}"),
            Self::Config => "/config".to_owned(),
            Self::Subject => "/subject".to_owned(),
        }
    }
}

/// The descriptors that were read in a document, to tell canonical ones.
#[derive(Clone, Copy, Default)]
pub(crate) struct Described<'a> {
    pub(crate) config: Option<&'a Descriptor>,
    pub(crate) entries: &'a [Entry],
}

impl<'a> Described<'a> {
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
    /// out of [`Doc::objects`]; with the default for `read` there are none, and a rule sees all.
    pub(crate) fn new(
        file: File<'a>,
        root: Value<'a>,
        kind: DocKind,
        profile: &'a Profile,
        read: Described<'_>,
    ) -> Option<Self> {
        let root = Some(root).filter(|root| root.kind() == json::Kind::Object)?;
        let mut descriptors = Vec::new();
        let list = |name| root.get(name).filter(|list| list.kind() == json::Kind::Array);
        let items = |name| (0..).zip(list(name).into_iter().flat_map(|list| list.items()));
        let allow_ref_name = kind == DocKind::IndexJson && profile.key() != Some(REF_NAME);
        let place = |slot, value| {
            let canonical = |descriptor| is_canonical_descriptor(descriptor, slot, allow_ref_name);
            Place { value, slot, canonical: read.at(slot).is_some_and(canonical) }
        };
        if matches!(kind, DocKind::IndexJson | DocKind::Index) {
            let entries = items("manifests").map(|(n, value)| place(Slot::Entry(n), value));
            descriptors.extend(entries.filter(|place| !place.canonical));
        }
        if kind == DocKind::Manifest {
            descriptors.extend(root.get("config").map(|value| place(Slot::Config, value)));
            descriptors.extend(items("layers").map(|(n, value)| place(Slot::Layer(n), value)));
        }
        if matches!(kind, DocKind::IndexJson | DocKind::Index | DocKind::Manifest) {
            descriptors.extend(root.get("subject").map(|value| place(Slot::Subject, value)));
        }
        Some(Self { file, root, kind, profile, descriptors, duplicates: OnceLock::new() })
    }

    /// What a JSON object among the blobs says it is. Docker's types are no business of image-spec's.
    pub(crate) fn kind_of(text: &BlobText<'_>) -> DocKind {
        let Some((kind, root)) = text.kind.zip(text.root()) else { return DocKind::Other };
        let own = root.get("mediaType");
        if own
            .is_some_and(|own| own.equals(media_type::DOCKER_LIST) || own.equals(media_type::DOCKER_MANIFEST))
        {
            return DocKind::Other;
        }
        match kind {
            Kind::Index => DocKind::Index,
            Kind::Manifest => DocKind::Manifest,
        }
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

    /// The values in the places of descriptors, objects or not, in document order; without canonical entries of an
    /// index, which may be very many.
    pub(crate) fn places(&self) -> &[Place<'a>] {
        &self.descriptors
    }

    /// The objects in the places of descriptors, without canonical ones.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Place<'a>> + '_ {
        self.descriptors.iter().copied().filter(|place| !place.canonical && place.is_object())
    }

    /// The objects among the layers.
    pub(crate) fn layers(&self) -> impl Iterator<Item = Place<'a>> + '_ {
        let layer = |place: &Place<'_>| matches!(place.slot, Slot::Layer(_)) && place.is_object();
        self.descriptors.iter().copied().filter(layer)
    }

    /// The values of all `annotations`: the document's own, and those of its descriptors.
    pub(crate) fn annotations(&self) -> impl Iterator<Item = (Option<Slot>, Value<'a>)> + '_ {
        let own = Some(self.root).filter(|_| self.is_manifest_or_index());
        let own = own.and_then(|root| root.get("annotations")).map(|value| (None, value));
        let objects = self.objects();
        own.into_iter()
            .chain(objects.filter_map(|place| Some((Some(place.slot), place.value.get("annotations")?))))
    }

    /// The keys and values of all annotations that are strings.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Annotation<'a>> + '_ {
        self.annotations()
            .flat_map(|(slot, map)| map.members().map(move |(name, value)| Annotation { slot, name, value }))
    }
}

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
