//! Checks on the steps of a case.
//!
//! Owns: which role does what, which key belongs to which step, that a step finds what it works on, and that
//! no case can be passed by a tool that does nothing. Leaves to others: the content itself.

use referee_source::SourceError;

use super::Place;
use crate::case::file::{By, OpName, StepFile};
use crate::case::spanned::At;
use crate::case::{Address, CaseFile, Op, Role, Step};
use referee_writer::{Content, ContentKind, Name, WrongSubject};

pub(super) fn all(place: Place<'_>, file: &CaseFile, contents: &[Content]) -> Result<Vec<Step>, SourceError> {
    let mut steps: Vec<Step> = Vec::new();
    for step in &file.step {
        let checker = Checker { place, file, contents, step, before: &steps };
        let next = checker.step()?;
        steps.push(next);
    }
    discovers_something(place, file, &steps)?;
    for content in &file.content {
        let Some(subject) = &content.subject else {
            continue;
        };
        let made = steps.iter().filter_map(|step| step.op.adds()).any(|name| *name == **content.name);
        let child = contents.iter().any(|c| c.manifests().iter().any(|name| *name == **content.name));
        if !made && !child {
            let message = format!("no step attaches or pushes `{}`, so no tool would know it", *content.name);
            return Err(place.wrong(subject, message));
        }
    }
    Ok(steps)
}

/// The control: an empty answer is right only from a tool that also gives one that is not empty.
fn discovers_something(place: Place<'_>, file: &CaseFile, steps: &[Step]) -> Result<(), SourceError> {
    let nothing = |step: &Step| matches!(&step.op, Op::Discover { expect, .. } if expect.is_empty());
    let something = |step: &Step| matches!(&step.op, Op::Discover { expect, .. } if !expect.is_empty());
    if steps.iter().any(something) {
        return Ok(());
    }
    match file.step.iter().zip(steps).find(|(_, step)| nothing(step)) {
        Some((at, _)) => {
            let at = at.expect.as_ref().map_or(at.span(), At::span);
            let message = "a tool that does nothing passes this: every `discover` expects nothing";
            Err(place.wrong_at(at, message).with_help("add a `discover` step whose `expect` is not empty"))
        }
        None => Ok(()),
    }
}

struct Checker<'a> {
    place: Place<'a>,
    file: &'a CaseFile,
    contents: &'a [Content],
    step: &'a At<StepFile>,
    before: &'a [Step],
}

impl<'a> Checker<'a> {
    fn step(&self) -> Result<Step, SourceError> {
        let role = *self.step.role;
        let (op, does, who) = match *self.step.op {
            OpName::Attach => ("attach", Role::Producer, "a producer"),
            OpName::Push => ("push", Role::Producer, "a producer"),
            OpName::Copy => ("copy", Role::Copier, "a copier"),
            OpName::Discover => ("discover", Role::Consumer, "a consumer"),
        };
        if role != does {
            return Err(self.place.wrong(&self.step.role, format!("`{op}` is done by {who}")));
        }
        self.foreign_keys(op)?;
        let op = match *self.step.op {
            OpName::Attach => Op::Attach { content: self.attach()? },
            OpName::Push => Op::Push { content: self.push()? },
            OpName::Copy => {
                let (at, source) = self.content(&self.step.source, "source")?;
                Op::Copy { source: source.name.clone(), tag: self.tag(at, source)? }
            }
            OpName::Discover => self.discover()?,
        };
        Ok(Step { role, op })
    }

    fn attach(&self) -> Result<Name, SourceError> {
        let (at, content) = self.added()?;
        let subject = content.subject.as_ref().ok_or_else(|| {
            self.place.wrong(at, format!("`{}` has no subject to be attached to", content.name))
        })?;
        let plain = matches!(&content.kind, ContentKind::Artifact { config: None, inline: false, .. })
            && content.wrong_subject == WrongSubject::default()
            && content.algorithm == referee_spec::Algorithm::Sha256
            && content.tag.is_none()
            && !content.absent;
        if !plain {
            let message = "no tool can be told to attach this: an artifact with nothing but a subject, a \
                           type, annotations and a text";
            return Err(self.place.wrong(at, message).with_help("use `op = \"push\"`"));
        }
        if self.find(subject).is_some_and(|subject| subject.absent) || self.comes_later(subject) {
            let message = format!("the subject `{subject}` is not in the layout yet");
            return Err(self.place.wrong(at, message).with_help("use `op = \"push\"`"));
        }
        Ok(content.name.clone())
    }

    fn push(&self) -> Result<Name, SourceError> {
        let (at, content) = self.added()?;
        let builtin = self.file.axes.get(&Role::Producer);
        if content.absent && !builtin.is_some_and(|only| only.iter().all(|id| **id == "builtin")) {
            let message = format!("no tool can list `{}` without having it", content.name);
            return Err(self
                .place
                .wrong(at, message)
                .with_help("set `producer = [\"builtin\"]` under [axes]"));
        }
        Ok(content.name.clone())
    }

