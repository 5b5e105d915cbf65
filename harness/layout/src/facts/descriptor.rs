//! Descriptors in memory, without the document they come from.
//!
//! Owns: which descriptors are usable (`mediaType`, `digest` and `size` all well formed). Leaves to others:
//! whether what they say is true.

use referee_spec::annotation::REF_NAME;
use std::borrow::Cow;
use std::sync::LazyLock;

use crate::Annotations;
use crate::document::{DescriptorView, Field, fields};
use crate::json::Value;
use referee_spec::{Digest, media_type};

/// A usable descriptor (image-spec `descriptor.md`, Properties).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// `mediaType`
    pub media_type: Cow<'static, str>,
    /// `digest`
    pub digest: Digest,
    /// `size` in bytes
    pub size: u64,
    /// Nearly all descriptors have nothing more.
    more: Option<Box<More>>,
}

/// What a descriptor has beside the three required fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct More {
    /// `artifactType`, if it is there, well formed and not empty
    pub artifact_type: Option<Box<str>>,
    /// `annotations`; empty if absent or malformed
    pub annotations: Annotations,
    /// `platform`
    pub platform: Platform,
    /// Whether it says where else the content is: in `urls` or in its own `data`
    pub elsewhere: bool,
    /// How many bytes its own `data` has, if that is well formed
    pub data_size: Option<u64>,
    /// Whether it is not what nearly all descriptors are: the three required fields in their usual form, each once, and at
    /// most a platform and annotations beside them
    pub odd: bool,
}

/// A descriptor's `platform`, as far as it is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Platform {
    /// There is none.
    #[default]
    Absent,
    /// One of those that are everywhere, and nothing more: amd64 or arm64, linux or windows.
    Common,
    /// Any other, well formed or not.
    Other,
}

static NOTHING: LazyLock<More> = LazyLock::new(More::default);

/// One item of a list of descriptors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The list.
    pub list: List,
    /// Its place in the list, from 0.
    pub position: u32,
    /// The descriptor, or why it cannot be used.
    pub descriptor: Result<Descriptor, Box<Unusable>>,
}

/// The two lists of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// `manifests` of an index.
    Manifests,
    /// `layers` of a manifest.
    Layers,
}

/// A descriptor that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Why, as a sentence fragment.
    pub reason: String,
    /// What it points at all the same.
    pub mention: Option<Mention>,
}

/// What can be told of a descriptor that lacks something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// `digest`
    pub digest: Digest,
    /// `mediaType`, if it is well formed
    pub media_type: Option<Cow<'static, str>>,
}

impl Descriptor {
    /// Reads a descriptor.
    ///
    /// # Errors
    /// What makes it unusable, as a sentence fragment.
    pub fn read(value: Value<'_>) -> Result<Self, String> {
        Self::usual(value).map_or_else(|| Self::any(value), Ok)
    }

    /// Reads what nearly all descriptors are, in one pass: a plain one, perhaps with a platform or annotations. It gives
    /// what [`Descriptor::any`] gives.
    pub(super) fn usual(value: Value<'_>) -> Option<Self> {
        let mut more = More::default();
        let other = |name: Value<'_>, value: Value<'_>| match name.bytes() {
            b"\"platform\"" if more.platform == Platform::Absent => {
                more.platform = Platform::read(value);
                more.platform == Platform::Common || value.duplicate_names().is_empty()
            }
            b"\"annotations\"" if more.annotations.is_empty() => {
                more.annotations = fields::annotations(value).unwrap_or_default();
                !more.annotations.is_empty()
            }
            _ => false,
        };
        let (media_type, digest, size) = DescriptorView::new(value).plain_beside(other)?;
        let more = (more != *NOTHING).then(|| Box::new(more));
        Some(Self { media_type, digest, size, more })
    }

