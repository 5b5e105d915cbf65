//! The grammar of driver patterns in a case.
//!
//! Owns: driver ids and globs over them. Leaves to others: media types and tags (`referee_spec`).

/// Whether `text` can be a driver id or a glob over driver ids.
pub(crate) fn is_driver_glob(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-+._*?[]{},!".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}
