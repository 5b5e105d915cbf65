//! Tags, as registries take them.
//!
//! Owns: the grammar ([distribution-spec, Pulling manifests][pulling]). Leaves to others: which tag names what.
//!
//! [pulling]: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests

/// Whether `text` is a tag that a registry takes ([distribution-spec, Pulling manifests][pulling]).
///
/// [pulling]: https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests
pub fn is_tag(text: &str) -> bool {
    let first = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let rest = |b: u8| first(b) || b == b'.' || b == b'-';
    text.len() <= 128 && text.bytes().next().is_some_and(first) && text.bytes().all(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        assert!(is_tag("v1.0") && is_tag("_a") && is_tag(&"a".repeat(128)));
        assert!(
            !is_tag("") && !is_tag(".a") && !is_tag("a b") && !is_tag("a/b") && !is_tag(&"a".repeat(129))
        );
    }
}
