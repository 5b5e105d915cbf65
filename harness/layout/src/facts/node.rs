//! Manifests and indexes in memory.
//!
//! Owns: telling a manifest from an index from anything else, what of it is kept, and the descriptor that a
//! referrers response gives of it. Leaves to others: the spans, which only a kept document has.

use std::borrow::Cow;

use serde::Serialize;

use super::descriptor::{Descriptor, Entry, List};
use crate::document::{Annotations, BlobText, DescriptorView, DocumentKind, Field, ManifestView};
use referee_spec::{Digest, media_type};

/// A manifest or index among the blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The digest that its path says.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// Whether its bytes hash to `digest`.
    pub verified: Verified,
    /// Manifest or index.
    pub kind: DocumentKind,
    /// Its own `mediaType`, if it has one.
    pub media_type: Option<Cow<'static, str>>,
    /// Its own `artifactType`, if it has one that is not empty.
    pub artifact_type: Option<Box<str>>,
    /// Its own `annotations`; empty if absent or malformed.
    pub annotations: Annotations,
    /// What it refers to.
    pub subject: Option<Box<Subject>>,
    /// What a member says that is `subject` to parsers that ignore case, and nothing to others: its name, and a digest.
    pub subject_by_odd_name: Option<Box<(String, Digest)>>,
    /// `config` of a manifest, if usable.
    pub config: Option<Descriptor>,
    /// `config.mediaType` of a manifest whose `config` is not usable.
    config_type: Option<Box<str>>,
    /// `layers` of a manifest or `manifests` of an index, in order.
    pub entries: Vec<Entry>,
    /// What makes it no valid manifest or index: a reader must not use it.
    pub invalid: Option<Box<Flaw>>,
    /// What else is malformed.
    pub flaws: Box<[Flaw]>,
    /// Whether it is an image in the form that nearly all have: the four members that images need and no other, canonical
    /// descriptors alone, and nothing that parsers read differently.
    pub canonical: bool,
    /// The same document read as the other kind, if it has the fields of that, too.
    other: Option<Box<Self>>,
}

/// Whether bytes hash to the digest that names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verified {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// The algorithm has no function here, or the blob was not hashed.
    Unknown,
}

/// A `subject` whose digest is well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The digest of what is referred to: this alone decides.
    pub digest: Digest,
    /// Its media type, if well formed.
    pub media_type: Option<Cow<'static, str>>,
    /// Its size in bytes, if well formed.
    pub size: Option<u64>,
}

/// Something malformed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// JSON pointer into the document.
    pub pointer: String,
    /// What is wrong, as a sentence fragment.
    pub message: String,
}

/// The descriptor that a referrers response gives of a manifest or index ([distribution-spec, Listing Referrers][listing]).
///
/// [listing]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#listing-referrers
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Referrer {
    /// `mediaType`
    pub media_type: String,
    /// `digest`
    pub digest: Digest,
    /// `size` in bytes
    pub size: u64,
    /// `artifactType`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// `annotations`
    pub annotations: Annotations,
}

impl Node {
    /// Reads a JSON object that is a manifest or index; `None` for any other.
    pub fn read(text: &BlobText<'_>, verified: Verified) -> Option<Self> {
        let (kind, view) = (text.kind?, text.view()?);
        let other = Some(kind.other()).filter(|other| view.has_fields_of(*other));
        let other = other.map(|other| Box::new(Self::read_as(other, text, view, verified)));
        Some(Self { other, ..Self::read_as(kind, text, view, verified) })
    }

    fn read_as(kind: DocumentKind, text: &BlobText<'_>, view: &ManifestView<'_>, verified: Verified) -> Self {
        let mut flaws = Flaws::default();
        let (list, array) = match kind {
            DocumentKind::Manifest => (List::Layers, view.layers()),
            DocumentKind::Index => (List::Manifests, view.manifests()),
        };
        let entries = flaws.keep(list.pointer(), array).map_or_else(Vec::new, |array| {
            // not one that grows: most images have one layer, and a growing list begins with a capacity of four
            let mut entries = Vec::with_capacity(array.items().count());
            entries.extend((0..).zip(array.items()).map(|(n, value)| Entry::read(list, n, value)));
            entries
        });
        let config_value = view.config().into_present().filter(|_| kind == DocumentKind::Manifest);
        let config = config_value.and_then(|value| Descriptor::read(value).ok());
        let config_type = config_value.filter(|_| config.is_none()).and_then(|value| value.get("mediaType"));
        let node = Self {
            digest: text.digest.clone(),
            size: text.bytes.len() as u64,
            verified,
            kind,
            media_type: flaws.keep("/mediaType", view.media_type()),
            artifact_type: flaws
                .keep("/artifactType", view.artifact_type())
                .filter(|text| !text.is_empty())
                .map(Into::into),
            annotations: flaws.keep("/annotations", view.annotations()).unwrap_or_default(),
            subject: flaws.subject(view).map(Box::new),
            subject_by_odd_name: view.subject_by_odd_name().and_then(|(name, value)| {
                let digest = DescriptorView::new(value).digest().into_present()?;
                Some(Box::new((name.as_str()?.into_owned(), digest)))
            }),
            config,
            config_type: config_type.and_then(|value| Some(value.as_str()?.into())),
            entries,
            invalid: invalid(kind, text.unambiguous, view).map(Box::new),
            flaws: flaws.into(),
            canonical: false,
            other: None,
        };
        let canonical = text.unambiguous && node.is_canonical_image(view);
        Self { canonical, ..node }
    }

