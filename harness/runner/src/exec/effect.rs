//! Postconditions: what each step must have left on disk, whatever the tool says about it.
//!
//! Owns: the checks of what the step was for. Leaves to others: running the step, and what of the rest must have stayed
//! (`before`). A tool that does nothing fails here, a tool's chatter is never read.

use std::path::Path;

use referee_layout::facts::Verified;
use referee_layout::{Facts, Node, Referrer};
use referee_spec::Digest;

use super::before::{Before, whole};
use referee_process::tree;

use super::{Failure, State, Task};
use crate::case::Op;
use referee_results::outcome::Outcome;
use referee_writer::ContentNode;

/// Holds the layout against what the in-crate writer was asked for, and binds the names of all referrers.
pub(super) fn written(state: &mut State, task: Task<'_>) -> Result<(), Failure> {
    let mut there = Vec::new();
    {
        let facts = facts(state, "builtin")?;
        for planned in task.plan.contents.nodes().iter().filter(|node| node.subject.is_some()) {
            let referrer = match facts.node(&planned.digest) {
                Some(node) => node.referrer(),
                None if planned.absent => planned_referrer(planned),
                None => return Err(missing("builtin", planned)),
            };
            there.push((planned.name.to_string(), referrer));
        }
    }
    state.there.extend(there);
    Ok(())
}

/// Holds the layout against what a tool was asked for; binds the name of what it made.
pub(super) fn check(state: &mut State, task: Task<'_>, before: &Before, exact: bool) -> Result<(), Failure> {
    let who = task.binding.driver();
    if let Some(what) = tree::unreadable(&state.layout()) {
        let reason = format!("{who} ended well, but left what cannot be read: {what}");
        return Err(Failure::new(Outcome::Error, reason));
    }
    match &task.step.op {
        Op::Attach { content } | Op::Push { content } => {
            let Some(planned) = task.plan.contents.node(content.as_str()) else {
                return Err(Failure::new(Outcome::Error, format!("the plan has no `{content}`")));
            };
            let exact = exact || matches!(task.step.op, Op::Push { .. });
            let subject = planned.subject.as_ref();
            let subject = subject.and_then(|subject| state.digest(task.plan, subject.name.as_str()));
            let found = {
                let facts = facts(state, who)?;
                if exact {
                    pushed(facts, planned, who)?
                } else {
                    attached(facts, planned, subject.as_ref(), before, who)?
                }
            };
            let facts = facts(state, who)?;
            if let Some(tag) = &planned.tag {
                resolves(facts, tag, &found.digest, who)?;
            }
            if before.is_empty() {
                stored(facts, task, who)?;
            } else if let Some(lost) = before.lost(state, facts, task, planned.tag.as_deref()) {
                return Err(Failure::new(Outcome::Error, format!("{who} ended well, but {lost}")));
            }
            state.there.insert(planned.name.to_string(), found);
            Ok(())
        }
        Op::Copy { tag, .. } => match before.tags.get(tag) {
            Some(digest) => {
                let facts = facts(state, who)?;
                resolves(facts, tag, digest, who)?;
                match before.lost_below(facts, digest) {
                    None => Ok(()),
                    Some(lost) => {
                        let what = format!("the copy lacks {}, which tag {tag} leads to", lost.short());
                        Err(Failure::new(Outcome::Error, format!("{who} ended well, but {what}")))
                    }
                }
            }
            None => Err(Failure::new(Outcome::Error, format!("there was no tag {tag} to copy"))),
        },
        Op::Discover { .. } => Ok(()),
    }
}

fn facts<'a>(state: &'a State, who: &str) -> Result<&'a Facts, Failure> {
    // the path is another one in every run
    let failed = |why: &str| {
        let why = why.replace(&state.layout().display().to_string(), "the folder");
        Failure::new(Outcome::Error, format!("{who} left no layout: {why}"))
    };
    state.facts().map_err(failed)
}

fn missing(who: &str, planned: &ContentNode) -> Failure {
    let (name, digest) = (&planned.name, planned.digest.short());
    let reason = format!("{who} ended well, but `{name}` ({digest}) is not in the layout");
    Failure::new(Outcome::Error, reason)
}

/// A node that the tool had to store byte for byte.
fn pushed(facts: &Facts, planned: &ContentNode, who: &str) -> Result<Referrer, Failure> {
    let node = facts.node(&planned.digest).ok_or_else(|| missing(who, planned))?;
    if node.verified == Verified::No {
        let reason =
            format!("{who} ended well, but the blob of `{}` does not match its digest", planned.name);
        return Err(Failure::new(Outcome::Error, reason));
    }
    match planned.blobs.iter().find(|blob| !whole(facts, &blob.digest)) {
        None => Ok(node.referrer()),
        Some(blob) => {
            let (name, digest) = (&planned.name, blob.digest.short());
            let reason = format!("{who} ended well, but a blob of `{name}` ({digest}) is gone or damaged");
            Err(Failure::new(Outcome::Error, reason))
        }
    }
}

