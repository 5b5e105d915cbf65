//! What the types of a convention file do not say.
//!
//! Owns: checks of values and of combinations of keys, each with its place in the file. Leaves to others: syntax
//! (serde), and whether the convention serves anybody (a run).

use std::ops::Range;

use super::{Carrier, Convention, ListedIn, Lists, Piece, Template};
use referee_source::{Source, SourceError, is_id};
use referee_spec::Digest;
use referee_spec::annotation::REF_NAME;

/// How much of a digest tells subjects apart beyond doubt, in characters.
const ENOUGH: usize = 32;

/// The first mistake, at its place.
pub(super) fn check(convention: &Convention, source: &Source) -> Result<(), SourceError> {
    let fail = |key: &str, message: String| Err(source.error(source.place(&[key]), message));
    if convention.schema != 1 {
        return fail("schema", format!("schema {} is not known, expected 1", convention.schema));
    }
    if !is_id(&convention.id) {
        let want = "lower case letters, digits and `-`, `+` or `.` between them";
        return fail("id", format!("`{}` is not an id, expected {want}", convention.id));
    }
    if convention.carriers.is_empty() {
        return fail("schema", "a convention needs at least one [[carrier]]".to_owned());
    }
    for (at, carrier) in convention.carriers.iter().enumerate() {
        Here { source, at: at.to_string() }.carrier(carrier)?;
    }
    Ok(())
}

/// One carrier of the file.
struct Here<'a> {
    source: &'a Source,
    at: String,
}

impl Here<'_> {
    fn place(&self, path: &[&str]) -> Range<usize> {
        let path: Vec<&str> = ["carrier", &self.at].into_iter().chain(path.iter().copied()).collect();
        self.source.place(&path)
    }

    fn fail(&self, key: &str, message: impl Into<String>) -> Result<(), SourceError> {
        Err(self.source.error(self.place(&[key]), message))
    }

    fn carrier(&self, carrier: &Carrier) -> Result<(), SourceError> {
        let marked = !carrier.annotation.is_empty() || carrier.ref_name.is_some();
        if carrier.lists == Lists::Response && carrier.place != ListedIn::Index {
            return self.fail("lists", "a response is listed by `place = \"index\"` only");
        }
        if carrier.lists == Lists::Response && !marked {
            return self.fail("lists", "a response needs an annotation or a ref-name to be found by");
        }
        if carrier.place == ListedIn::Blob && (marked || !carrier.pull_up.is_empty()) {
            return self.fail("place", "`place = \"blob\"` has no entry that could carry anything");
        }
        if carrier.place == ListedIn::SubjectIndex && !marked {
            return self.fail("place", "an entry beside the image needs an annotation to be told from it");
        }
        if let Some(template) = carrier.annotation.get(REF_NAME) {
            let span = self.place(&["annotation", REF_NAME]);
            let advice = format!("write `ref-name = {:?}` in the carrier", template.text);
            return Err(self.source.error(span, "this key has a word of its own").with_help(advice));
        }
        if let Some(name) = &carrier.ref_name {
            self.ref_name(name)?;
        }
        if marked && !carrier.annotation.values().chain(&carrier.ref_name).any(tells_apart) {
            return self
                .constant("annotation", "every subject gets the same mark, so no reader can tell whose");
        }
        Ok(())
    }

    /// A name names one thing, and image-spec says what it is made of (annotations, `ref.name`).
    fn ref_name(&self, name: &Template) -> Result<(), SourceError> {
        if !tells_apart(name) {
            return self
                .constant("ref-name", "several subjects get the same name, and a name names one thing");
        }
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        let digest = Digest::parse(&digest).expect("a constant digest is a digest");
        for text in [name.expand(&digest), name.expand_as_tag(&digest)] {
            if !is_name(&text) {
                let want = "expected letters and digits, joined by one of `-._:@+/` or by `--`";
                return self.fail("ref-name", format!("{text:?} is not of the form of names, {want}"));
            }
        }
        Ok(())
    }

    fn constant(&self, key: &str, message: &str) -> Result<(), SourceError> {
        let advice =
            format!("expected {{subject.digest}}, or {{subject.encoded}} with {ENOUGH} characters or more");
        Err(self.source.error(self.place(&[key]), message).with_help(advice))
    }
}

