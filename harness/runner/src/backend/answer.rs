//! Reading what a tool says.
//!
//! Owns: lists of descriptors in JSON, and the beginning of messages. Leaves to others: whether an answer is right.

use referee_results::Outcome;
use referee_results::observation::Answered;
use referee_spec::Digest;
use referee_spec::digest::DigestError;
use serde_json::Value;

use crate::state::Failure;

/// Why an answer cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    #[error("there is nothing at {0}")]
    Nothing(String),
    #[error("no list at {0}")]
    NoList(String),
    #[error("entry {0} has no digest")]
    NoDigest(usize),
    #[error("entry {0}: {1}")]
    Digest(usize, DigestError),
    #[error("{0} bytes, more than are kept")]
    TooLong(u64),
    #[error("more than is kept")]
    CutOff,
}

impl Unreadable {
    /// As the failure of the tool that answered.
    pub(super) fn of(self, who: &str) -> Failure {
        Failure::new(Outcome::Garbled, format!("{who}'s answer cannot be read: {self}"))
    }
}

/// Reads a list of descriptors out of a JSON answer.
pub(super) fn descriptors(bytes: &[u8], pointer: &str) -> Result<Vec<Answered>, Unreadable> {
    let value: Value = serde_json::from_slice(bytes)?;
    let list = value.pointer(pointer).ok_or_else(|| Unreadable::Nothing(pointer.to_owned()))?;
    let items = match list {
        Value::Null => &Vec::new(),
        Value::Array(items) => items,
        _ => return Err(Unreadable::NoList(pointer.to_owned())),
    };
    items.iter().enumerate().map(|(at, item)| descriptor(at, item)).collect()
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
    use super::beginning;

    #[test]
    fn a_long_message_is_cut_between_words() {
        assert_eq!(beginning("\n  one line \nanother"), "one line");
        let text = format!("{} manifest", "word ".repeat(48).trim_end());
        assert_eq!(beginning(&text), format!("{} ...", "word ".repeat(48).trim_end()));
        assert_eq!(beginning(&"ä".repeat(300)), format!("{} ...", "ä".repeat(240)));
    }
}