    /// The same document read as the other kind, if it has the fields of that, too.
    pub fn other(&self) -> Option<&Self> {
        self.other.as_deref()
    }

    /// It as the kind of document that a descriptor says it is. Where it has the fields of both kinds, and does not say itself
    /// which one it is, or has something of the one that it says wrong, the descriptor decides.
    pub fn used_as(&self, kind: DocumentKind) -> &Self {
        let undecided = self.media_type.is_none() || self.invalid.is_some();
        self.other().filter(|other| other.kind == kind && undecided).unwrap_or(self)
    }

    fn is_canonical_image(&self, view: &ManifestView<'_>) -> bool {
        let is_canonical = |entry: &Entry| entry.descriptor.as_ref().is_ok_and(Descriptor::is_canonical);
        self.kind == DocumentKind::Manifest
            && view.has_canonical_members()
            && self.media_type.as_deref() == Some(media_type::IMAGE_MANIFEST)
            && self.invalid.is_none()
            && self.flaws.is_empty()
            && self.config.as_ref().is_some_and(Descriptor::is_canonical)
            && self.entries.iter().all(is_canonical)
    }

    /// The descriptor that a referrers response gives of it: `artifactType` is its own if that is not empty,
    /// else a manifest's `config.mediaType`, else none; all annotations ([distribution-spec, Listing Referrers][listing]).
    ///
    /// [listing]: https://github.com/opencontainers/distribution-spec/blob/967efdc079b91785ad18c77cc4f8991a47feefbf/spec.md#listing-referrers
    pub fn referrer(&self) -> Referrer {
        Referrer {
            media_type: self.media_type.as_deref().unwrap_or_else(|| self.kind.media_type()).to_owned(),
            digest: self.digest.clone(),
            size: self.size,
            artifact_type: self.referrer_type().map(str::to_owned),
            annotations: self.annotations.clone(),
        }
    }

    /// `config.mediaType` of a manifest, even where `config` is not usable.
    pub fn config_media_type(&self) -> Option<&str> {
        self.config.as_ref().map(|config| &*config.media_type).or(self.config_type.as_deref())
    }

    /// The `artifactType` of [`Node::referrer`].
    pub fn referrer_type(&self) -> Option<&str> {
        let own = self.artifact_type.as_deref();
        let config = self.config_media_type().filter(|text| !text.is_empty());
        own.or_else(|| config.filter(|_| self.kind == DocumentKind::Manifest))
    }

    /// Its path from the layout's root.
    pub fn path(&self) -> String {
        referee_spec::path::blob_path(&self.digest)
    }
}

/// What forbids to use a document as a manifest or index at all.
fn invalid(kind: DocumentKind, unambiguous: bool, view: &ManifestView<'_>) -> Option<Flaw> {
    let flaw = |pointer: &str, message: &str| {
        Some(Flaw { pointer: pointer.to_owned(), message: message.to_owned() })
    };
    if !unambiguous && let Some(name) = view.value().duplicate_names().first() {
        return flaw(&name.pointer(), "the same member name twice");
    }
    let own = view.media_type();
    let known = own.present().map(|own| DocumentKind::of_media_type(own));
    if !own.is_absent() && known != Some(Some(kind)) {
        let what = match (own.present().map(|own| own.is_empty()), known) {
            (None, _) => "mediaType is no text",
            (Some(true), _) => "mediaType is empty",
            (_, Some(Some(_))) => "mediaType is that of another kind of document",
            (_, _) => "mediaType is not that of a manifest or index",
        };
        return flaw("/mediaType", what);
    }
    if view.schema_version().present() != Some(&2) {
        return flaw("/schemaVersion", "schemaVersion is not 2");
    }
    match (kind, view.config(), view.manifests()) {
        (DocumentKind::Manifest, Field::Absent, _) => flaw("", "a manifest without config"),
        (DocumentKind::Manifest, Field::Malformed(..), _) => flaw("/config", "config is not an object"),
        (DocumentKind::Index, _, Field::Absent) => flaw("", "an index without manifests"),
        (DocumentKind::Index, _, Field::Malformed(..)) if !view.manifests_is_null() => {
            flaw("/manifests", "manifests is not an array")
        }
        _ => None,
    }
}

#[derive(Default)]
pub(super) struct Flaws(Vec<Flaw>);

impl From<Flaws> for Box<[Flaw]> {
    fn from(flaws: Flaws) -> Self {
        flaws.0.into()
    }
}

impl Flaws {
    fn keep<T>(&mut self, pointer: &str, field: Field<T>) -> Option<T> {
        if let Some(reason) = field.malformed() {
            self.add(pointer, reason);
        }
        field.into_present()
    }

    fn add(&mut self, pointer: &str, reason: &str) {
        let name = pointer.rsplit('/').next().unwrap_or_default();
        self.0.push(Flaw { pointer: pointer.to_owned(), message: format!("{name} {reason}") });
    }

    pub(super) fn subject(&mut self, view: &ManifestView<'_>) -> Option<Subject> {
        let subject = DescriptorView::new(self.keep("/subject", view.subject())?);
        match subject.digest() {
            Field::Present(digest, _) => Some(Subject {
                digest,
                media_type: self.keep("/subject/mediaType", subject.media_type()),
                size: self.keep("/subject/size", subject.size()),
            }),
            Field::Malformed(reason, _) => {
                self.add("/subject/digest", &reason);
                None
            }
            Field::Absent => {
                self.add("/subject", "has no digest");
                None
            }
        }
    }
}
