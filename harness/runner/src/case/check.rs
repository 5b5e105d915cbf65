//! From the TOML form of a case to its decided form.
//!
//! Owns: the checks on the file as a whole (id, requirements, axes, expectations, what no step is about), and the order of
//! the checks. Leaves to others: content (its child) and steps ([`crate::operation`]).

mod content;

use std::collections::BTreeSet;

use referee_rules::requirement;
use referee_source::{At, Source, SourceError, is_id};

use super::file::ExpectFile;
use super::grammar::is_driver_glob;
use super::{Case, CaseFile, Expect};
use crate::operation::{Step, StepReader};

/// Checks `file` and resolves its names.
pub(crate) fn case(source: &Source, file: CaseFile) -> Result<Case, SourceError> {
    if *file.schema != 1 {
        return Err(source.wrong(&file.schema, format!("schema {} is not known, expected 1", *file.schema)));
    }
    if !is_id(&file.id) || file.id.contains(['.', '_', '+']) {
        return Err(source.wrong(&file.id, format!("`{}` is not an id, expected kebab case", *file.id)));
    }
    if *file.id != source.stem() {
        let message = format!("id `{}` is not the file's stem, expected `{}`", *file.id, source.stem());
        return Err(source.wrong(&file.id, message));
    }
    if file.title.trim().is_empty() {
        return Err(source.wrong(&file.title, "the title is empty, expected the question as a sentence"));
    }
    if file.req.is_empty() {
        return Err(source.wrong(&file.req, "`req` is empty, expected at least one requirement id"));
    }
    let req = requirements_of(source, &file.req)?;
    let content = content::all(source, &file.content)?;
    let steps = StepReader::all(source, &file.step, &file.axes, &content)?;
    discovers_something(source, &file, &steps)?;
    all_is_made(source, &file, &steps)?;
    for (role, globs) in &file.axes {
        if !steps.iter().any(|step| step.role() == *role) {
            return Err(source.wrong(globs, "this axis restricts a role that no step has"));
        }
        if globs.is_empty() {
            return Err(source.wrong(globs, "no driver is left; leave the axis out to allow every driver"));
        }
        if let Some(glob) = globs.iter().find(|glob| !is_driver_glob(glob)) {
            return Err(source.wrong(glob, format!("`{}` is neither a driver id nor a glob", **glob)));
        }
    }
    let repeat = file.repeat.as_ref();
    if let Some(repeat) = repeat.filter(|repeat| !(1..=100).contains(&***repeat)) {
        return Err(source.wrong(repeat, format!("{} is not from 1 to 100", **repeat)));
    }
    let expects = expects(source, &file.expect, &steps)?;
    let words = |list: &[At<String>]| list.iter().map(|word| (**word).clone()).collect();
    Ok(Case {
        id: (*file.id).clone(),
        title: (*file.title).clone(),
        why: file.why,
        status: file.status,
        level: file.level,
        req,
        tags: words(&file.tags),
        content,
        axes: file.axes.iter().map(|(role, globs)| (*role, words(globs))).collect(),
        repeat: repeat.map_or(1, |repeat| **repeat),
        steps,
        expects,
        source: source.clone(),
    })
}

/// The content of a file that is no case.
///
/// # Errors
/// The first mistake, at its line.
pub fn content_of(
    source: &Source,
    files: &[super::ContentFile],
) -> Result<Vec<referee_writer::Content>, SourceError> {
    content::all(source, files)
}

/// The requirements that a file which is no case cites.
///
/// # Errors
/// The first id that is no requirement, or that is cited twice.
pub fn requirements_of(source: &Source, ids: &[At<String>]) -> Result<Vec<String>, SourceError> {
    let known = || {
        let all = requirement::all().iter().map(|requirement| requirement.id.as_str());
        all.chain(requirement::ambiguities().iter().map(|ambiguity| ambiguity.id.as_str()))
    };
    let mut req: Vec<String> = Vec::new();
    for id in ids {
        if !requirement::exists(id) {
            return Err(source.unknown(id, "requirement", known()));
        }
        if req.contains(id) {
            return Err(source.wrong(id, format!("requirement `{}` is cited twice", **id)));
        }
        req.push((**id).clone());
    }
    Ok(req)
}

fn expects(source: &Source, files: &[At<ExpectFile>], steps: &[Step]) -> Result<Vec<Expect>, SourceError> {
    let mut seen = BTreeSet::new();
    let mut expects = Vec::new();
    for file in files {
        if !seen.insert(*file.cells) {
            return Err(source.wrong(&file.cells, "these cells have an expectation already"));
        }
        if !steps.iter().any(|step| step.question().is_some()) {
            return Err(source.wrong(file, "an expectation needs a `discover` step to be about"));
        }
        let req = requirements_of(source, &file.req)?;
        expects.push(Expect { cells: *file.cells, outcome: file.outcome, req });
    }
    Ok(expects)
}

/// The control: an empty answer is right only from a tool that also gives one that is not empty.
fn discovers_something(source: &Source, file: &CaseFile, steps: &[Step]) -> Result<(), SourceError> {
    let asks =
        |step: &Step, nothing: bool| step.question().is_some_and(|asked| asked.expect.is_empty() == nothing);
    if steps.iter().any(|step| asks(step, false)) {
        return Ok(());
    }
    match file.step.iter().zip(steps).find(|(_, step)| asks(step, true)) {
        Some((at, _)) => {
            let message = "a tool that does nothing passes this: every `discover` expects nothing";
            let error = source.error(at.span_of("expect").unwrap_or_else(|| at.span()), message);
            Err(error.with_help("add a `discover` step whose `expect` is not empty"))
        }
        None => Ok(()),
    }
}

/// Each referrer is made by a step, or is a child of an index: a tool knows no other.
fn all_is_made(source: &Source, file: &CaseFile, steps: &[Step]) -> Result<(), SourceError> {
    for content in &file.content {
        let Some(subject) = &content.subject else {
            continue;
        };
        let made = steps.iter().filter_map(|step| step.adds.as_ref()).any(|name| *name == **content.name);
        let mut lists = file.content.iter().filter_map(|other| other.manifests.as_ref());
        let is_child = lists.any(|list| list.iter().any(|name| **name == *content.name));
        if !made && !is_child {
            let message = format!("no step attaches or pushes `{}`, so no tool would know it", *content.name);
            return Err(source.wrong(subject, message));
        }
    }
    Ok(())
}
