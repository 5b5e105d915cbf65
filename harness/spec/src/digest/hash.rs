//! Hashing.
//!
//! Owns: which algorithms have a function here. Leaves to others: what a digest is ([`Digest`]).
//!
//! Source: image-spec, [Registered algorithms](https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#registered-algorithms).

use std::ffi::CStr;
use std::fmt;

use sha2::Digest as _;

use super::{Digest, Text};

/// A hash algorithm that image-spec registers, in [v1.1.1](https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#registered-algorithms) or since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `sha256`, which every implementation must support.
    Sha256,
    /// `sha512`, optional.
    Sha512,
    /// `blake3`, optional; registered at HEAD, not in v1.1.1.
    Blake3,
}

impl Algorithm {
    /// All registered algorithms.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha512, Self::Blake3];

    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
            Self::Blake3 => "blake3",
        }
    }

    /// The number of hex digits in the encoded part.
    pub fn hex_len(self) -> usize {
        match self {
            Self::Sha256 | Self::Blake3 => 64,
            Self::Sha512 => 128,
        }
    }

    /// The digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    /// A hasher for content that does not fit in memory.
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Sha256 => State::Sha256(sha2::Sha256::new()),
            Self::Sha512 => State::Sha512(sha2::Sha512::new()),
            Self::Blake3 => State::Blake3(Box::new(blake3::Hasher::new())),
        })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Hashes content in pieces.
pub struct Hasher(State);

enum State {
    Sha256(sha2::Sha256),
    Sha512(sha2::Sha512),
    Blake3(Box<blake3::Hasher>),
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(h) => h.update(bytes),
            State::Sha512(h) => h.update(bytes),
            State::Blake3(h) => {
                h.update(bytes);
            }
        }
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(h) => Digest(Text::Sha256(h.finalize().into())),
            State::Sha512(h) => known(Algorithm::Sha512, &h.finalize()),
            State::Blake3(h) => known(Algorithm::Blake3, h.finalize().as_bytes()),
        }
    }
}

/// The hex digits of a hash of 32 bytes.
pub(super) fn with_hex<T>(hash: &[u8; 32], with: impl FnOnce(&CStr) -> T) -> T {
    let mut digits = [0; 65];
    // arithmetic instead of a table, so that the compiler can use vector instructions; the same below
    let digit = |value: u8| value + b'0' + if value > 9 { b'a' - b'9' - 1 } else { 0 };
    for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
        (pair[0], pair[1]) = (digit(byte >> 4), digit(byte & 15));
    }
    with(CStr::from_bytes_until_nul(&digits).unwrap_or_default())
}

/// The hash that 64 lower case hex digits write.
pub(super) fn from_hex(digits: &[u8; 64]) -> Option<[u8; 32]> {
    let value = |digit: u8| {
        let (figure, letter) = (digit.wrapping_sub(b'0'), digit.wrapping_sub(b'a'));
        let letter = if letter < 6 { letter + 10 } else { u8::MAX };
        if figure < 10 { figure } else { letter }
    };
    let values = digits.map(value);
    let mut hash = [0; 32];
    for (byte, pair) in hash.iter_mut().zip(values.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    (values.iter().fold(0, |all, value| all | value) < 16).then_some(hash)
}

fn known(algorithm: Algorithm, hash: &[u8]) -> Digest {
    let mut text = format!("{algorithm}:");
    for part in hash.as_chunks().0 {
        with_hex(part, |digits| text.push_str(digits.to_str().unwrap_or_default()));
    }
    Digest(Text::Other(text.into()))
}
