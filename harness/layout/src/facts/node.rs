//! Manifests and indexes in memory.
//!
//! Owns: telling a manifest from an index from anything else, what of it is kept, and the descriptor that a
//! referrers response gives of it. Leaves to others: the spans, which only a kept document has.

use std::borrow::Cow;

use serde::Serialize;
use smallvec::SmallVec;

use super::descriptor::{Descriptor, Entry, List};
use crate::Annotations;
use crate::document::{BlobText, Field, ManifestView};
use crate::json::{self, Value};
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
    pub kind: Kind,
    /// Its own `mediaType`, if it has one.
    pub media_type: Option<Cow<'static, str>>,
    /// Its own `artifactType`, if it has one that is not empty.
    pub artifact_type: Option<Box<str>>,
    /// Its own `annotations`; empty if absent or malformed.
    pub annotations: Annotations,
    /// What it refers to.
    pub subject: Option<Box<Subject>>,
    /// `config` of a manifest, if usable.
    pub config: Option<Descriptor>,
    /// `config.mediaType` of a manifest whose `config` is not usable.
    config_type: Option<Box<str>>,
    /// `layers` of a manifest or `manifests` of an index, in order.
    pub entries: Entries,
    /// What makes it no valid manifest or index: a reader must not use it.
    pub invalid: Option<Box<Flaw>>,
    /// What else is malformed.
    pub flaws: Box<[Flaw]>,
    /// Whether it is an image with the four members that images have, and with plain descriptors alone.
    pub usual: bool,
}

/// A list of descriptors; most images have one layer.
pub type Entries = SmallVec<[Entry; 1]>;

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

/// The two kinds of documents that can refer to a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An image manifest.
    Manifest,
    /// An image index.
    Index,
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

/// The descriptor that a referrers response gives of a manifest or index
/// (distribution-spec HEAD, Listing Referrers).
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

impl Kind {
    /// What a JSON object is: by its `mediaType` if that is known, by its shape if it has none.
    pub fn of(value: Value<'_>) -> Option<Self> {
        let (mut typed, mut version, mut config, mut layers, mut manifests) = (false, None, None, None, None);
        for (name, value) in value.members() {
            let member = match name.as_str().as_deref() {
                Some("mediaType") if !typed => match value.as_str() {
                    Some(own) => return Self::of_media_type(&own),
                    None => {
                        typed = true;
                        continue;
                    }
                },
                Some("schemaVersion") => &mut version,
                Some("config") => &mut config,
                Some("layers") => &mut layers,
                Some("manifests") => &mut manifests,
                _ => continue,
            };
            // of a name that is there twice the first counts
            member.get_or_insert(value);
        }
        // an image config has a `config` too, but of another shape, and no schemaVersion
        let is_list = |value: Option<Value<'_>>| value.is_some_and(|value| value.kind() == json::Kind::Array);
        let described = config.is_some_and(|config: Value<'_>| config.get("digest").is_some());
        if is_list(manifests) || (version.is_some() && manifests.is_some()) {
            Some(Self::Index)
        } else if described || (version.is_some() && is_list(layers)) {
            Some(Self::Manifest)
        } else {
            None
        }
    }

    /// What a media type says that a document is, Docker's types among them.
    pub fn of_media_type(text: &str) -> Option<Self> {
        match text {
            media_type::IMAGE_MANIFEST | media_type::DOCKER_MANIFEST => Some(Self::Manifest),
            media_type::IMAGE_INDEX | media_type::DOCKER_LIST => Some(Self::Index),
            _ => None,
        }
    }

    /// The OCI media type of this kind.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Manifest => media_type::IMAGE_MANIFEST,
            Self::Index => media_type::IMAGE_INDEX,
        }
    }
}

impl Node {
    /// Reads a JSON object that is a manifest or index; `None` for any other.
    pub fn read(text: &BlobText<'_>, verified: Verified) -> Option<Self> {
        let usual = if text.simple { Self::usual(text, verified) } else { None };
        usual.or_else(|| Self::any(text, verified))
    }

