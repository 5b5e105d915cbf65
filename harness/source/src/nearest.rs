//! "Did you mean": the known words nearest to a typed one.
//!
//! Owns: which differences do not matter, and how near is near. Leaves to others: which words are known.

/// The one of `known` that is meant: the word itself, or the only one that differs by nothing but case, hyphens and zeros before
/// numbers, as `ref-9` and `ref9` do from `REF-09`.
pub fn meant<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let mut alike: Vec<&str> = known.into_iter().filter(|known| fold(known) == folded).collect();
    alike.sort_unstable();
    alike.dedup();
    match alike.as_slice() {
        [one] => Some(*one),
        several => several.iter().find(|one| **one == word).copied(),
    }
}

/// The nearest of `known`, if near enough to be a slip.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = ((word.chars().count() + 1) / 3).max(1);
    let word = fold(word);
    known
        .into_iter()
        .map(|candidate| (edits(&word, &fold(candidate)), candidate))
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

/// A word without what does not matter: in lower case, without hyphens, and its numbers without zeros before them.
fn fold(word: &str) -> String {
    let mut folded = String::new();
    // zeros of a number that has no other digit yet
    let mut zeros = 0;
    let mut after_hyphen = false;
    for c in word.chars().flat_map(char::to_lowercase) {
        if c == '-' {
            after_hyphen = true;
            continue;
        }
        let in_number = !after_hyphen && folded.ends_with(|before: char| before.is_ascii_digit());
        after_hyphen = false;
        if c == '0' && !in_number {
            zeros += 1;
            continue;
        }
        if zeros > 0 && !c.is_ascii_digit() {
            folded.push('0');
        }
        zeros = 0;
        folded.push(c);
    }
    if zeros > 0 {
        folded.push('0');
    }
    folded
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
    fn case_and_zeros_do_not_matter() {
        let known = ["REF-09", "REF-90", "blob-missing", "scale-100", "0"];
        for (word, meaning) in [
            ("REF-09", "REF-09"),
            ("ref-9", "REF-09"),
            ("Ref-009", "REF-09"),
            ("ref-90", "REF-90"),
            ("BLOB-MISSING", "blob-missing"),
            ("blobmissing", "blob-missing"),
            ("ref9", "REF-09"),
            ("ref90", "REF-90"),
            ("scale-0100", "scale-100"),
            ("00", "0"),
        ] {
            assert_eq!(meant(word, known), Some(meaning), "{word}");
        }
        assert_eq!(meant("ref-900", known), None);
        assert_eq!(meant("", known), None);
        // of several, only the word itself
        assert_eq!(meant("A-1", ["a-1", "A-1", "a-01"]), Some("A-1"));
        assert_eq!(meant("A-01", ["a-1", "A-1"]), None);
        assert_eq!(nearest("REFF09", known), Some("REF-09"));
        assert_eq!(nearest("Blob-Mising", known), Some("blob-missing"));
    }

    #[test]
    fn full_names_come_first_and_then_the_nearest() {
        let known = ["registry/app:v1", "v2", "latest", "v11"];
        assert_eq!(most_similar("v1", known, 3), ["registry/app:v1", "v11", "v2"]);
        assert_eq!(most_similar("v1", [], 3), Vec::<&str>::new());
    }
}
