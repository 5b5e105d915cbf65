//! The typed views.
//!
//! Owns: which fields a descriptor, a manifest and an index have, found in one pass over the members, and whether they are
//! those that nearly all have. Leaves to others: the shape of a field.

use std::borrow::Cow;

use super::{Annotations, DocumentKind, Field, fields};
use crate::json::{Kind, Value};
use referee_spec::Digest;
use referee_spec::name::same_but_for_case;

/// A value read as a descriptor ([image-spec, Descriptor Properties][properties]). Reading never fails: a value of another
/// kind has no fields. Of a member that is there twice the first counts, as [`Value::get`] says.
///
/// [properties]: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties
#[derive(Debug, Clone, Copy)]
pub struct DescriptorView<'a> {
    value: Value<'a>,
    media_type: Option<Value<'a>>,
    digest: Option<Value<'a>>,
    size: Option<Value<'a>>,
    artifact_type: Option<Value<'a>>,
    annotations: Option<Value<'a>>,
    data: Option<Value<'a>>,
    urls: Option<Value<'a>>,
    platform: Option<Value<'a>>,
    has_unknown_members: bool,
}

impl<'a> DescriptorView<'a> {
    /// `value` as a descriptor.
    pub fn new(value: Value<'a>) -> Self {
        let mut view = Self {
            value,
            media_type: None,
            digest: None,
            size: None,
            artifact_type: None,
            annotations: None,
            data: None,
            urls: None,
            platform: None,
            has_unknown_members: false,
        };
        for (name, member) in value.members() {
            let field = match name.as_str().as_deref() {
                Some("mediaType") => &mut view.media_type,
                Some("digest") => &mut view.digest,
                Some("size") => &mut view.size,
                Some("artifactType") => &mut view.artifact_type,
                Some("annotations") => &mut view.annotations,
                Some("data") => &mut view.data,
                Some("urls") => &mut view.urls,
                Some("platform") => &mut view.platform,
                _ => {
                    view.has_unknown_members = true;
                    continue;
                }
            };
            field.get_or_insert(member);
        }
        view
    }

    /// The value itself.
    pub fn value(&self) -> Value<'a> {
        self.value
    }

    /// Whether it is an object at all.
    pub fn is_object(&self) -> bool {
        self.value.kind() == Kind::Object
    }

    /// Whether it has nothing but the three required members and, perhaps, annotations and a platform; and a size that
    /// all parsers read the same: of at most 15 digits, without a sign.
    pub(crate) fn has_canonical_members(&self) -> bool {
        let size = self.size.and_then(|size| size.as_number()).unwrap_or_default();
        let others = [self.artifact_type, self.data, self.urls];
        !self.has_unknown_members
            && others.iter().all(Option::is_none)
            && size.len() <= 15
            && !size.starts_with('-')
    }

    /// `mediaType`
    pub fn media_type(&self) -> Field<Cow<'static, str>> {
        fields::field(self.media_type, fields::media_type)
    }

    /// `digest`
    pub fn digest(&self) -> Field<Digest> {
        fields::field(self.digest, fields::digest)
    }

    /// `size`, 0 to 2^63-1
    pub fn size(&self) -> Field<u64> {
        fields::field(self.size, fields::size)
    }

    /// `artifactType`
    pub fn artifact_type(&self) -> Field<Cow<'static, str>> {
        fields::field(self.artifact_type, fields::artifact_type)
    }

    /// `annotations`
    pub fn annotations(&self) -> Field<Annotations> {
        fields::field(self.annotations, fields::annotations)
    }

    /// `data`, decoded
    pub fn data(&self) -> Field<Vec<u8>> {
        fields::field(self.data, fields::base64)
    }

    /// `urls`
    pub fn urls(&self) -> Field<Vec<Cow<'a, str>>> {
        fields::field(self.urls, fields::texts)
    }

    /// The value of `platform`, whatever it is
    pub(crate) fn platform_value(&self) -> Option<Value<'a>> {
        self.platform
    }

    /// `platform`, as an object
    pub fn platform(&self) -> Field<Value<'a>> {
        fields::field(self.platform, fields::object)
    }
}

/// A value read as an image manifest ([image-spec][manifest]) or an image index ([image-spec][index]).
/// Reading never fails: a value of another kind has no fields. Of a member that is there twice the first counts, as
/// [`Value::get`] says.
///
/// [manifest]: https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md#image-manifest-property-descriptions
/// [index]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions
#[derive(Debug, Clone, Copy)]
pub struct ManifestView<'a> {
    value: Value<'a>,
    schema_version: Option<Value<'a>>,
    media_type: Option<Value<'a>>,
    artifact_type: Option<Value<'a>>,
    annotations: Option<Value<'a>>,
    subject: Option<Value<'a>>,
    config: Option<Value<'a>>,
    layers: Option<Value<'a>>,
    manifests: Option<Value<'a>>,
    has_unknown_members: bool,
}

