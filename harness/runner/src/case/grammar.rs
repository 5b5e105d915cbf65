//! The small grammars that a case's values must fit.
//!
//! Owns: media types and tags, as the specifications draw them. Leaves to others: digests (`referee_layout`).

/// Whether `text` is a media type of RFC 6838 section 4.2, without parameters.
pub(crate) fn is_media_type(text: &str) -> bool {
    let name = |word: &str| {
        let rest = |b: u8| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b);
        word.len() <= 127
            && word.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
            && word.bytes().all(rest)
    };
    text.split_once('/').is_some_and(|(top, sub)| name(top) && name(sub))
}

/// Whether `text` is a tag that a registry takes too (distribution-spec, Pulling manifests), so that every
/// kind of driver can be given it.
pub(crate) fn is_tag(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let rest = |b: u8| first(b) || b == b'.' || b == b'-';
    text.len() <= 128 && text.bytes().next().is_some_and(first) && text.bytes().all(rest)
}

/// Whether `text` can be a driver id or a glob over driver ids.
pub(crate) fn is_driver_glob(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-+._*?[]{},!".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for good in ["text/spdx", "application/vnd.oci.image.index.v1+json", "a/b"] {
            assert!(is_media_type(good), "{good}");
        }
        let long = format!("a/{}", "b".repeat(128));
        for bad in ["sbom", "a/", "/b", "text/plain; charset=utf-8", "a/b/c", "a/+b", long.as_str()] {
            assert!(!is_media_type(bad), "{bad}");
        }
    }

    #[test]
    fn tags() {
        assert!(is_tag("v1.0") && is_tag("_a") && is_tag(&"a".repeat(128)));
        assert!(
            !is_tag("") && !is_tag(".a") && !is_tag("a b") && !is_tag("a/b") && !is_tag(&"a".repeat(129))
        );
    }
}