/// What a tool was given to make a layout of, besides the content of the step.
fn stored(facts: &Facts, task: Task<'_>, who: &str) -> Result<(), Failure> {
    let base = task.plan.base();
    for planned in task.plan.contents.nodes().iter().filter(|node| base.contains(&node.name) && !node.absent)
    {
        pushed(facts, planned, who)?;
        let Some(tag) = &planned.tag else { continue };
        // a registry that is given bytes for a tag chooses the algorithm of their digest
        // (distribution-spec, Pushing Manifests)
        let same = |digest: &Digest| digest.matches(&planned.bytes) == Some(true) && whole(facts, digest);
        if !facts.resolve(tag).is_ok_and(|digest| same(&digest)) {
            resolves(facts, tag, &planned.digest, who)?;
        }
    }
    Ok(())
}

/// The one new manifest with the subject, with the artifact type and annotations that were asked for.
fn attached(
    facts: &Facts,
    planned: &ContentNode,
    subject: Option<&Digest>,
    before: &Before,
    who: &str,
) -> Result<Referrer, Failure> {
    let names_subject = |node: &&Node| {
        subject.is_some() && node.subject.as_ref().map(|descriptor| &descriptor.digest) == subject
    };
    let is_new = |node: &&Node| !before.manifests.contains(&node.digest);
    let new: Vec<&Node> = facts.nodes().filter(is_new).filter(names_subject).collect();
    let fail = |what: String| Err(Failure::new(Outcome::Error, format!("{who} ended well, but {what}")));
    let node = match new.as_slice() {
        [node] => *node,
        [] => return fail("the layout has no new manifest that names the subject".to_owned()),
        many => {
            return fail(format!("the layout has {} new manifests that name the subject", many.len()));
        }
    };
    if node.verified == Verified::No {
        return fail("the blob of the new manifest does not match its digest".to_owned());
    }
    let layers = || node.entries.iter().filter_map(|entry| entry.digest());
    if let Some(file) = &planned.file
        && !layers().any(|digest| digest.matches(file.text.as_bytes()) == Some(true))
    {
        return fail("the new manifest has no layer with the file that was given".to_owned());
    }
    let blobs = node.config.iter().map(|config| &config.digest).chain(layers());
    if let Some(lost) = blobs.into_iter().find(|digest| !whole(facts, digest)) {
        return fail(format!("a blob of the new manifest ({}) is not there or damaged", lost.short()));
    }
    let referrer = node.referrer();
    if referrer.artifact_type != planned.artifact_type {
        let got = referrer.artifact_type.as_deref().unwrap_or("none");
        let want = planned.artifact_type.as_deref().unwrap_or("none");
        return fail(format!("the new manifest's artifact type is {got}, not {want}"));
    }
    if let Some((key, _)) =
        planned.annotations.iter().find(|(key, value)| referrer.annotations.get(key) != Some(value))
    {
        return fail(format!("the new manifest lacks the annotation {key} as it was given"));
    }
    Ok(referrer)
}

fn resolves(facts: &Facts, tag: &str, digest: &Digest, who: &str) -> Result<(), Failure> {
    let fail = |what: String| Err(Failure::new(Outcome::Error, format!("{who} ended well, but {what}")));
    match facts.resolve(tag) {
        Ok(found) if found == *digest => match facts.node(digest) {
            Some(_) => Ok(()),
            None => fail(format!("the blob that tag {tag} names is not in the layout")),
        },
        Ok(found) => fail(format!("tag {tag} names {}, not {}", found.short(), digest.short())),
        Err(why) => fail(format!("tag {tag} does not resolve: {why}")),
    }
}

/// What a tool left beside its layout, below the cell's folder: paths from there.
pub(super) fn outside(state: &State) -> Vec<String> {
    let names = |folder: &Path, known: &[&str], prefix: &str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let strange = names.filter(|name| !known.contains(&name.as_str()));
        strange.map(|name| format!("{prefix}{name}")).collect::<Vec<_>>()
    };
    let mut found = names(state.folder(), &["files", "home", "root", "out"], "");
    found.extend(names(&state.folder().join("root"), &["repo"], "root/"));
    found.sort();
    found
}

/// The descriptor of a referrer that is listed but not there.
fn planned_referrer(planned: &ContentNode) -> Referrer {
    Referrer {
        digest: planned.digest.clone(),
        media_type: planned.media_type.to_owned(),
        size: planned.bytes.len() as u64,
        artifact_type: planned.artifact_type.clone(),
        annotations: planned.annotations.clone().into(),
    }
}