/// Whether two subjects never get the same text.
fn tells_apart(template: &Template) -> bool {
    template.pieces.iter().any(|piece| match piece {
        Piece::Digest => true,
        Piece::Encoded(cut) => *cut >= ENOUGH,
        Piece::Literal(_) | Piece::Algorithm(_) => false,
    })
}

/// Letters and digits, joined by one separator or by `--`; such words joined by `/`.
fn is_name(text: &str) -> bool {
    let words = |part: &str| {
        // three dashes are not two separators
        !part.contains("---")
            && part
                .replace("--", "-")
                .split(['-', '.', '_', ':', '@', '+'])
                .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    text.split('/').all(words)
}

#[cfg(test)]
mod tests {
    use super::is_name;
    use crate::Convention;
    use referee_source::Source;

    const HEAD: &str =
        "schema = 1\nid = \"x\"\ntitle = \"t\"\nsource = \"s\"\nstatus = \"proposed\"\n[[carrier]]\n";

    fn parse(tail: &str) -> Result<Convention, referee_source::SourceError> {
        Convention::parse(&Source::new("x.toml", format!("{HEAD}{tail}")))
    }

    #[test]
    fn mistakes_are_shown_at_their_line() {
        let response = "place = \"index\"\nlists = \"response\"\n";
        let referrer = "place = \"index\"\nlists = \"referrer\"\n";
        let second = format!("{referrer}[[carrier]]\n{response}");
        let cases = [
            (response, "", 8, "needs an annotation"),
            (&second, "", 11, "needs an annotation"),
            (response, "annotation = { \"a.b\" = \"constant\" }", 9, "every subject gets the same mark"),
            (referrer, "annotation = { \"a.b\" = \"constant\" }", 9, "every subject gets the same mark"),
            (
                response,
                "annotation = { \"a.b\" = \"{subject.algorithm}\" }",
                9,
                "every subject gets the same",
            ),
            (
                response,
                "annotation = { \"a.b\" = \"{subject.encoded:31}\" }",
                9,
                "every subject gets the same",
            ),
            (response, "ref-name = \"v1\"", 9, "a name names one thing"),
            (response, "ref-name = \"{subject.encoded:4}\"", 9, "a name names one thing"),
            (response, "annotation = { \"a.b\" = \"{subject.digest}\" }\nref-name = \"v1\"", 10, "one thing"),
            (response, "ref-name = \"a b {subject.digest}\"", 9, "is not of the form of names"),
            (response, "ref-name = \"-{subject.digest}\"", 9, "is not of the form of names"),
            (
                response,
                "annotation = { \"org.opencontainers.image.ref.name\" = \"{subject.digest}\" }",
                9,
                "a word of its own",
            ),
        ];
        for (head, tail, line, message) in cases {
            let error = parse(&format!("{head}{tail}\n")).unwrap_err();
            assert_eq!(error.line(), line, "{error}");
            assert!(error.message.contains(message), "{error}");
        }
    }

    #[test]
    fn marks_that_tell_subjects_apart_are_good() {
        for mark in [
            "annotation = { \"a.b\" = \"{subject.encoded:32}\" }",
            "annotation = { \"a.b\" = \"{subject.digest}\", \"c.d\" = \"constant\" }",
            "annotation = { \"c.d\" = \"constant\" }\nref-name = \"{subject.algorithm}-{subject.encoded:64}.sig\"",
            "ref-name = \"referrers/{subject.digest}\"",
        ] {
            parse(&format!("place = \"index\"\nlists = \"response\"\n{mark}\n")).unwrap();
        }
    }

    #[test]
    fn names_are_as_image_spec_says() {
        for good in ["v1.0", "a--b", "alpine:3.11", "a/b", "sha256-b64u-LCa0", "1@2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a b", "a__b", "v1.", "/a", "a//b", "@sha256:a", "a---b", "sha256-b64-abcd-", "ü"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
