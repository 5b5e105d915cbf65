//! Media types: their grammar, and the names that the OCI specifications give.
//!
//! Owns: [RFC 6838 §4.2](https://www.rfc-editor.org/rfc/rfc6838#section-4.2) as [image-spec][properties] asks for it. Leaves
//! to others: what a type implies.
//!
//! [properties]: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#properties

use std::borrow::Cow;

use crate::annotation::REF_NAME;

/// An OCI image manifest.
pub const IMAGE_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// An OCI image index.
pub const IMAGE_INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// An OCI image configuration.
pub const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
/// The empty descriptor's content `{}`.
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// An artifact manifest, which release candidates of image-spec v1.1 had, and the release has not.
pub const ARTIFACT_MANIFEST: &str = "application/vnd.oci.artifact.manifest.v1+json";
/// A Docker image manifest.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// A Docker manifest list.
pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

/// Layers of an image ([image-spec, layers](https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md)).
pub const LAYERS: [&str; 3] = [
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar+zstd",
];

/// The types that most documents have, with [`LAYERS`].
const KNOWN: [&str; 6] = [IMAGE_MANIFEST, IMAGE_CONFIG, IMAGE_INDEX, EMPTY, DOCKER_MANIFEST, DOCKER_LIST];

fn known(text: &str) -> Option<&'static str> {
    KNOWN.into_iter().chain(LAYERS).find(|known| *known == text)
}

/// The text as a constant if it is one of those that most documents have, so that it takes no memory of its own.
pub fn shared(text: &str) -> Cow<'static, str> {
    let known = known(text).or((text == REF_NAME).then_some(REF_NAME));
    known.map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed)
}

/// The text as [`shared`] gives it, if it is a media type.
pub fn read(text: &str) -> Option<Cow<'static, str>> {
    known(text).map(Cow::Borrowed).or_else(|| is_media_type(text).then(|| Cow::Owned(text.to_owned())))
}

/// Whether `text` is `type/subtype` by [RFC 6838 §4.2](https://www.rfc-editor.org/rfc/rfc6838#section-4.2): two restricted
/// names, no parameters.
pub fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, sub)| is_restricted_name(kind) && is_restricted_name(sub))
}

/// The bytes of a restricted name, as a table.
const RESTRICTED: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = b.is_ascii_alphanumeric()
            || matches!(b, b'!' | b'#' | b'$' | b'&' | b'-' | b'^' | b'_' | b'.' | b'+');
        byte += 1;
    }
    table
};

fn is_restricted_name(name: &str) -> bool {
    name.len() <= 127
        && name.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric)
        && name.bytes().all(|b| RESTRICTED[usize::from(b)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        for good in [IMAGE_MANIFEST, IMAGE_INDEX, EMPTY, "a/b", "text/x!#$&-^_.+"] {
            assert!(is_media_type(good), "{good}");
        }
        let long = format!("a/{}", "b".repeat(128));
        for bad in ["", "a", "a/", "/b", "a/b/c", "text/plain; charset=utf-8", ".a/b", "a b/c", &long] {
            assert!(!is_media_type(bad), "{bad}");
        }
        assert!(is_media_type(&long[..long.len() - 1]));
    }

    #[test]
    fn what_is_known_is_read_like_any_other() {
        for text in KNOWN.iter().chain(&LAYERS).chain(&[REF_NAME, "a/b", "a b/c", ""]) {
            assert_eq!(read(text).is_some(), is_media_type(text), "{text}");
            assert_eq!(shared(text), *text);
        }
    }

    #[test]
    fn constants_are_those_of_oci_spec() {
        use oci_spec::image::{ANNOTATION_REF_NAME, MediaType};
        assert_eq!(MediaType::ImageManifest.to_string(), IMAGE_MANIFEST);
        assert_eq!(MediaType::ImageIndex.to_string(), IMAGE_INDEX);
        assert_eq!(MediaType::ImageConfig.to_string(), IMAGE_CONFIG);
        assert_eq!(MediaType::EmptyJSON.to_string(), EMPTY);
        assert_eq!(ANNOTATION_REF_NAME, REF_NAME);
    }
}
