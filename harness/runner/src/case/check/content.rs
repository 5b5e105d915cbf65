//! Checks on the content of a case.
//!
//! Owns: names, which key belongs to which kind, the grammar of values, and that no content needs itself.
//! Leaves to others: what the steps do with it.

mod many;

use std::ops::Range;

use referee_source::{At, Source, SourceError, is_id};
use referee_spec::Algorithm;

use crate::case::file::{AlgorithmName, ContentFile, Kind};
use referee_spec::media_type::is_media_type;
use referee_spec::tag::is_tag;
use referee_writer::{Content, ContentKind, Name, Platform, WrongSubject};

pub(super) fn all(source: &Source, files: &[ContentFile]) -> Result<Vec<Content>, SourceError> {
    let known = || files.iter().map(|file| file.name.as_str());
    let mut contents: Vec<Content> = Vec::new();
    for file in files {
        if !is_id(&file.name) || file.name.contains(['.', '_', '+']) || file.name.len() > 60 {
            let message =
                format!("`{}` is not a name, expected kebab case, at most 60 characters", *file.name);
            return Err(source.wrong(&file.name, message));
        }
        let children = file.manifests.iter().flat_map(|list| list.iter());
        if let Some(name) = file.subject.iter().chain(children).find(|n| !known().any(|k| k == n.as_str())) {
            return Err(source.unknown(name, "content named", known()));
        }
        let content = one(source, file)?;
        if contents.iter().any(|other| other.name.described() == content.name.as_str()) {
            return Err(source.wrong(&file.name, format!("there are two contents named `{}`", content.name)));
        }
        let same_tag = |one: &Content| one.tag.is_some() && contents.iter().any(|other| other.tag == one.tag);
        let first = |other: &&Content| !other.name.is_numbered() || other.name.as_str().ends_with("#1");
        if let Some(twin) = contents.iter().filter(first).find(|other| same_bytes(other, &content)) {
            let message = format!("`{}` has the very bytes of `{}`", content.name, twin.name);
            return Err(source
                .wrong(&file.name, message)
                .with_help("let them differ in text, type or annotations"));
        }
        let all = many::all(source, files, file, content)?;
        if all.iter().any(same_tag) {
            let message = "two contents have this tag, and a tag names one";
            return Err(source.error(span(&file.tag), message));
        }
        contents.extend(all);
    }
    for file in files {
        cycle(source, file, &contents)?;
    }
    Ok(contents)
}

fn one(source: &Source, file: &ContentFile) -> Result<Content, SourceError> {
    foreign_keys(source, file)?;
    for media_type in [&file.artifact_type, &file.media_type, &file.config].into_iter().flatten() {
        media_type_fits(source, media_type)?;
    }
    if let Some(tag) = file.tag.as_ref().filter(|tag| !is_tag(tag)) {
        let message =
            format!("`{}` is not a tag, expected letters, digits, `_`, `.`, `-`, at most 128", **tag);
        return Err(source.wrong(tag, message));
    }
    let wrong_subject = match &file.wrong_subject {
        Some(wrong) if file.subject.is_none() => {
            return Err(source.wrong(wrong, "`wrong-subject` needs a `subject`"));
        }
        Some(wrong) => {
            wrong.media_type.as_ref().map_or(Ok(()), |wrong| media_type_fits(source, wrong))?;
            let media_type = wrong.media_type.as_ref().map(|media_type| (**media_type).clone());
            WrongSubject { size: wrong.size, media_type }
        }
        None => WrongSubject::default(),
    };
    Ok(Content {
        name: Name::new(&file.name),
        kind: kind(source, file)?,
        tag: file.tag.as_ref().map(|tag| (**tag).clone()),
        subject: file.subject.as_ref().map(|subject| Name::new(subject)),
        artifact_type: file.artifact_type.as_ref().map(|artifact_type| (**artifact_type).clone()),
        annotations: file.annotations.clone(),
        algorithm: match file.algorithm.as_deref() {
            None | Some(AlgorithmName::Sha256) => Algorithm::Sha256,
            Some(AlgorithmName::Sha512) => Algorithm::Sha512,
            Some(AlgorithmName::Blake3) => Algorithm::Blake3,
        },
        absent: file.absent.as_deref().copied().unwrap_or_default(),
        platform_in_entry: file.platform_in_entry.as_deref().copied().unwrap_or_default(),
        wrong_subject,
    })
}

