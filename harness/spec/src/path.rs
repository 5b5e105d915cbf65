//! Paths in a layout.
//!
//! Owns: where a blob is (image-spec `image-layout.md`, Blobs). Leaves to others: what is there.

use crate::Digest;

/// The path of a blob from the layout's root.
pub fn blob_path(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
}