    fn added(&self) -> Result<(&'a At<String>, &'a Content), SourceError> {
        let (at, content) = self.content(&self.step.content, "content")?;
        if self.before.iter().filter_map(|step| step.op.adds()).any(|name| *name == content.name) {
            return Err(self.place.wrong(at, format!("`{}` is in the layout already", content.name)));
        }
        Ok((at, content))
    }

    fn discover(&self) -> Result<Op, SourceError> {
        let (at, subject) = self.content(&self.step.subject, "subject")?;
        let by = match self.step.by.as_deref() {
            None | Some(By::Digest) => Address::Digest,
            Some(By::Tag) => Address::Tag(self.tag(at, subject)?),
            Some(By::Platform) => self.platform(at, subject)?,
        };
        let expect = self.step.expect.as_ref().ok_or_else(|| self.missing("expect"))?;
        let mut names: Vec<Name> = Vec::new();
        for at in expect.iter() {
            let content = self.named(at)?;
            if content.subject.as_ref() != Some(&subject.name) {
                let message = format!("`{}` does not refer to `{}`", content.name, subject.name);
                return Err(self.place.wrong(at, message));
            }
            if self.comes_later(&content.name) {
                let message = format!("`{}` is not in the layout before this step", content.name);
                return Err(self.place.wrong(at, message));
            }
            if names.contains(&content.name) {
                return Err(self.place.wrong(at, format!("`{}` is expected twice", content.name)));
            }
            names.push(content.name.clone());
        }
        let refers = |c: &&Content| c.subject.as_ref() == Some(&subject.name) && !self.comes_later(&c.name);
        if let Some(left_out) = self.contents.iter().filter(refers).find(|c| !names.contains(&c.name)) {
            let message = format!("`{}` refers to `{}` too", left_out.name, subject.name);
            return Err(self.place.wrong(expect, message));
        }
        Ok(Op::Discover { subject: subject.name.clone(), by, expect: names })
    }

    fn platform(&self, at: &At<String>, child: &Content) -> Result<Address, SourceError> {
        let parent = |c: &&Content| c.tag.is_some() && c.manifests().contains(&child.name);
        let tag = self.contents.iter().find(parent).and_then(|index| index.tag.clone());
        match (&child.kind, tag) {
            (ContentKind::Image { platform, .. }, Some(tag)) => {
                Ok(Address::Platform { tag, platform: platform.clone() })
            }
            _ => {
                let message = format!("`{}` is not an image in an index with a tag", child.name);
                Err(self.place.wrong(at, message))
            }
        }
    }

    fn tag(&self, at: &At<String>, content: &Content) -> Result<String, SourceError> {
        content.tag.clone().ok_or_else(|| {
            let message = format!("`{}` has no tag to be addressed by", content.name);
            self.place.wrong(at, message).with_help("give it a `tag`")
        })
    }

    /// The content that a key of this step names.
    fn content(
        &self,
        value: &'a Option<At<String>>,
        key: &str,
    ) -> Result<(&'a At<String>, &'a Content), SourceError> {
        let at = value.as_ref().ok_or_else(|| self.missing(key))?;
        Ok((at, self.named(at)?))
    }

    fn named(&self, at: &At<String>) -> Result<&'a Content, SourceError> {
        let known = self.contents.iter().map(|content| content.name.as_str());
        self.find(at.as_str()).ok_or_else(|| self.place.unknown(at, "content named", known))
    }

    fn find(&self, name: impl AsRef<str>) -> Option<&'a Content> {
        self.contents.iter().find(|content| content.name == *name.as_ref())
    }

    /// Whether a step adds `name`, but none before this one.
    fn comes_later(&self, name: &Name) -> bool {
        let adds = |step: &StepFile| {
            matches!(*step.op, OpName::Attach | OpName::Push)
                && step.content.as_ref().is_some_and(|content| name.as_str() == content.as_str())
        };
        self.file.step.iter().any(|step| adds(step))
            && !self.before.iter().filter_map(|step| step.op.adds()).any(|added| added == name)
    }

    fn missing(&self, key: &str) -> SourceError {
        self.place.wrong(self.step, format!("this step needs `{key}`"))
    }

    /// Keys that the step's op does not take.
    fn foreign_keys(&self, op: &str) -> Result<(), SourceError> {
        use OpName::{Attach, Copy, Discover, Push};
        let step = self.step;
        self.place.foreign_keys(
            &format!("`{op}`"),
            &*step.op,
            &[
                ("content", step.content.as_ref().map(At::span), &[Attach, Push]),
                ("source", step.source.as_ref().map(At::span), &[Copy]),
                ("subject", step.subject.as_ref().map(At::span), &[Discover]),
                ("by", step.by.as_ref().map(At::span), &[Discover]),
                ("expect", step.expect.as_ref().map(At::span), &[Discover]),
            ],
        )
    }
}
