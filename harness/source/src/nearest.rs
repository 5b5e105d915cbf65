//! "Did you mean": the known word nearest to a mistyped one.
//!
//! Owns: how near is near. Leaves to others: which words are known.

/// The nearest of `known`, if near enough to be a slip.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = ((word.chars().count() + 1) / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
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
}