    /// Reads what nearly all images are, in one pass. It gives what [`Node::any`] gives.
    pub(super) fn usual(text: &BlobText<'_>, verified: Verified) -> Option<Self> {
        let (kind, root) = (text.kind?, text.root()?);
        let (mut version, mut own, mut config, mut layers) = (None, None, None, None);
        for (name, value) in root.members() {
            match name.bytes() {
                b"\"schemaVersion\"" if value.bytes() == b"2" => version = Some(()),
                b"\"mediaType\"" if value.equals(media_type::IMAGE_MANIFEST) => {
                    own = Some(Cow::Borrowed(media_type::IMAGE_MANIFEST));
                }
                b"\"config\"" => config = Some(Descriptor::plain(value)?),
                b"\"layers\"" if value.kind() == json::Kind::Array => {
                    let entry = |(position, value)| {
                        let descriptor = Ok(Descriptor::plain(value)?);
                        Some(Entry { list: List::Layers, position, descriptor })
                    };
                    layers = Some((0..).zip(value.items()).map(entry).collect::<Option<Entries>>()?);
                }
                _ => return None,
            }
        }
        version?;
        Some(Self {
            digest: text.digest.clone(),
            size: text.bytes.len() as u64,
            verified,
            kind,
            media_type: Some(own?),
            artifact_type: None,
            annotations: Annotations::default(),
            subject: None,
            config: Some(config?),
            config_type: None,
            entries: layers?,
            invalid: None,
            flaws: Box::default(),
            usual: true,
        })
    }

    pub(super) fn any(text: &BlobText<'_>, verified: Verified) -> Option<Self> {
        let (kind, value) = (text.kind?, text.root()?);
        let view = ManifestView::new(value);
        let mut flaws = Flaws::default();
        let list = match kind {
            Kind::Manifest => (List::Layers, view.layers()),
            Kind::Index => (List::Manifests, view.manifests()),
        };
        let config_value = view.config().into_present().filter(|_| kind == Kind::Manifest);
        let config = config_value.and_then(|view| Descriptor::read(view.value()).ok());
        let config_type = config_value.filter(|_| config.is_none());
        let node = Self {
            digest: text.digest.clone(),
            size: text.bytes.len() as u64,
            verified,
            kind,
            media_type: flaws.keep("/mediaType", view.media_type()).map(|text| media_type::shared(&text)),
            artifact_type: flaws
                .keep("/artifactType", view.artifact_type())
                .filter(|text| !text.is_empty())
                .map(Into::into),
            annotations: flaws.keep("/annotations", view.annotations()).unwrap_or_default(),
            subject: flaws.subject(&view).map(Box::new),
            config,
            config_type: config_type.and_then(|view| Some(view.value().get("mediaType")?.as_str()?.into())),
            entries: flaws.keep(list.0.pointer(), list.1).map_or_else(Entries::new, |array| {
                let items = (0..).zip(array.items());
                items.map(|(n, value)| Entry::read(list.0, n, value)).collect()
            }),
            invalid: invalid(kind, text.simple, &view).map(Box::new),
            flaws: Box::default(),
            usual: false,
        };
        Some(Self { flaws: flaws.0.into(), ..node })
    }

    /// The descriptor that a referrers response gives of it: `artifactType` is its own if that is not empty,
    /// else a manifest's `config.mediaType`, else none; all annotations (distribution-spec HEAD, Listing
    /// Referrers).
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
        own.or_else(|| config.filter(|_| self.kind == Kind::Manifest))
    }

    /// Its path from the layout's root.
    pub fn path(&self) -> String {
        referee_spec::path::blob_path(&self.digest)
    }
}

/// What forbids to use a document as a manifest or index at all.
fn invalid(kind: Kind, simple: bool, view: &ManifestView<'_>) -> Option<Flaw> {
    let flaw = |pointer: &str, message: &str| {
        Some(Flaw { pointer: pointer.to_owned(), message: message.to_owned() })
    };
    if !simple && let Some(name) = view.value().duplicate_names().first() {
        return flaw(&name.pointer(), "the same member name twice");
    }
    if view.schema_version().present() != Some(&2) {
        return flaw("/schemaVersion", "schemaVersion is not 2");
    }
    match (kind, view.config(), view.manifests()) {
        (Kind::Manifest, Field::Absent, _) => flaw("", "a manifest without config"),
        (Kind::Manifest, Field::Malformed(..), _) => flaw("/config", "config is not an object"),
        (Kind::Index, _, Field::Absent) => flaw("", "an index without manifests"),
        // `null` is what Go writes for an empty list
        (Kind::Index, _, Field::Malformed(..))
            if !view.value().get("manifests").is_some_and(|value| value.is_null()) =>
        {
            flaw("/manifests", "manifests is not an array")
        }
        _ => None,
    }
}

#[derive(Default)]
struct Flaws(Vec<Flaw>);

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

    fn subject(&mut self, view: &ManifestView<'_>) -> Option<Subject> {
        let subject = self.keep("/subject", view.subject())?;
        match subject.digest() {
            Field::Present(digest, _) => Some(Subject {
                digest,
                media_type: self
                    .keep("/subject/mediaType", subject.media_type())
                    .map(|text| media_type::shared(&text)),
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
