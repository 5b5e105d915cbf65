//! The words that cell ids are made of.
//!
//! Owns: the name of the in-crate writer and reader, and globs over ids. Leaves to others: which cells there are.

use globset::{Glob, GlobSet, GlobSetBuilder};

/// The id of the in-crate writer and reader.
pub const BUILTIN: &str = "builtin";

/// The name of the row or column of a convention.
pub fn as_convention(id: &str) -> String {
    format!("as {id}")
}

/// The globs of a list; a text that is no glob matches itself only.
pub fn globs(patterns: &[String]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern).or_else(|_| Glob::new(&globset::escape(pattern)));
        if let Ok(glob) = glob {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}
