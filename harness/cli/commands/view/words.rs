//! Words that a view and a tree have in common.
//!
//! Owns: how something names a subject, in a sentence; places cut short. Leaves to
//! others: where these stand.

use referee::layout::view::How;
pub(super) use referee::source::plain;

/// How something names a subject: a label, and a sentence fragment.
pub(super) fn how(how: &How<'_>) -> (&'static str, String) {
    match how {
        How::Subject => ("named by", "`subject`".to_owned()),
        How::Listed => ("named by", "a response alone, as it could not be read itself".to_owned()),
        How::Invalid(why) => {
            ("named by", format!("`subject`, but {}; no reader should use it, and some tools do", plain(why)))
        }
        How::Annotation(key) => {
            ("named by", format!("the annotation {}, and not by `subject`: no referrer", plain(key)))
        }
        How::Tag(tag) => ("named by", format!("the tag {}, and not by `subject`: no referrer", plain(tag))),
        How::Unclear(why) => ("unclear", format!("{}; it may refer to anything", plain(why))),
    }
}

/// A place with the digest in its path cut short, to fit a line; JSON has it whole.
pub(super) fn shortened(place: &str) -> String {
    let Some((before, (algorithm, rest))) =
        place.split_once("blobs/").and_then(|(before, rest)| Some((before, rest.split_once('/')?)))
    else {
        return plain(place);
    };
    let end = rest.find(['#', ':']).unwrap_or(rest.len());
    let (digest, rest) = rest.split_at(end);
    let digest: String = digest.chars().take(12).collect();
    plain(&format!("{before}blobs/{algorithm}/{digest}...{rest}"))
}
