//! How many there are, in words.
//!
//! Owns: one and many. Leaves to others: what is counted.

use std::fmt::Display;

/// How many there are of something, as `1 cell` or `2 cells`.
pub fn counted(count: impl Display, one: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {one}{ending}")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_is_one() {
        assert_eq!(
            [0_u64, 1, 2, 11].map(|count| counted(count, "byte")),
            ["0 bytes", "1 byte", "2 bytes", "11 bytes"]
        );
    }
}
