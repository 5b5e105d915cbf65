//! Content that a case describes once and that stands for many.
//!
//! Owns: the members, and who of them refers to whom. Leaves to others: what one of them is ([`super`]).

use referee_source::{At, Source, SourceError};
use referee_writer::{Content, ContentKind, Name};

use crate::case::file::ContentFile;

/// How many a case can describe at once.
const MOST: usize = 10_000;

/// What `file` stands for: `content` itself, or as many like it as it says.
pub(super) fn all(
    source: &Source,
    files: &[ContentFile],
    file: &ContentFile,
    content: Content,
) -> Result<Vec<Content>, SourceError> {
    let count = file.count.as_deref().copied();
    if let Some(at) = file.count.as_ref().filter(|count| !(1..=MOST).contains(&***count)) {
        return Err(source.wrong(at, format!("`count` is {}, expected 1 to {MOST}", **at)));
    }
    let count_of = |name: &At<String>| {
        let file = files.iter().find(|other| *other.name == **name)?;
        file.count.as_deref().copied()
    };
    if let Some(child) =
        file.manifests.iter().flat_map(|list| list.iter()).find(|name| count_of(name).is_some())
    {
        return Err(source.wrong(child, format!("`{}` stands for many, and an index names each", **child)));
    }
    let paired = match &file.subject {
        Some(subject) => match (count_of(subject), count) {
            (None, _) => false,
            (one, other) if one == other => true,
            (Some(many), _) => {
                let message = format!("`{}` stands for {many}, and each needs a referrer", **subject);
                return Err(source
                    .wrong(subject, message)
                    .with_help(format!("write `count = {many}` here, too")));
            }
        },
        None => false,
    };
    let Some(count) = count else { return Ok(vec![content]) };
    Ok((1..=count).map(|number| member(&content, number, paired)).collect())
}

fn member(content: &Content, number: usize, paired: bool) -> Content {
    let mut member = content.clone();
    member.name = content.name.numbered(number);
    member.tag = content.tag.as_ref().map(|tag| format!("{tag}-{number}"));
    member.subject = content.subject.as_ref().map(|name| subject(name, number, paired));
    match &mut member.kind {
        ContentKind::Image { text, .. } | ContentKind::Artifact { text, .. } => {
            text.push_str(&number.to_string());
            text.push('\n');
        }
        ContentKind::Index { .. } => {}
    }
    member
}

fn subject(name: &Name, number: usize, paired: bool) -> Name {
    if paired { name.numbered(number) } else { name.clone() }
}
