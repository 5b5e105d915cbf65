//! The smallest image that a runtime would take.
//!
//! Owns: its config and its one uncompressed layer, a tar archive with one file. Leaves to others: the
//! manifest. The layer is not compressed, for a compressor's next version would give it another digest.

use referee_spec::Digest;
use serde::Serialize;

use crate::content::Platform;
use crate::contents::Blob;
use crate::document::{media_type, to_bytes};

const BLOCK: usize = 512;

/// Config and layer of an image with one file.
pub(super) fn blobs(platform: &Platform, file: &str, text: &str) -> [Blob; 2] {
    #[derive(Serialize)]
    struct Config<'a> {
        architecture: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        variant: Option<&'a str>,
        os: &'a str,
        config: Empty,
        rootfs: Rootfs<'a>,
    }
    #[derive(Serialize)]
    struct Empty {}
    #[derive(Serialize)]
    struct Rootfs<'a> {
        r#type: &'a str,
        diff_ids: [&'a Digest; 1],
    }
    let layer = Blob::new(media_type::LAYER, &tar(file, text.as_bytes()));
    let config = Config {
        architecture: &platform.architecture,
        variant: platform.variant.as_deref(),
        os: &platform.os,
        config: Empty {},
        rootfs: Rootfs { r#type: "layers", diff_ids: [&layer.digest] },
    };
    [Blob::new(media_type::CONFIG, &to_bytes(&config)), layer]
}

/// A ustar archive with one regular file: mode 0644, owner 0, time 0. `name` has at most 100 bytes.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; BLOCK];
    let mut field = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    field(0, name.as_bytes().get(..100).unwrap_or(name.as_bytes()));
    field(100, b"0000644\0");
    field(108, b"0000000\0");
    field(116, b"0000000\0");
    field(124, format!("{:011o}\0", content.len()).as_bytes());
    field(136, b"00000000000\0");
    field(148, b"        ");
    field(156, b"0");
    field(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());

    let mut archive = header.to_vec();
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
    archive.resize(archive.len() + 2 * BLOCK, 0);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_is_whole_blocks_with_a_right_checksum() {
        let archive = tar("a.txt", b"hello\n");
        assert_eq!(archive.len(), 4 * BLOCK);
        assert_eq!(&archive[257..265], b"ustar\x0000");
        let recorded = std::str::from_utf8(&archive[148..154]).unwrap();
        let mut header = archive[..BLOCK].to_vec();
        header[148..156].fill(b' ');
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(u32::from_str_radix(recorded, 8).unwrap(), sum);
        assert_eq!(tar("a.txt", b"").len(), 3 * BLOCK);
    }
}
