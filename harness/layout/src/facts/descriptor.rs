//! Descriptors in memory, without the document they come from.
//!
//! Owns: which descriptors are usable (`mediaType`, `digest` and `size` all well formed). Leaves to others:
//! whether what they say is true.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::document::{Annotations, DescriptorView, Field};
use crate::json::Value;
use referee_spec::annotation::REF_NAME;
use referee_spec::{Algorithm, Digest};

/// A usable descriptor ([image-spec, Descriptor Properties][properties]).
///
/// [properties]: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// `mediaType`
    pub media_type: Cow<'static, str>,
    /// `digest`
    pub digest: Digest,
    /// `size` in bytes
    pub size: u64,
    /// `None` where that says all: most descriptors have the three required fields alone.
    optional: Option<Box<OptionalFields>>,
}

/// What a descriptor has beside the three required fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptionalFields {
    /// `artifactType`, if it is there, well formed and not empty
    pub artifact_type: Option<Box<str>>,
    /// `annotations`; empty if absent or malformed
    pub annotations: Annotations,
    /// `platform`
    pub platform: Platform,
    /// `os/architecture` of `platform`, where both are text
    pub os_architecture: Option<Cow<'static, str>>,
    /// Whether it says where else the content is: in `urls` or in its own `data`
    pub elsewhere: bool,
    /// How many bytes its own `data` has, if that is well formed
    pub data_size: Option<u64>,
    /// Whether a rule may find something in the descriptor that these fields do not show: it has other members than the
    /// three required ones, `platform` and `annotations`; malformed or empty annotations; a digest that is no sha256; or a
    /// size that not all parsers read the same
    pub needs_care: bool,
}

/// A descriptor's `platform`, as far as it is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Platform {
    /// There is none.
    #[default]
    Absent,
    /// `architecture` amd64 or arm64 and `os` linux or windows, and nothing more.
    Common,
    /// Any other, well formed or not.
    Other,
}

static ABSENT: LazyLock<OptionalFields> = LazyLock::new(OptionalFields::default);

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

/// Why a value is no usable descriptor, as a sentence fragment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DescriptorError {
    /// It is of another kind.
    #[error("is not an object")]
    NotAnObject,
    /// It, or an object in it, has two members of one name.
    #[error("has the member {0} twice")]
    DuplicateMember(String),
    /// A required field is absent.
    #[error("has no {0}")]
    Missing(&'static str),
    /// A required field is malformed.
    #[error("has a {field} that {reason}")]
    Malformed {
        /// The field.
        field: &'static str,
        /// What is wrong with it, as a sentence fragment.
        reason: String,
    },
}

/// A descriptor that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Why.
    pub reason: DescriptorError,
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
    /// What makes it unusable.
    pub fn read(value: Value<'_>) -> Result<Self, DescriptorError> {
        let view = DescriptorView::new(value);
        if !view.is_object() {
            return Err(DescriptorError::NotAnObject);
        }
        if let Some(name) = view.value().duplicate_names().first() {
            return Err(DescriptorError::DuplicateMember(name.text().to_owned()));
        }
        let media_type = required("mediaType", view.media_type())?;
        let digest = required("digest", view.digest())?;
        let size = required("size", view.size())?;
        let artifact_type = view.artifact_type().into_present().filter(|text| !text.is_empty());
        let annotations = view.annotations();
        let data = view.data().into_present();
        let canonical = view.has_canonical_members()
            && digest.registered() == Some(Algorithm::Sha256)
            && (annotations.is_absent() || annotations.present().is_some_and(|all| !all.is_empty()));
        let optional = OptionalFields {
            artifact_type: artifact_type.map(Into::into),
            annotations: annotations.into_present().unwrap_or_default(),
            platform: view.platform_value().map_or(Platform::Absent, Platform::read),
            os_architecture: view.platform_value().and_then(os_architecture),
            elsewhere: view.urls().present().is_some_and(|urls| !urls.is_empty()) || data.is_some(),
            data_size: data.map(|data| data.len() as u64),
            needs_care: !canonical,
        };
        let optional = (optional != *ABSENT).then(|| Box::new(optional));
        Ok(Self { media_type, digest, size, optional })
    }

    /// Whether it has the three required fields alone, in the form that nearly all have: see
    /// [`OptionalFields::needs_care`].
    pub fn is_canonical(&self) -> bool {
        self.optional.is_none()
    }

    /// What it has beside the three required fields.
    pub fn optional(&self) -> &OptionalFields {
        self.optional.as_deref().unwrap_or_else(|| &ABSENT)
    }
}

impl Platform {
    fn read(value: Value<'_>) -> Self {
        let (mut seen, mut common) = (0_u8, value.members().count() == 2);
        for (name, value) in value.members() {
            let one_of = |known: [&str; 2]| known.iter().any(|known| value.equals(known));
            let (field, known) = match name.as_str().as_deref() {
                Some("architecture") => (1, one_of(["amd64", "arm64"])),
                Some("os") => (2, one_of(["linux", "windows"])),
                _ => (0, false),
            };
            seen |= field;
            common &= known;
        }
        if common && seen == 3 { Self::Common } else { Self::Other }
    }
}

fn os_architecture(platform: Value<'_>) -> Option<Cow<'static, str>> {
    const COMMON: [(&str, &str, &str); 2] =
        [("linux", "amd64", "linux/amd64"), ("linux", "arm64", "linux/arm64")];
    let (os, architecture) = (platform.get("os")?, platform.get("architecture")?);
    // most are one of these, and need no memory of their own
    let common = COMMON.iter().find(|(own, other, _)| os.equals(own) && architecture.equals(other));
    match common {
        Some((_, _, pair)) => Some(Cow::Borrowed(pair)),
        None => Some(Cow::Owned(format!("{}/{}", os.as_str()?, architecture.as_str()?))),
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
        self.descriptor.as_ref().ok()?.optional().annotations.get(name)
    }

    /// Its `org.opencontainers.image.ref.name`, which has a meaning in index.json only
    /// ([image-spec, Pre-Defined Annotation Keys][keys]).
    ///
    /// [keys]: https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys
    pub fn ref_name(&self) -> Option<&str> {
        self.annotation(REF_NAME)
    }
}

impl Mention {
    fn read(value: Value<'_>) -> Option<Self> {
        let view = DescriptorView::new(value);
        Some(Self { digest: view.digest().into_present()?, media_type: view.media_type().into_present() })
    }
}

fn required<T>(name: &'static str, field: Field<T>) -> Result<T, DescriptorError> {
    match field {
        Field::Present(value, _) => Ok(value),
        Field::Absent => Err(DescriptorError::Missing(name)),
        Field::Malformed(reason, _) => Err(DescriptorError::Malformed { field: name, reason }),
    }
}
