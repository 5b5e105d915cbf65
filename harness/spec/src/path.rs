//! Paths in a layout.
//!
//! Owns: where a blob is ([image-spec, Blobs](https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#blobs)). Leaves to others: what is there.

use crate::Digest;

/// The path of a blob from the layout's root, as in `blobs/sha256/44136fa3…` ([image-spec, Blobs][blobs]).
///
/// [blobs]: https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md#blobs
pub fn blob_path(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
}
