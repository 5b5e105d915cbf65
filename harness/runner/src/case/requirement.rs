//! Which requirement ids exist, so that a case cannot cite one that does not.
//!
//! Owns: the families of ids and their numbers. Leaves to others: what each of them asks.

use std::ops::RangeInclusive;

/// A family of ids: its name, how many digits its numbers have, and which numbers there are.
type Family = (&'static str, usize, &'static [RangeInclusive<u32>]);

const FAMILIES: &[Family] = &[
    ("AMB", 2, &[1..=38]),
    ("ANNOT", 3, &[1..=10, 20..=26]),
    ("API", 3, &[1..=28]),
    ("CONV", 2, &[1..=18]),
    ("DESC", 3, &[1..=20]),
    ("DIGEST", 3, &[1..=9]),
    ("FALLBACK", 3, &[1..=29]),
    ("INDEX", 3, &[1..=25]),
    ("JSON", 3, &[1..=6]),
    ("LAYOUT", 3, &[1..=19]),
    ("MANIFEST", 3, &[1..=24]),
    ("REF", 2, &[1..=20]),
];

/// Whether the catalogue of requirements has `id`.
///
/// ```
/// assert!(referee_runner::case::is_requirement("REF-01"));
/// assert!(!referee_runner::case::is_requirement("REF-001"));
/// ```
pub fn is_requirement(id: &str) -> bool {
    requirements().any(|known| known == id)
}

/// All ids, family by family.
pub(crate) fn requirements() -> impl Iterator<Item = String> {
    FAMILIES.iter().flat_map(|&(family, width, numbers)| {
        let all = numbers.iter().cloned().flatten();
        all.map(move |number| format!("{family}-{number:0width$}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_have_gaps_and_widths() {
        for good in ["REF-01", "AMB-38", "API-007", "ANNOT-020", "MANIFEST-024"] {
            assert!(is_requirement(good), "{good}");
        }
        for bad in ["REF-1", "REF-21", "ANNOT-011", "P-01", "ref-01", ""] {
            assert!(!is_requirement(bad), "{bad}");
        }
    }
}
