//! The JSON that the writer emits.
//!
//! Owns: the members of descriptors, manifests and indexes in their order on disk. Leaves to others: reading
//! any of it. It shares nothing with the reader's document model, so that no bug can hide in both.

use std::collections::BTreeMap;

use referee_spec::Digest;
use serde::{Serialize, Serializer};

use crate::content::Platform;

/// Media types of image-spec.
pub(crate) mod media_type {
    pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
    pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
}

type Annotations = BTreeMap<String, String>;

/// A descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) platform: Option<Platform>,
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    pub(crate) annotations: Annotations,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<String>,
}

/// An image manifest.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    schema_version: u32,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    config: Descriptor,
    layers: Vec<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Descriptor>,
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    annotations: Annotations,
}

/// An image index: a multi-platform image, a referrers response, or index.json.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Index {
    schema_version: u32,
    media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    pub(crate) manifests: Vec<Descriptor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<Descriptor>,
    #[serde(skip_serializing_if = "Annotations::is_empty")]
    pub(crate) annotations: Annotations,
}

impl Descriptor {
    pub(crate) fn new(media_type: &str, digest: Digest, size: usize) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size: size as u64,
            artifact_type: None,
            platform: None,
            annotations: Annotations::new(),
            data: None,
        }
    }
}

impl Manifest {
    pub(crate) fn new(
        artifact_type: Option<String>,
        config: Descriptor,
        layers: Vec<Descriptor>,
        subject: Option<Descriptor>,
        annotations: Annotations,
    ) -> Self {
        let media_type = media_type::MANIFEST;
        Self { schema_version: 2, media_type, artifact_type, config, layers, subject, annotations }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

impl Index {
    pub(crate) fn new(manifests: Vec<Descriptor>) -> Self {
        Self {
            schema_version: 2,
            media_type: media_type::INDEX,
            artifact_type: None,
            manifests,
            subject: None,
            annotations: Annotations::new(),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }
}

/// Compact JSON, members in the order of the type.
pub(crate) fn to_bytes<T: Serialize>(document: &T) -> Vec<u8> {
    serde_json::to_vec(document).expect("string keys and plain values always serialize")
}

impl Serialize for Platform {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Members<'a> {
            architecture: &'a str,
            os: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            variant: Option<&'a str>,
        }
        let variant = self.variant.as_deref();
        Members { architecture: &self.architecture, os: &self.os, variant }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_response_is_the_golden_vector() {
        let response = Index::new(Vec::new()).to_bytes();
        let text =
            r#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
        assert_eq!(String::from_utf8(response).unwrap(), text);
    }
}
