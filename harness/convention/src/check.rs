//! What the types of a convention file do not say.
//!
//! Owns: checks of values and of combinations of keys, each with its place in the file. Leaves to others: syntax
//! (serde), and whether the convention serves anybody (a run).

use std::ops::Range;

use super::template::{Piece, Whose};
use super::{Carrier, Convention, ListedIn, Lists, Template, Values};
use referee_source::{Source, SourceError, is_id};
use referee_spec::Algorithm;
use referee_spec::annotation::REF_NAME;
use referee_spec::tag::is_tag;

/// How much of a digest tells subjects apart beyond doubt, in characters.
const ENOUGH: usize = 32;

/// How long a tag may be (distribution-spec, Pulling manifests), in characters.
const TAG_MOST: usize = 128;

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
    if convention.written().next().is_none() {
        let message = "every carrier is read-only, so a writer has no place for a referrer";
        return Err(source.error(source.place(&["carrier", "0", "read-only"]), message));
    }
    for (at, carrier) in convention.carriers.iter().enumerate() {
        let here = Here { source, at: at.to_string() };
        here.carrier(carrier)?;
        if carrier.needs_name() && convention.carriers.iter().any(|one| one.place == ListedIn::SubjectIndex) {
            let message =
                "an image's name goes to the index around it (`place = \"subject-index\"`), so none is left";
            return here.fail("annotation", message);
        }
    }
    if convention.index_annotation.contains_key("") {
        let place = source.place(&["index-annotation", ""]);
        return Err(source.error(place, "an annotation needs a key"));
    }
    for (key, template) in &convention.image_annotation {
        let fail = |message: &str| Err(source.error(source.place(&["image-annotation", key]), message));
        if key.is_empty() {
            return fail("an annotation needs a key");
        }
        if key == REF_NAME {
            return fail("an image has its own name, or none");
        }
        if template.has_referrer() {
            return fail("an image's entry is for no referrer: `{subject....}` is the image");
        }
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
        if let Some(platform) = &carrier.platform
            && !is_platform(platform)
        {
            let message =
                format!("`{platform}` is no platform, expected `os/architecture`, as in `linux/amd64`");
            return self.fail("platform", message);
        }
        self.annotations(carrier)?;
        if let Some(name) = &carrier.ref_name {
            self.ref_name(carrier, name)?;
        }
        if marked && !carrier.marks().any(|mark| tells_apart(mark.template)) {
            return self
                .constant("annotation", "every subject gets the same mark, so no reader can tell whose");
        }
        Ok(())
    }

    /// Keys that are in the wrong table, and placeholders that stand for nothing there.
    fn annotations(&self, carrier: &Carrier) -> Result<(), SourceError> {
        let tables = [("annotation", &carrier.annotation), ("extra-annotation", &carrier.extra_annotation)];
        for (table, key, template) in
            tables.iter().flat_map(|(table, all)| all.iter().map(|(key, template)| (*table, key, template)))
        {
            let error = |message: &str| self.source.error(self.place(&[table, key]), message);
            if key.is_empty() {
                return Err(error("an annotation needs a key"));
            }
            if key == REF_NAME {
                let advice = format!("write `ref-name = {:?}` in the carrier", template.text());
                return Err(error("this key has a word of its own").with_help(advice));
            }
            if table == "extra-annotation" && carrier.annotation.contains_key(key) {
                return Err(error("this key is in `annotation`, too"));
            }
            if carrier.lists == Lists::Response && template.has_referrer() {
                return Err(error("a response lists many referrers, so `{referrer....}` is none of them"));
            }
            if table == "annotation" && template.has_artifact_type() {
                let advice = "write it to `extra-annotation`, at which readers do not look";
                return Err(error("a reader knows the type from the manifest alone").with_help(advice));
            }
        }
        Ok(())
    }

    /// A name names one thing, and image-spec says what it is made of (annotations, `ref.name`).
    fn ref_name(&self, carrier: &Carrier, name: &Template) -> Result<(), SourceError> {
        if carrier.lists == Lists::Response && name.has_referrer() {
            return self
                .fail("ref-name", "a response lists many referrers, so `{referrer....}` is none of them");
        }
        if name.has_artifact_type() {
            return self.fail("ref-name", "several referrers of one type get the same name");
        }
        if name.has_ref_name() && carrier.annotation.is_empty() {
            return self
                .fail("ref-name", "an `annotation` is needed to tell a referrer from the subject itself");
        }
        if !tells_apart(name) && !enough(name, Whose::Referrer) {
            return self
                .constant("ref-name", "several subjects get the same name, and a name names one thing");
        }
        for algorithm in Algorithm::ALL {
            let digest = algorithm.digest(b"");
            let values = Values { ref_name: Some("name"), referrer: Some(&digest), ..Values::of(&digest) };
            let text = name.expand_as_tag(&values).unwrap_or_default();
            if !is_name(&text) {
                let want = "expected letters and digits, joined by one of `-._:@+/` or by `--`";
                return self.fail("ref-name", format!("{text:?} is not of the form of names, {want}"));
            }
            self.tag(algorithm, tag_of(&text))?;
        }
        Ok(())
    }

    /// What a registry is to store under that name, it has to take as a tag.
    fn tag(&self, algorithm: Algorithm, tag: &str) -> Result<(), SourceError> {
        if tag.len() > TAG_MOST {
            let message = format!(
                "with a {algorithm} digest the tag has {} characters, and a tag has {TAG_MOST} at most",
                tag.len()
            );
            let error = self.source.error(self.place(&["ref-name"]), message);
            return Err(error.with_help("cut the encoded part, as in `{subject.encoded:64}`"));
        }
        if !is_tag(tag) {
            let want = "expected letters, digits and `._-`, the first no `.` and no `-`; a full name is `repository:tag`";
            return self.fail("ref-name", format!("{tag:?} is no tag, {want}"));
        }
        Ok(())
    }

    fn constant(&self, key: &str, message: &str) -> Result<(), SourceError> {
        let advice = format!(
            "expected {{subject.digest}}, or {{subject.encoded}} with {ENOUGH} characters or more, or {{subject.ref-name}}"
        );
        Err(self.source.error(self.place(&[key]), message).with_help(advice))
    }
}

