//! Any bytes as an archive, and the same bytes in gzip and in zstd, which changes nothing of what is found in them.
#![no_main]

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use referee_fuzz::{checkers, hold};
use referee_layout::archive::ArchiveError;
use referee_rules::{Checker, Report};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

static CHECKERS: LazyLock<Vec<Checker>> = LazyLock::new(|| checkers(Some("pr-1171")));

fn check(bytes: &[u8]) -> Result<Report, ArchiveError> {
    let report = CHECKERS[0].archive(Path::new("layout.tar"), Cursor::new(bytes));
    report.iter().for_each(hold);
    report
}

fuzz_target!(|bytes: &[u8]| {
    let plain = check(bytes);
    // what is packed twice is not unpacked twice
    if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return;
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).expect("memory is enough");
    let gzip = check(&gzip.finish().expect("memory is enough"));
    assert_eq!(format!("{plain:?}"), format!("{gzip:?}"), "plain and gzip");
    let zstd = check(&compress_to_vec(bytes, CompressionLevel::Uncompressed));
    assert_eq!(format!("{plain:?}"), format!("{zstd:?}"), "plain and zstd");
});