    pub(super) fn any(value: Value<'_>) -> Result<Self, String> {
        let view = DescriptorView::new(value);
        if !view.is_object() {
            return Err("is not an object".to_owned());
        }
        if let Some(name) = value.duplicate_names().first() {
            return Err(format!("has the member {} twice", name.text()));
        }
        let (media_type, digest) =
            (required("mediaType", view.media_type())?, required("digest", view.digest())?);
        let size = required("size", view.size())?;
        let artifact_type = view.artifact_type().into_present().filter(|text| !text.is_empty());
        let data = view.data().into_present();
        let more = Some(Box::new(More {
            artifact_type: artifact_type.map(Into::into),
            annotations: view.annotations().into_present().unwrap_or_default(),
            platform: value.get("platform").map_or(Platform::Absent, Platform::read),
            elsewhere: view.urls().present().is_some_and(|urls| !urls.is_empty()) || data.is_some(),
            data_size: data.map(|data| data.len() as u64),
            odd: true,
        }));
        Ok(Self { media_type: media_type::shared(&media_type), digest, size, more })
    }

    /// Reads one that has the three required fields alone: see [`Descriptor::is_plain`].
    pub(super) fn plain(value: Value<'_>) -> Option<Self> {
        let (media_type, digest, size) = DescriptorView::new(value).plain_beside(|_, _| false)?;
        Some(Self { media_type, digest, size, more: None })
    }

    /// Whether it has the three required fields alone, in the form that nearly all have.
    pub fn is_plain(&self) -> bool {
        self.more.is_none()
    }

    #[cfg(test)]
    pub(super) fn odd(self) -> Self {
        let more = More { odd: true, ..self.more().clone() };
        Self { more: Some(Box::new(more)), ..self }
    }

    /// What it has beside the three required fields.
    pub fn more(&self) -> &More {
        self.more.as_deref().unwrap_or_else(|| &NOTHING)
    }
}

impl Platform {
    fn read(value: Value<'_>) -> Self {
        let (mut seen, mut common) = (0_u8, value.members().count() == 2);
        for (name, value) in value.members() {
            let one_of = |known: [&str; 2]| known.iter().any(|known| value.equals(known));
            let (field, known) = match name.bytes() {
                b"\"architecture\"" => (1, one_of(["amd64", "arm64"])),
                b"\"os\"" => (2, one_of(["linux", "windows"])),
                _ => (0, false),
            };
            seen |= field;
            common &= known;
        }
        if common && seen == 3 { Self::Common } else { Self::Other }
    }
}

impl List {
    /// Its JSON pointer.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Manifests => "/manifests",
            Self::Layers => "/layers",
        }
    }
}

impl Entry {
    /// Reads the items of the array `list`.
    pub(super) fn read(list: List, position: u32, value: Value<'_>) -> Self {
        let unusable = |reason| Box::new(Unusable { reason, mention: Mention::read(value) });
        Self { list, position, descriptor: Descriptor::read(value).map_err(unusable) }
    }

    /// Its JSON pointer, as in `/manifests/3`.
    pub fn pointer(&self) -> String {
        format!("{}/{}", self.list.pointer(), self.position)
    }

    /// Its digest, if it is usable.
    pub fn digest(&self) -> Option<&Digest> {
        self.descriptor.as_ref().ok().map(|descriptor| &descriptor.digest)
    }

    /// Its annotation of that name, if it is usable.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.descriptor.as_ref().ok()?.more().annotations.get(name)
    }

    /// Its `org.opencontainers.image.ref.name`, which has a meaning in index.json only
    /// (image-spec `annotations.md`).
    pub fn ref_name(&self) -> Option<&str> {
        self.annotation(REF_NAME)
    }
}

impl Mention {
    fn read(value: Value<'_>) -> Option<Self> {
        let view = DescriptorView::new(value);
        let media_type = view.media_type().into_present().map(|text| media_type::shared(&text));
        Some(Self { digest: view.digest().into_present()?, media_type })
    }
}

fn required<T>(name: &str, field: Field<T>) -> Result<T, String> {
    match field {
        Field::Present(value, _) => Ok(value),
        Field::Absent => Err(format!("has no {name}")),
        Field::Malformed(reason, _) => Err(format!("has a {name} that {reason}")),
    }
}
