//! The digest grammar, and the registered hash functions ([`Algorithm`]).
//!
//! Owns: what a digest string is, and which of two comes first. Leaves to others: whether a digest in a document is the
//! right one. Shared on purpose by the built-in writer and all readers; nothing
//! else of the document model is.
//!
//! Source: image-spec, [Digests](https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests) and
//! [Registered algorithms](https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#registered-algorithms).

mod hash;

use std::cmp::Ordering;
use std::ffi::{CStr, CString, OsStr};
use std::fmt;
use std::os::unix::ffi::OsStrExt as _;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use hash::{Algorithm, Hasher};

/// A string that fits the digest grammar `algorithm ":" encoded` ([image-spec, Digests][digests]); for registered algorithms
/// the encoded part also has the registered length and alphabet. Two are the same if their strings are equal.
///
/// [digests]: https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
///
/// ```
/// use referee_spec::Digest;
/// assert!(Digest::parse("sha256:abc").is_err());
/// assert_eq!(Digest::parse("sha256+b64u:LCa0").unwrap().algorithm(), "sha256+b64u");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest(Text);

/// Nearly all digests are of one algorithm. Their hashes are kept in place, in half the memory of their texts.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Text {
    /// The hash that follows `sha256:` as 64 lower case hex digits.
    Sha256([u8; 32]),
    /// Any other.
    Other(Arc<str>),
}

const SHA256: &str = "sha256:";

/// The ways in which a string is not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DigestError {
    /// There is no `:`.
    #[error("digest has no ':' between algorithm and encoded part")]
    NoColon,
    /// The part before `:` breaks the grammar.
    #[error("digest algorithm is not lower case components joined by one of '+', '.', '_', '-'")]
    Algorithm,
    /// The part after `:` breaks the grammar.
    #[error("digest's encoded part is empty or has a character outside a-z A-Z 0-9 = _ -")]
    Encoded,
    /// A registered algorithm with the wrong length or alphabet.
    #[error("{algorithm} digest needs {want} lower case hex digits")]
    Registered {
        /// The registered algorithm.
        algorithm: Algorithm,
        /// How many hex digits it has.
        want: usize,
    },
}

