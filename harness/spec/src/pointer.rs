//! Reference tokens of JSON pointers ([RFC 6901 §3](https://www.rfc-editor.org/rfc/rfc6901#section-3)).
//!
//! Owns: escaping a token, and reading one back. Leaves to others: the document that a pointer leads through.

/// A member name as a reference token: `~` and `/` are escaped.
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The member name of a reference token.
pub fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The position that a reference token names in an array: digits without a leading zero
/// ([RFC 6901 §4](https://www.rfc-editor.org/rfc/rfc6901#section-4)).
pub fn position(token: &str) -> Option<usize> {
    let digits = token == "0" || (!token.starts_with('0') && token.bytes().all(|b| b.is_ascii_digit()));
    digits.then(|| token.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_both_ways() {
        for name in ["", "a", "a/b", "~", "~1", "/~0/"] {
            assert_eq!(unescape(&escape(name)), name);
        }
        assert_eq!(escape("a/b~c"), "a~1b~0c");
    }

    #[test]
    fn positions_have_one_form() {
        assert_eq!((position("0"), position("10")), (Some(0), Some(10)));
        for none in ["", "01", "-", "-1", "+1", "1a", "99999999999999999999999"] {
            assert_eq!(position(none), None, "{none}");
        }
    }
}
