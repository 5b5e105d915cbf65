//! Reading what a tool says.
//!
//! Owns: lists of descriptors and words, in JSON or found by a pattern, and the beginning of messages. Leaves to others:
//! whether an answer is right.

use referee_results::Outcome;
use referee_results::observation::Answered;
use referee_spec::digest::DigestError;
use referee_spec::{Algorithm, Digest};
use serde_json::Value;

use crate::driver::AnswerForm;
use crate::operation::{Answer, Answers};
use crate::state::Failure;

/// What was printed on standard output.
#[derive(Debug)]
pub(super) struct Printed {
    /// The bytes, or their beginning.
    pub(super) bytes: Vec<u8>,
    /// Whether there were more.
    pub(super) cut_off: bool,
}

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
enum Unreadable {
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    #[error("there is nothing at {0}")]
    Nothing(String),
    #[error("no list at {0}")]
    NoList(String),
    #[error("what is at {0} is neither a text nor a list of texts")]
    NoWords(String),
    #[error("entry {0} has no digest")]
    NoDigest(usize),
    #[error("entry {0}: {1}")]
    Digest(usize, DigestError),
    #[error("the driver's pattern: {0}")]
    Pattern(#[from] regex::Error),
    #[error("more than is kept")]
    TooLong,
}

impl Printed {
    /// Reads it as the answer of `who`.
    pub(super) fn read(&self, form: &AnswerForm, answers: Answers, who: &str) -> Result<Answer, Failure> {
        self.answer(form, answers)
            .map_err(|why| Failure::new(Outcome::Garbled, format!("{who}'s answer cannot be read: {why}")))
    }

    fn answer(&self, form: &AnswerForm, answers: Answers) -> Result<Answer, Unreadable> {
        if self.cut_off {
            return Err(Unreadable::TooLong);
        }
        match (answers, form) {
            (Answers::Referrers, AnswerForm::View(pointer)) => {
                Ok(Answer::Referrers(descriptors(&self.bytes, pointer)?))
            }
            (Answers::Referrers, AnswerForm::Pattern(_) | AnswerForm::Hash) => {
                let words = self.words(form)?;
                let digest = |(at, word): (usize, &String)| match Digest::parse(word) {
                    Ok(digest) => Ok(Answered::bare(digest)),
                    Err(error) => Err(Unreadable::Digest(at, error)),
                };
                Ok(Answer::Referrers(words.iter().enumerate().map(digest).collect::<Result<_, _>>()?))
            }
            (Answers::Words, _) => Ok(Answer::Words(self.words(form)?)),
        }
    }

    fn words(&self, form: &AnswerForm) -> Result<Vec<String>, Unreadable> {
        match form {
            AnswerForm::View(pointer) => words(&self.bytes, pointer),
            AnswerForm::Pattern(pattern) => {
                let text = String::from_utf8_lossy(&self.bytes);
                let pattern = regex::RegexBuilder::new(pattern).multi_line(true).build()?;
                let groups = pattern.captures_iter(&text).filter_map(|found| found.get(1));
                Ok(groups.map(|group| group.as_str().to_owned()).collect())
            }
            AnswerForm::Hash => Ok(vec![Algorithm::Sha256.digest(&self.bytes).to_string()]),
        }
    }
}

/// Reads a list of descriptors out of a JSON answer.
fn descriptors(bytes: &[u8], pointer: &str) -> Result<Vec<Answered>, Unreadable> {
    let value: Value = serde_json::from_slice(bytes)?;
    let list = value.pointer(pointer).ok_or_else(|| Unreadable::Nothing(pointer.to_owned()))?;
    let items = match list {
        Value::Null => &Vec::new(),
        Value::Array(items) => items,
        _ => return Err(Unreadable::NoList(pointer.to_owned())),
    };
    items.iter().enumerate().map(|(at, item)| descriptor(at, item)).collect()
}

/// Reads a text, or a list of texts, out of a JSON answer.
fn words(bytes: &[u8], pointer: &str) -> Result<Vec<String>, Unreadable> {
    let value: Value = serde_json::from_slice(bytes)?;
    let found = value.pointer(pointer).ok_or_else(|| Unreadable::Nothing(pointer.to_owned()))?;
    let no_words = || Unreadable::NoWords(pointer.to_owned());
    match found {
        Value::Null => Ok(Vec::new()),
        Value::String(word) => Ok(vec![word.clone()]),
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(no_words)).collect()
        }
        _ => Err(no_words()),
    }
}

fn descriptor(at: usize, item: &Value) -> Result<Answered, Unreadable> {
    let text =
        |key: &str| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let digest = text("digest").ok_or(Unreadable::NoDigest(at))?;
    let annotations = item.get("annotations").and_then(Value::as_object);
    let annotations = annotations.into_iter().flatten();
    Ok(Answered {
        digest: Digest::parse(&digest).map_err(|error| Unreadable::Digest(at, error))?,
        media_type: text("mediaType"),
        size: item.get("size").and_then(Value::as_u64),
        artifact_type: text("artifactType"),
        annotations: annotations
            .map(|(key, value)| (key.clone(), value.as_str().unwrap_or("").to_owned()))
            .collect(),
        only_digest: false,
    })
}

/// The first line that says anything, cut between two words where it is long.
pub(super) fn beginning(text: &str) -> String {
    const LONG: usize = 240;
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let Some((end, _)) = line.char_indices().nth(LONG) else {
        return line.to_owned();
    };
    let whole = line[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{} ...", line[..whole].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_between_words() {
        assert_eq!(beginning("\n  one line \nanother"), "one line");
        let text = format!("{} manifest", "word ".repeat(48).trim_end());
        assert_eq!(beginning(&text), format!("{} ...", "word ".repeat(48).trim_end()));
        assert_eq!(beginning(&"ä".repeat(300)), format!("{} ...", "ä".repeat(240)));
    }

    #[test]
    fn words_are_read_in_three_ways() {
        let printed = |text: &str| Printed { bytes: text.as_bytes().to_vec(), cut_off: false };
        let read = |text: &str, form: &AnswerForm| printed(text).read(form, Answers::Words, "mine");
        let words = |words: &[&str]| Ok(Answer::Words(words.iter().map(|&word| word.to_owned()).collect()));
        let view = AnswerForm::View("/tags".to_owned());
        assert_eq!(read(r#"{"tags":["a","b"]}"#, &view), words(&["a", "b"]));
        assert_eq!(read(r#"{"tags":"a"}"#, &view), words(&["a"]));
        assert_eq!(read(r#"{"tags":null}"#, &view), words(&[]));
        assert_eq!(read(r#"{"tags":[1]}"#, &view).unwrap_err().outcome, Outcome::Garbled);
        let lines = AnswerForm::Pattern(r"^(\S+)$".to_owned());
        assert_eq!(read("a\nb\n", &lines), words(&["a", "b"]));
        let hash = AnswerForm::Hash;
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(read("", &hash), words(&[empty]));
        let cut_off = Printed { bytes: Vec::new(), cut_off: true };
        assert!(
            cut_off.read(&hash, Answers::Words, "mine").unwrap_err().reason.ends_with("more than is kept")
        );
    }

    #[test]
    fn referrers_that_are_no_json_are_digests() {
        let printed = Printed { bytes: b"  sha256:ab\n".to_vec(), cut_off: false };
        let form = AnswerForm::Pattern(r"(sha256:\w+)".to_owned());
        let failure = printed.read(&form, Answers::Referrers, "mine").unwrap_err();
        assert!(failure.reason.starts_with("mine's answer cannot be read: entry 0: "), "{}", failure.reason);
    }
}