/// Whether two subjects never get the same text.
fn tells_apart(template: &Template) -> bool {
    template.has_ref_name() || enough(template, Whose::Subject)
}

/// Whether it holds enough of that digest.
fn enough(template: &Template, whose: Whose) -> bool {
    template.pieces.iter().any(|piece| match piece {
        Piece::Digest(of) => *of == whose,
        Piece::Encoded(of, cut) => *of == whose && *cut >= ENOUGH,
        Piece::Literal(_) | Piece::Algorithm(..) | Piece::RefName | Piece::ArtifactType => false,
    })
}

/// Two words with a `/` between them.
fn is_platform(text: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
    text.split_once('/').is_some_and(|(os, architecture)| word(os) && word(architecture))
}

/// The tag of a name: all of it, or what follows the repository of a full name.
fn tag_of(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((_, tag)) if !tag.contains('/') => tag,
        _ => name,
    }
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
        // what only makes sense for a subject with a name, or for one referrer
        let nested = format!(
            "place = \"subject-index\"\nlists = \"referrer\"\nannotation = {{ \"a.b\" = \"{{subject.digest}}\" }}\n[[carrier]]\n{referrer}"
        );
        let placeholders = [
            (response, "annotation = { \"a.b\" = \"{referrer.digest}\" }", 9, "is none of them"),
            (response, "ref-name = \"{referrer.encoded}\"", 9, "is none of them"),
            (
                response,
                "annotation = { \"a.b\" = \"{subject.digest}\" }\nextra-annotation = { \"a.c\" = \"{referrer.artifact-type}\" }",
                10,
                "is none of them",
            ),
            (
                referrer,
                "annotation = { \"a.b\" = \"{referrer.digest}\" }",
                9,
                "every subject gets the same mark",
            ),
            (
                referrer,
                "annotation = { \"a.b\" = \"{subject.digest} {referrer.artifact-type}\" }",
                9,
                "from the manifest alone",
            ),
            (
                referrer,
                "annotation = { \"a.b\" = \"{subject.digest}\" }\nextra-annotation = { \"a.b\" = \"x\" }",
                10,
                "in `annotation`, too",
            ),
            (
                referrer,
                "extra-annotation = { \"org.opencontainers.image.ref.name\" = \"x\" }",
                9,
                "a word of its own",
            ),
            (referrer, "ref-name = \"{referrer.artifact-type}\"", 9, "of one type get the same name"),
            (referrer, "ref-name = \"{subject.ref-name}\"", 9, "to tell a referrer from the subject"),
            (&nested, "annotation = { \"a.b\" = \"{subject.ref-name}\" }", 13, "so none is left"),
            (referrer, "read-only = true", 9, "no place for a referrer"),
            (referrer, "platform = \"linux\"", 9, "expected `os/architecture`"),
            (referrer, "platform = \"linux/arm/v7\"", 9, "expected `os/architecture`"),
            (referrer, "annotation = { \"\" = \"{subject.digest}\" }", 9, "needs a key"),
            (referrer, "[image-annotation]\n\"\" = \"x\"", 10, "needs a key"),
            (referrer, "[index-annotation]\n\"\" = \"x\"", 10, "needs a key"),
            (referrer, "ref-name = \"{subject.encoded:999}\"", 9, "from 1 to 128"),
            (referrer, "[image-annotation]\n\"a.b\" = \"{referrer.digest}\"", 10, "is for no referrer"),
            (
                referrer,
                "[image-annotation]\n\"org.opencontainers.image.ref.name\" = \"x\"",
                10,
                "its own name, or none",
            ),
        ];
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
                "ref-name = \"{subject.digest}\"",
                9,
                "sha512 digest the tag has 135 characters, and a tag has 128",
            ),
            (response, "ref-name = \"{subject.encoded}.sig\"", 9, "sha512 digest the tag has 132 characters"),
            (
                response,
                "ref-name = \"example.com/x:{subject.digest}\"",
                9,
                "sha512 digest the tag has 135 characters",
            ),
            (response, "ref-name = \"referrers/{subject.encoded:64}\"", 9, "is no tag"),
            (response, "ref-name = \"a+{subject.encoded:64}\"", 9, "is no tag"),
            (response, "ref-name = \"x:{subject.encoded:64}/a\"", 9, "is no tag"),
            (
                response,
                "annotation = { \"org.opencontainers.image.ref.name\" = \"{subject.digest}\" }",
                9,
                "a word of its own",
            ),
        ];
        for (head, tail, line, message) in cases.into_iter().chain(placeholders) {
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
            "ref-name = \"example.com:5000/referrers:{subject.algorithm}-{subject.encoded:64}\"",
            "ref-name = \"{subject.encoded:121}.x-sig\"",
            "annotation = { \"a.b\" = \"{subject.ref-name}\" }",
        ] {
            for lists in ["response", "referrer"] {
                parse(&format!("place = \"index\"\nlists = \"{lists}\"\n{mark}\n")).unwrap();
            }
        }
        let with_name = "annotation = { \"a.b\" = \"{referrer.digest}\" }\nref-name = \"{subject.ref-name}\"";
        parse(&format!("place = \"index\"\nlists = \"referrer\"\n{with_name}\n")).unwrap();
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
