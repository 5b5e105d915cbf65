//! Telling what a text is made of: whether it could be a template, filled with something, and for which subject.
//!
//! Owns: matching a text against the pieces. Leaves to others: filling them ([`super`]).

use referee_spec::{Algorithm, Digest};

use super::{Piece, Template, Values, Whose};

impl Template {
    /// Whether `text` could be it, filled with something: what is written out is there, in that order.
    pub fn has_form(&self, text: &str) -> bool {
        let (mut rest, mut at_start) = (text, true);
        for (n, piece) in self.pieces.iter().enumerate() {
            let Piece::Literal(literal) = piece else {
                at_start = false;
                continue;
            };
            let at = match () {
                () if at_start => rest.starts_with(literal).then_some(0),
                () if n + 1 == self.pieces.len() => rest.strip_suffix(literal.as_str()).map(str::len),
                () => rest.find(literal),
            };
            let Some(at) = at else { return false };
            (rest, at_start) = (&rest[at + literal.len()..], true);
        }
        rest.is_empty() || !at_start
    }

    /// What stands in `text` for `{subject.digest}`, where the rest is written out.
    pub fn digest_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (before, after) = self.around_digest()?;
        text.strip_prefix(before)?.strip_suffix(after)
    }

    /// Whether `{subject.digest}` is the one placeholder.
    pub fn holds_digest(&self) -> bool {
        self.around_digest().is_some()
    }

    fn around_digest(&self) -> Option<(&str, &str)> {
        match self.pieces.as_slice() {
            [Piece::Digest(Whose::Subject)] => Some(("", "")),
            [Piece::Literal(before), Piece::Digest(Whose::Subject)] => Some((before, "")),
            [Piece::Digest(Whose::Subject), Piece::Literal(after)] => Some(("", after)),
            [Piece::Literal(before), Piece::Digest(Whose::Subject), Piece::Literal(after)] => {
                Some((before, after))
            }
            _ => None,
        }
    }

    /// Whether `text` could be the tag of some subject: all that is written out is there, and each part of a digest is as long as
    /// that of a registered algorithm, which a name for something else hardly is.
    pub(crate) fn has_form_of_tag(&self, text: &str) -> bool {
        Algorithm::ALL.into_iter().any(|algorithm| self.parts_of_tag(text, algorithm).is_some())
    }

    /// The subject whose tag `text` is, where the tag holds all of its digest.
    pub fn subject_of_tag(&self, text: &str) -> Option<Digest> {
        Algorithm::ALL.into_iter().find_map(|algorithm| {
            let encoded = self.parts_of_tag(text, algorithm)??;
            let subject = Digest::parse(&format!("{algorithm}:{encoded}")).ok()?;
            // the algorithm has to be said, too
            let named = self.pieces.iter().any(|piece| match piece {
                Piece::Digest(Whose::Subject) => true,
                Piece::Algorithm(Whose::Subject, cut) => *cut >= algorithm.name().len(),
                _ => false,
            });
            let is_it = || self.expand_as_tag(&Values::of(&subject)).as_deref() == Some(text);
            (named && is_it()).then_some(subject)
        })
    }

    /// The encoded part of the subject's digest, if it is all there, in a text that is made of these pieces.
    fn parts_of_tag<'t>(&self, text: &'t str, algorithm: Algorithm) -> Option<Option<&'t str>> {
        let most = algorithm.digest(b"").encoded().len();
        let (mut rest, mut subject) = (text, None);
        for piece in &self.pieces {
            let (cut, whose) = match piece {
                Piece::Literal(literal) => {
                    rest = rest.strip_prefix(literal.as_str())?;
                    continue;
                }
                Piece::Algorithm(_, cut) => {
                    let name = algorithm.name();
                    rest = rest.strip_prefix(name.get(..*cut).unwrap_or(name))?;
                    continue;
                }
                Piece::Digest(whose) => {
                    rest = rest.strip_prefix(algorithm.name())?.strip_prefix('-')?;
                    (most, *whose)
                }
                Piece::Encoded(whose, cut) => (most.min(*cut), *whose),
                // a name can be anything
                Piece::RefName | Piece::ArtifactType => return None,
            };
            let (encoded, after) = rest.split_at_checked(cut)?;
            if !encoded.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                return None;
            }
            if whose == Whose::Subject && cut == most {
                subject = Some(encoded);
            }
            rest = after;
        }
        rest.is_empty().then_some(subject)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn a_text_has_the_form_of_a_template_or_not() {
        let of = |text: &str| Template::parse(text).unwrap();
        for (template, good, bad) in [
            ("kind/{referrer.encoded}", "kind/x", "kin/x"),
            ("{subject.digest}.sig", "a.sig.sig", "a.sigx"),
            ("a{subject.encoded}b{referrer.encoded}c", "axbxbc", "axcxb"),
            ("constant", "constant", "constant1"),
            ("{subject.digest}", "", "-"),
        ] {
            assert!(of(template).has_form(good), "{template} {good}");
            assert!(template == "{subject.digest}" || !of(template).has_form(bad), "{template} {bad}");
        }
        for (template, text, digest) in [
            ("{subject.digest}", "x", Some("x")),
            ("for {subject.digest}", "for x", Some("x")),
            ("{subject.digest}!", "x!", Some("x")),
            ("({subject.digest})", "(x)", Some("x")),
            ("({subject.digest})", "[x)", None),
            ("{subject.encoded}", "x", None),
            ("{referrer.digest}", "x", None),
        ] {
            assert_eq!(of(template).digest_in(text), digest, "{template} {text}");
        }
    }

    #[test]
    fn a_tag_that_holds_a_digest_is_of_its_subject() {
        let of = |text: &str| Template::parse(text).unwrap();
        let (hex, long) = ("0a".repeat(32), "0a".repeat(64));
        let subject = |template: &str, text: &str| of(template).subject_of_tag(text).map(|it| it.to_string());
        let tag = "refs-{subject.algorithm}-{subject.encoded:64}";
        assert_eq!(subject(tag, &format!("refs-sha256-{hex}")), Some(format!("sha256:{hex}")));
        assert_eq!(subject("{subject.digest}", &format!("sha256-{hex}")), Some(format!("sha256:{hex}")));
        // that of sha512 is cut, and one without its algorithm may be of any
        assert_eq!(subject(tag, &format!("refs-sha512-{hex}")), None);
        assert_eq!(subject("{subject.encoded:64}", &hex), None);
        let single = "{subject.algorithm}-{subject.encoded:32}.{referrer.encoded:16}";
        assert_eq!(subject(single, &format!("sha256-{}.{}", &hex[..32], &hex[..16])), None);
        for (template, good, bad) in [
            (tag, format!("refs-sha512-{hex}"), format!("refs-sha256-{long}")),
            (single, format!("sha512-{}.{}", &hex[..32], &hex[..16]), format!("sha256-{}.sig", &hex[..32])),
            ("{subject.encoded:64}", hex.clone(), hex.to_uppercase()),
            ("{subject.digest}", format!("blake3-{hex}"), "v1".to_owned()),
        ] {
            assert!(of(template).has_form_of_tag(&good), "{template} {good}");
            assert!(!of(template).has_form_of_tag(&bad), "{template} {bad}");
        }
        assert!(!of("{subject.ref-name}.sig").has_form_of_tag("v1.sig"));
    }
}