impl<'a> ManifestView<'a> {
    /// `value` as a manifest or index.
    pub fn new(value: Value<'a>) -> Self {
        let mut view = Self {
            value,
            schema_version: None,
            media_type: None,
            artifact_type: None,
            annotations: None,
            subject: None,
            config: None,
            layers: None,
            manifests: None,
            has_unknown_members: false,
        };
        for (name, member) in value.members() {
            let field = match name.as_str().as_deref() {
                Some("schemaVersion") => &mut view.schema_version,
                Some("mediaType") => &mut view.media_type,
                Some("artifactType") => &mut view.artifact_type,
                Some("annotations") => &mut view.annotations,
                Some("subject") => &mut view.subject,
                Some("config") => &mut view.config,
                Some("layers") => &mut view.layers,
                Some("manifests") => &mut view.manifests,
                _ => {
                    view.has_unknown_members = true;
                    continue;
                }
            };
            field.get_or_insert(member);
        }
        view
    }

    /// The value itself.
    pub fn value(&self) -> Value<'a> {
        self.value
    }

    /// Whether it has the four members that an image needs, and no other.
    pub(crate) fn has_canonical_members(&self) -> bool {
        let needed = [self.schema_version, self.media_type, self.config, self.layers];
        let others = [self.artifact_type, self.annotations, self.subject, self.manifests];
        !self.has_unknown_members && needed.iter().all(Option::is_some) && others.iter().all(Option::is_none)
    }

    /// What the document is: by its `mediaType` if that is known, else by its fields. Where they are those of both kinds, a
    /// list of manifests that has something in it makes it an index.
    pub fn kind(&self) -> Option<DocumentKind> {
        let own = self.media_type.and_then(|own| own.as_str());
        if let Some(kind) = own.and_then(|own| DocumentKind::of_media_type(&own)) {
            return Some(kind);
        }
        let kinds = [DocumentKind::Manifest, DocumentKind::Index].map(|kind| self.has_fields_of(kind));
        let listed = || self.manifests.is_some_and(|list| list.items().next().is_some());
        match kinds {
            [true, true] if listed() => Some(DocumentKind::Index),
            [true, _] => Some(DocumentKind::Manifest),
            [false, true] => Some(DocumentKind::Index),
            [false, false] => None,
        }
    }

    /// Whether it has the fields that make a document one of that kind, whatever it says itself.
    pub fn has_fields_of(&self, kind: DocumentKind) -> bool {
        let is_array = |value: Option<Value<'_>>| value.is_some_and(|value| value.kind() == Kind::Array);
        let versioned = self.schema_version.is_some();
        match kind {
            DocumentKind::Index => is_array(self.manifests) || (versioned && self.manifests.is_some()),
            // an image config has a `config` too, but of another shape, and no schemaVersion
            DocumentKind::Manifest => {
                let described = self.config.is_some_and(|config| config.get("digest").is_some());
                described || (versioned && is_array(self.layers))
            }
        }
    }

    /// `schemaVersion`
    pub fn schema_version(&self) -> Field<i64> {
        fields::field(self.schema_version, fields::integer)
    }

    /// `mediaType`
    pub fn media_type(&self) -> Field<Cow<'static, str>> {
        fields::field(self.media_type, fields::media_type)
    }

    /// `artifactType`
    pub fn artifact_type(&self) -> Field<Cow<'static, str>> {
        fields::field(self.artifact_type, fields::artifact_type)
    }

    /// `annotations`
    pub fn annotations(&self) -> Field<Annotations> {
        fields::field(self.annotations, fields::annotations)
    }

    /// `subject`, as an object
    pub fn subject(&self) -> Field<Value<'a>> {
        fields::field(self.subject, fields::object)
    }

    /// The name and value of a member that parsers take for `subject` if they ignore case, and others do not.
    pub(crate) fn subject_by_odd_name(&self) -> Option<(Value<'a>, Value<'a>)> {
        let odd = |(name, _): &(Value<'a>, Value<'a>)| {
            name.as_str().is_some_and(|name| name != "subject" && same_but_for_case(&name, "subject"))
        };
        self.value.members().filter(|_| self.has_unknown_members).find(odd)
    }

    /// `config` of an image manifest, as an object
    pub fn config(&self) -> Field<Value<'a>> {
        fields::field(self.config, fields::object)
    }

    /// `layers` of an image manifest, as an array
    pub fn layers(&self) -> Field<Value<'a>> {
        fields::field(self.layers, fields::array)
    }

    /// Whether `manifests` is `null`, which is what Go writes for an empty list.
    pub(crate) fn manifests_is_null(&self) -> bool {
        self.manifests.is_some_and(|value| value.is_null())
    }

    /// `manifests` of an image index, as an array
    pub fn manifests(&self) -> Field<Value<'a>> {
        fields::field(self.manifests, fields::array)
    }
}