impl Digest {
    /// Reads a digest.
    ///
    /// # Errors
    /// Says which part of the grammar is broken.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        match Self::sha256(text.as_bytes()) {
            Some(digest) => Ok(digest),
            None => Self::check_other(text).map(|()| Self(Text::Other(text.into()))),
        }
    }

    /// Reads a sha256 digest, which nearly all are.
    fn sha256(text: &[u8]) -> Option<Self> {
        let digits: &[u8; 64] = text.strip_prefix(SHA256.as_bytes())?.try_into().ok()?;
        Some(Self(Text::Sha256(hash::from_hex(digits)?)))
    }

    /// The digest of which a file of that name below `blobs/algorithm` has the content, if it is one.
    pub fn of_name(algorithm: &str, name: &OsStr) -> Option<Self> {
        if algorithm == Algorithm::Sha256.name()
            && let Ok(digits) = name.as_bytes().try_into()
            && let Some(hash) = hash::from_hex(digits)
        {
            return Some(Self(Text::Sha256(hash)));
        }
        Self::parse(&format!("{algorithm}:{}", name.to_str()?)).ok()
    }

    /// Whether a string is a digest, as [`Digest::parse`] says it.
    ///
    /// # Errors
    /// Those of [`Digest::parse`].
    pub fn check(text: &str) -> Result<(), DigestError> {
        if Self::sha256(text.as_bytes()).is_some() { Ok(()) } else { Self::check_other(text) }
    }

    fn check_other(text: &str) -> Result<(), DigestError> {
        let (algorithm, encoded) = text.split_once(':').ok_or(DigestError::NoColon)?;
        if !is_algorithm(algorithm) {
            return Err(DigestError::Algorithm);
        }
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-');
        if encoded.is_empty() || !encoded.bytes().all(allowed) {
            return Err(DigestError::Encoded);
        }
        if let Some(known) = Algorithm::ALL.into_iter().find(|a| a.name() == algorithm)
            && (encoded.len() != known.hex_len() || !encoded.bytes().all(is_lower_hex))
        {
            return Err(DigestError::Registered { algorithm: known, want: known.hex_len() });
        }
        Ok(())
    }

    /// The part before `:`.
    pub fn algorithm(&self) -> &str {
        match &self.0 {
            Text::Sha256(_) => Algorithm::Sha256.name(),
            Text::Other(text) => text.split_once(':').map_or("", |(algorithm, _)| algorithm),
        }
    }

    /// The part after `:`.
    pub fn encoded(&self) -> String {
        self.with_encoded(|name| name.to_str().unwrap_or_default().to_owned())
    }

    /// Calls `with` with the part after `:`, which names a file, without allocating a string.
    pub fn with_encoded<T>(&self, with: impl FnOnce(&CStr) -> T) -> T {
        match &self.0 {
            Text::Sha256(hash) => hash::with_hex(hash, with),
            Text::Other(text) => {
                let encoded = text.split_once(':').map_or("", |(_, encoded)| encoded);
                with(&CString::new(encoded).unwrap_or_default())
            }
        }
    }

    /// The registered algorithm, or `None` where no function is defined and content cannot be verified.
    pub fn registered(&self) -> Option<Algorithm> {
        let name = self.algorithm();
        Algorithm::ALL.into_iter().find(|a| a.name() == name)
    }

    /// The algorithm and the first twelve characters of the encoded part, for people.
    pub fn short(&self) -> String {
        let encoded = self.encoded();
        format!("{}:{}", self.algorithm(), encoded.get(..12).unwrap_or(&encoded))
    }

    /// Whether `bytes` hash to this digest; `None` for an algorithm without a function here.
    pub fn matches(&self, bytes: &[u8]) -> Option<bool> {
        self.registered().map(|algorithm| {
            let mut hasher = algorithm.hasher();
            hasher.update(bytes);
            hasher.finish() == *self
        })
    }
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_algorithm(text: &str) -> bool {
    text.split(['+', '.', '_', '-']).all(|component| {
        !component.is_empty() && component.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

impl FromStr for Digest {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        Self::parse(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Text::Sha256(hash) => {
                f.write_str(SHA256)?;
                hash::with_hex(hash, |digits| f.write_str(digits.to_str().unwrap_or_default()))
            }
            Text::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Ord for Digest {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            // hashes are in the order of their digits
            (Text::Sha256(own), Text::Sha256(other)) => own.cmp(other),
            (Text::Other(own), Text::Other(other)) => own.cmp(other),
            _ => self.to_string().cmp(&other.to_string()),
        }
    }
}

impl PartialOrd for Digest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_vectors() {
        let a64 = "a".repeat(64);
        let good = [
            format!("sha256:{a64}"),
            format!("sha512:{a64}{a64}"),
            format!("blake3:{a64}"),
            "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8".to_owned(),
            "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564".to_owned(),
            "sha256+b64:abcd=".to_owned(),
        ];
        for text in &good {
            assert_eq!(Digest::parse(text).map(|d| d.to_string()), Ok(text.clone()));
        }
        let bad = [
            (String::new(), DigestError::NoColon),
            ("sha256+:ab".to_owned(), DigestError::Algorithm),
            (format!("SHA256:{a64}"), DigestError::Algorithm),
            (":ab".to_owned(), DigestError::Algorithm),
            ("x:".to_owned(), DigestError::Encoded),
            ("x:a/b".to_owned(), DigestError::Encoded),
        ];
        for (text, error) in bad {
            assert_eq!(Digest::parse(&text), Err(error), "{text}");
        }
        for text in [format!("sha256:{}", a64.to_uppercase()), format!("sha512:{a64}"), "sha256:ab".into()] {
            assert!(matches!(Digest::parse(&text), Err(DigestError::Registered { .. })), "{text}");
        }
    }

    #[test]
    fn a_digest_is_written_as_it_was_read() {
        for byte in 0..=0x7f_u8 {
            for at in [0, 1, 31, 63] {
                let mut digits = *b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
                digits[at] = byte;
                let text = format!("sha256:{}", str::from_utf8(&digits).unwrap());
                let digest = Digest::parse(&text);
                assert_eq!(digest.is_ok(), is_lower_hex(byte), "{text}");
                let Ok(digest) = digest else { continue };
                assert_eq!(digest.to_string(), text);
                assert_eq!(format!("sha256:{}", digest.encoded()), text);
            }
        }
    }

    #[test]
    fn digests_are_in_the_order_of_their_texts() {
        let mut texts: Vec<String> =
            ["sha256:0a", "sha256:a0", "sha256:9f", "sha512:00", "sha256+b:x", "a:b"]
                .iter()
                .map(|text| match text.split_once(':') {
                    Some(("sha256", start)) => format!("sha256:{start}{}", "5".repeat(62)),
                    Some(("sha512", start)) => format!("sha512:{start}{}", "5".repeat(126)),
                    _ => (*text).to_owned(),
                })
                .collect();
        let mut digests: Vec<Digest> = texts.iter().map(|text| Digest::parse(text).unwrap()).collect();
        texts.sort_unstable();
        digests.sort_unstable();
        assert_eq!(digests.iter().map(Digest::to_string).collect::<Vec<_>>(), texts);
    }

    #[test]
    fn hash_vectors() {
        // the empty response and the empty descriptor, as computed in the requirements' golden vectors
        let empty_response =
            br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
        assert_eq!(
            Algorithm::Sha256.digest(empty_response).to_string(),
            "sha256:dff9de10919148711140d349bf03f1a99eb06f94b03e51715ccebfa7cdc518e2"
        );
        assert!(Algorithm::Sha256.digest(b"{}").to_string().starts_with("sha256:44136fa3"));
        // BLAKE3's own test vector for no input
        assert!(
            Algorithm::Blake3.digest(b"").to_string().starts_with("blake3:af1349b9f5f9a1a6a0404dea36dcc949")
        );
        assert!(Algorithm::Sha512.digest(b"").to_string().starts_with("sha512:cf83e1357eefb8bd"));
    }
}
