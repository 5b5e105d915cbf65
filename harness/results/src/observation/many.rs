//! Names of what a case describes once and that stands for many: `sbom#1`, `sbom#2`, ...
//!
//! Owns: saying of a thousand names how many they are, so that a result, a golden and a report can be read. Leaves to others:
//! who has such a name (`referee-writer`, `Name`).

use std::collections::BTreeMap;

/// The names, those of many as one with their count: `sbom x1000`. Digests tell which ones they were.
pub fn grouped(names: Vec<String>) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut single = Vec::new();
    for name in names {
        match without_number(&name) {
            Some(plain) => *counts.entry(plain).or_insert(0) += 1,
            None => single.push(name),
        }
    }
    if counts.is_empty() {
        return single;
    }
    single.extend(counts.into_iter().map(|(name, count)| format!("{name} x{count}")));
    single.sort();
    single
}

/// `sbom.size` of `sbom#7.size`.
fn without_number(name: &str) -> Option<String> {
    let (before, rest) = name.split_once('#')?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (after.len() < rest.len()).then(|| format!("{before}{after}"))
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn many_names_are_a_count() {
        let all = |names: &[&str]| grouped(names.iter().map(|&name| name.to_owned()).collect());
        assert_eq!(all(&["sbom#1", "sbom#10", "sbom#2", "signature"]), ["sbom x3", "signature"]);
        assert_eq!(
            all(&["sbom#1.size", "sbom#2.annotations", "sbom#2.size"]),
            ["sbom.annotations x1", "sbom.size x2"]
        );
        // what is no such name stays, and in its order
        assert_eq!(all(&["z", "a", "?", "a#", "a#b"]), ["z", "a", "?", "a#", "a#b"]);
        assert_eq!(all(&[]), Vec::<String>::new());
    }
}
