//! The typed views.
//!
//! Owns: which fields a descriptor, a manifest and an index have. Leaves to others: the shape of a field.

use std::borrow::Cow;

use super::{Field, fields};
use crate::Annotations;
use crate::json::{Kind, Value};
use referee_spec::{Digest, media_type};

/// A value read as a descriptor (image-spec `descriptor.md`, Properties). Reading never fails: a value of
/// another kind has no fields.
#[derive(Debug, Clone, Copy)]
pub struct DescriptorView<'a>(Value<'a>);

impl<'a> DescriptorView<'a> {
    /// `value` as a descriptor.
    pub fn new(value: Value<'a>) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn value(&self) -> Value<'a> {
        self.0
    }

    /// Whether it is an object at all.
    pub fn is_object(&self) -> bool {
        self.0.kind() == Kind::Object
    }

    /// `mediaType`, `digest` and `size`, where a descriptor has these, each once and as nearly all descriptors have them:
    /// well formed, without an escape, the digest a sha256, the size of at most 15 digits; and where `other` accepts the
    /// name and value of each other member.
    pub(crate) fn plain_beside(
        &self,
        mut other: impl FnMut(Value<'a>, Value<'a>) -> bool,
    ) -> Option<(Cow<'static, str>, Digest, u64)> {
        let (mut media_type, mut digest, mut size) = (None, None, None);
        for (name, value) in self.0.members() {
            let known = match name.bytes() {
                b"\"mediaType\"" => media_type.replace(value.text()).is_none(),
                b"\"digest\"" => digest.replace(value.bytes()).is_none(),
                b"\"size\"" => size.replace(value.text()).is_none(),
                _ => other(name, value),
            };
            if !known {
                return None;
            }
        }
        let size = size.filter(|text| text.len() <= 15)?;
        let digest = Digest::sha256(digest?.strip_prefix(b"\"")?.strip_suffix(b"\"")?)?;
        let media_type = media_type::read(media_type?.strip_prefix('"')?.strip_suffix('"')?)?;
        Some((media_type, digest, size.parse().ok()?))
    }

    /// `mediaType`
    pub fn media_type(&self) -> Field<Cow<'a, str>> {
        fields::field(self.0, "mediaType", fields::media_type)
    }

    /// `digest`
    pub fn digest(&self) -> Field<Digest> {
        fields::field(self.0, "digest", fields::digest)
    }

    /// `size`, 0 to 2^63-1
    pub fn size(&self) -> Field<u64> {
        fields::field(self.0, "size", fields::size)
    }

    /// `artifactType`
    pub fn artifact_type(&self) -> Field<Cow<'a, str>> {
        fields::field(self.0, "artifactType", fields::artifact_type)
    }

    /// `annotations`
    pub fn annotations(&self) -> Field<Annotations> {
        fields::field(self.0, "annotations", fields::annotations)
    }

    /// `data`, decoded
    pub fn data(&self) -> Field<Vec<u8>> {
        fields::field(self.0, "data", fields::base64)
    }

    /// `urls`
    pub fn urls(&self) -> Field<Vec<Cow<'a, str>>> {
        fields::field(self.0, "urls", fields::texts)
    }

    /// `platform`, as an object
    pub fn platform(&self) -> Field<Value<'a>> {
        fields::field(self.0, "platform", fields::object)
    }
}

/// A value read as an image manifest or an image index (image-spec `manifest.md`, `image-index.md`).
/// Reading never fails: a value of another kind has no fields.
#[derive(Debug, Clone, Copy)]
pub struct ManifestView<'a>(Value<'a>);

impl<'a> ManifestView<'a> {
    /// `value` as a manifest or index.
    pub fn new(value: Value<'a>) -> Self {
        Self(value)
    }

    /// The value itself.
    pub fn value(&self) -> Value<'a> {
        self.0
    }

    /// `schemaVersion`
    pub fn schema_version(&self) -> Field<i64> {
        fields::field(self.0, "schemaVersion", fields::integer)
    }

    /// `mediaType`
    pub fn media_type(&self) -> Field<Cow<'a, str>> {
        fields::field(self.0, "mediaType", fields::media_type)
    }

    /// `artifactType`
    pub fn artifact_type(&self) -> Field<Cow<'a, str>> {
        fields::field(self.0, "artifactType", fields::artifact_type)
    }

    /// `annotations`
    pub fn annotations(&self) -> Field<Annotations> {
        fields::field(self.0, "annotations", fields::annotations)
    }

    /// `subject`
    pub fn subject(&self) -> Field<DescriptorView<'a>> {
        self.descriptor("subject")
    }

    /// `config` of an image manifest
    pub fn config(&self) -> Field<DescriptorView<'a>> {
        self.descriptor("config")
    }

    /// `layers` of an image manifest, as an array
    pub fn layers(&self) -> Field<Value<'a>> {
        fields::field(self.0, "layers", fields::array)
    }

    /// `manifests` of an image index, as an array
    pub fn manifests(&self) -> Field<Value<'a>> {
        fields::field(self.0, "manifests", fields::array)
    }

    fn descriptor(&self, name: &str) -> Field<DescriptorView<'a>> {
        fields::field(self.0, name, |value| fields::object(value).map(DescriptorView::new))
    }
}