fn kind(source: &Source, file: &ContentFile) -> Result<ContentKind, SourceError> {
    let or = |value: &Option<At<String>>, default: &str| {
        value.as_ref().map_or_else(|| default.to_owned(), |value| (**value).clone())
    };
    let text = or(&file.text, &format!("{}\n", *file.name));
    Ok(match *file.kind {
        Kind::Image => {
            let platform = or(&file.platform, "linux/amd64");
            let platform = Platform::parse(&platform).ok_or_else(|| {
                let message = format!("`{platform}` is not a platform, expected `os/architecture`");
                source.error(span(&file.platform), message)
            })?;
            ContentKind::Image { platform, text }
        }
        Kind::Artifact => {
            if file.artifact_type.is_none() && file.config.is_none() {
                let message = "an artifact with the empty config needs an `artifact-type` (MANIFEST-003)";
                return Err(source.wrong(&file.name, message));
            }
            ContentKind::Artifact {
                text,
                media_type: or(&file.media_type, "text/plain"),
                config: file.config.as_ref().map(|config| (**config).clone()),
                inline: file.inline.as_deref().copied().unwrap_or_default(),
            }
        }
        Kind::Index => {
            let missing = || source.wrong(&file.name, "an index needs `manifests`, which may be empty");
            let children = file.manifests.as_ref().ok_or_else(missing)?;
            ContentKind::Index { manifests: children.iter().map(|name| Name::new(name)).collect() }
        }
    })
}

/// A key, where it is if it is there, and the kinds that take it.
type Key<'a> = (&'static str, Option<Range<usize>>, &'a [Kind]);

/// Keys that the kind does not take.
fn foreign_keys(source: &Source, file: &ContentFile) -> Result<(), SourceError> {
    use Kind::{Artifact, Image, Index};
    let what = match *file.kind {
        Image => "an image",
        Artifact => "an artifact",
        Index => "an index",
    };
    let keys: [Key<'_>; 8] = [
        ("platform", file.platform.as_ref().map(At::span), &[Image]),
        ("platform-in-entry", file.platform_in_entry.as_ref().map(At::span), &[Image]),
        ("text", file.text.as_ref().map(At::span), &[Image, Artifact]),
        ("media-type", file.media_type.as_ref().map(At::span), &[Artifact]),
        ("config", file.config.as_ref().map(At::span), &[Artifact]),
        ("inline", file.inline.as_ref().map(At::span), &[Artifact]),
        ("manifests", file.manifests.as_ref().map(At::span), &[Index]),
        ("count", file.count.as_ref().map(At::span), &[Image, Artifact]),
    ];
    let foreign = keys.into_iter().filter(|(_, _, kinds)| !kinds.contains(&*file.kind));
    let first = foreign.filter_map(|(key, span, _)| Some((key, span?))).next();
    first.map_or(Ok(()), |(key, span)| Err(source.error(span, format!("{what} takes no `{key}`"))))
}

fn media_type_fits(source: &Source, media_type: &At<String>) -> Result<(), SourceError> {
    if is_media_type(media_type) {
        return Ok(());
    }
    let message = format!("`{}` is not a media type, expected `type/subtype` (RFC 6838)", **media_type);
    Err(source.wrong(media_type, message))
}

/// A digest cannot be part of what it is the digest of.
fn cycle(source: &Source, file: &ContentFile, contents: &[Content]) -> Result<(), SourceError> {
    let find = |name: &Name| contents.iter().find(|content| content.name == *name);
    let needs =
        |content: &Content| content.subject.iter().chain(content.manifests()).cloned().collect::<Vec<_>>();
    let own = if file.count.is_some() { Name::new(&file.name).numbered(1) } else { Name::new(&file.name) };
    let mut to_visit: Vec<Name> = find(&own).map(needs).unwrap_or_default();
    let mut visited: Vec<Name> = Vec::new();
    while let Some(name) = to_visit.pop() {
        if name == own {
            let message = format!("`{name}` needs its own digest: its subject or a child leads back to it");
            return Err(source.wrong(&file.name, message));
        }
        if !visited.contains(&name) {
            to_visit.extend(find(&name).map(needs).unwrap_or_default());
            visited.push(name);
        }
    }
    Ok(())
}

/// Whether two contents differ in nothing that enters their bytes.
fn same_bytes(one: &Content, other: &Content) -> bool {
    let bytes = |content: &Content| Content {
        name: Name::new(""),
        tag: None,
        absent: false,
        platform_in_entry: false,
        ..content.clone()
    };
    bytes(one) == bytes(other)
}

fn span<T>(value: &Option<At<T>>) -> Range<usize> {
    value.as_ref().map_or(0..0, At::span)
}
