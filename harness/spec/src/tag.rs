//! Tags, as registries take them.
//!
//! Owns: the grammar ([distribution-spec, Pulling manifests][pulling]). Leaves to others: which tag names what.
//!
//! [pulling]: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests

use crate::Digest;

/// Whether `text` is a tag that a registry takes ([distribution-spec, Pulling manifests][pulling]).
///
/// [pulling]: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
pub fn is_tag(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let rest = |b: u8| first(b) || b == b'.' || b == b'-';
    text.len() <= 128 && text.bytes().next().is_some_and(first) && text.bytes().all(rest)
}

/// The tag under which a registry without the referrers API has the response of a subject ([distribution-spec, Referrers Tag
/// Schema][schema]): the algorithm, 32 characters at most, a `-`, and the encoded part, 64 characters at most; what a tag
/// cannot hold becomes `-`.
///
/// [schema]: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
pub fn fallback_tag(subject: &Digest) -> String {
    let cut = |text: &str, most: usize| -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        text.chars().take(most).map(|c| if plain(c) { c } else { '-' }).collect()
    };
    format!("{}-{}", cut(subject.algorithm(), 32), cut(&subject.encoded(), 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of the requirements FALLBACK-001 to FALLBACK-003.
    #[test]
    fn fallback_tags() {
        let tag = |digest: &str| fallback_tag(&Digest::parse(digest).unwrap());
        assert_eq!(tag(&format!("sha256:{}", "a".repeat(64))), format!("sha256-{}", "a".repeat(64)));
        assert_eq!(tag(&format!("sha512:{}", "b".repeat(128))), format!("sha512-{}", "b".repeat(64)));
        assert_eq!(tag("test+algo:x="), "test-algo-x-");
    }

    #[test]
    fn tags() {
        assert!(is_tag("v1.0") && is_tag("_a") && is_tag(&"a".repeat(128)));
        assert!(
            !is_tag("") && !is_tag(".a") && !is_tag("a b") && !is_tag("a/b") && !is_tag(&"a".repeat(129))
        );
    }
}
