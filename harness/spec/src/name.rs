//! Names of JSON members, as parsers compare them.
//!
//! Owns: which names are one to a parser that ignores case, as that of Go's standard library does. Leaves to others: which names
//! are defined, and what to make of one that differs.

/// Whether two names are one to a parser that ignores the case of letters. Beyond ASCII such parsers know a long s and the sign
/// of the unit Kelvin, whose other case is an ASCII letter.
///
/// ```
/// use referee_spec::name::same_but_for_case;
/// assert!(same_but_for_case("SUBJECT", "subject"));
/// assert!(!same_but_for_case("subjects", "subject"));
/// ```
pub fn same_but_for_case(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || (!one.is_ascii() && one.chars().map(fold).eq(other.chars().map(fold)))
}

fn fold(c: char) -> char {
    match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::same_but_for_case;

    #[test]
    fn case_is_folded_as_parsers_do() {
        for odd in ["Subject", "SUBJECT", "\u{17f}ubject", "\u{17f}UBJECT"] {
            assert!(same_but_for_case(odd, "subject"), "{odd}");
        }
        assert!(same_but_for_case("\u{212a}eep", "keep"));
        for other in ["subjects", "\u{df}ubject", "\u{282}ubject", "sub ject", ""] {
            assert!(!same_but_for_case(other, "subject"), "{other}");
        }
    }
}
