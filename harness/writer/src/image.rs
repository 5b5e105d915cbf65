//! The smallest image that a runtime would take.
//!
//! Owns: its config and its one uncompressed layer, a tar archive with one file. Leaves to others: the
//! manifest. The layer is not compressed, for a compressor's next version would give it another digest.

use referee_spec::Digest;
use serde::Serialize;

use crate::content::Platform;
use crate::contents::Blob;
use crate::document::{media_type, to_bytes};

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

/// A ustar archive with one regular file: mode 0644, owner 0, time 0.
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    const IN_MEMORY: &str = "the name fits a ustar header, and memory takes all that is written";
    let mut header = tar::Header::new_ustar();
    header.set_path(name).expect(IN_MEMORY);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(content.len() as u64);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    // POSIX leaves the form open; this is the one of GNU tar, and layers had it before
    let sum = header.cksum().expect("it was set");
    header.as_old_mut().cksum.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut archive = tar::Builder::new(Vec::new());
    archive.append(&header, content).expect(IN_MEMORY);
    archive.into_inner().expect(IN_MEMORY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = 512;

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
        // layers of one content have had one digest from the beginning
        let digest = referee_spec::Algorithm::Sha256.digest(&archive).to_string();
        assert_eq!(digest, "sha256:f2899396e4fb4287eb88c5e9325459610f2a0d7b602cdb7865f3cae9161c4ee5");
    }
}
