//! "Did you mean": the known words nearest to a mistyped one.
//!
//! Owns: how near is near. Leaves to others: which words are known.

/// The nearest of `known`, if near enough to be a slip.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = ((word.chars().count() + 1) / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (edits(word, candidate), candidate))
        .filter(|(edits, _)| *edits <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The nearest `count` of `known`, however far they are, the nearest first. A name that ends with the word, as a full name
/// does, or that the word ends with, is nearest of all.
pub fn most_similar<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let distance =
        |name: &str| if name.ends_with(word) || word.ends_with(name) { 0 } else { edits(word, name) };
    let mut ranked: Vec<_> = known.into_iter().map(|name| (distance(name), name)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(count).map(|(_, name)| name).collect()
}

/// How many edits are between two words. Names have no limit, and the time that this takes grows with the square, so only
/// their first 200 characters are compared.
fn edits(a: &str, b: &str) -> usize {
    let start = |word: &str| word.chars().take(200).collect::<String>();
    strsim::levenshtein(&start(a), &start(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_near_and_another_word_is_not() {
        let known = ["image", "index", "sbom"];
        assert_eq!(nearest("imgae", known), Some("image"));
        assert_eq!(nearest("sobm", known), None, "two changes in four letters");
        assert_eq!(nearest("sbomm", known), Some("sbom"));
        assert_eq!(nearest("signature", known), None);
    }

    #[test]
    fn full_names_come_first_and_then_the_nearest() {
        let known = ["registry/app:v1", "v2", "latest", "v11"];
        assert_eq!(most_similar("v1", known, 3), ["registry/app:v1", "v11", "v2"]);
        assert_eq!(most_similar("v1", [], 3), Vec::<&str>::new());
    }
}
