//! From the TOML form of a case to its decided form.
//!
//! Owns: the checks on the file as a whole (id, requirements, axes, expectations), the words of the mistakes
//! that all checks share, and the order of the checks. Leaves to others: content and steps (its two children).

mod content;
mod steps;

use std::collections::BTreeSet;
use std::ops::Range;

use referee_rules::requirement;
use referee_source::is_id;
use referee_source::{Source, SourceError};

use super::file::ExpectFile;
use super::grammar::is_driver_glob;
use super::spanned::At;
use super::{Case, CaseFile, Expect, Op};
use referee_source::nearest;

/// Checks `file` and resolves its names.
pub(crate) fn case(source: &Source, file: CaseFile) -> Result<Case, SourceError> {
    let place = Place(source);
    if *file.schema != 1 {
        return Err(place.wrong(&file.schema, format!("schema {} is not known, expected 1", *file.schema)));
    }
    if !is_id(&file.id) || file.id.contains(['.', '_', '+']) {
        return Err(place.wrong(&file.id, format!("`{}` is not an id, expected kebab case", *file.id)));
    }
    if *file.id != source.stem() {
        let message = format!("id `{}` is not the file's stem, expected `{}`", *file.id, source.stem());
        return Err(place.wrong(&file.id, message));
    }
    if file.title.trim().is_empty() {
        return Err(place.wrong(&file.title, "the title is empty, expected the question as a sentence"));
    }
    if file.req.is_empty() {
        return Err(place.wrong(&file.req, "`req` is empty, expected at least one requirement id"));
    }
    let req = place.requirements(&file.req)?;
    let content = content::all(place, &file.content)?;
    let steps = steps::all(place, &file, &content)?;
    for (role, globs) in &file.axes {
        if !steps.iter().any(|step| step.role == *role) {
            return Err(place.wrong(globs, "this axis restricts a role that no step has"));
        }
        if globs.is_empty() {
            return Err(place.wrong(globs, "no driver is left; leave the axis out to allow every driver"));
        }
        if let Some(glob) = globs.iter().find(|glob| !is_driver_glob(glob)) {
            return Err(place.wrong(glob, format!("`{}` is neither a driver id nor a glob", **glob)));
        }
    }
    let expects = expects(place, &file.expect, &steps)?;
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
    content::all(Place(source), files)
}

/// The requirements that a file which is no case cites.
///
/// # Errors
/// The first id that is no requirement, or that is cited twice.
pub fn requirements_of(source: &Source, ids: &[At<String>]) -> Result<Vec<String>, SourceError> {
    Place(source).requirements(ids)
}

fn expects(
    place: Place<'_>,
    files: &[At<ExpectFile>],
    steps: &[super::Step],
) -> Result<Vec<Expect>, SourceError> {
    let mut seen = BTreeSet::new();
    let mut expects = Vec::new();
    for file in files {
        if !seen.insert(*file.cells) {
            return Err(place.wrong(&file.cells, "these cells have an expectation already"));
        }
        if !steps.iter().any(|step| matches!(step.op, Op::Discover { .. })) {
            return Err(place.wrong(file, "an expectation needs a `discover` step to be about"));
        }
        let req = place.requirements(&file.req)?;
        expects.push(Expect { cells: *file.cells, outcome: file.outcome, req });
    }
    Ok(expects)
}

/// A key that only some kinds of a thing take, and where it is if it is there.
type Key<'a, K> = (&'static str, Option<Range<usize>>, &'a [K]);

/// Where mistakes are.
#[derive(Clone, Copy)]
struct Place<'a>(&'a Source);

impl Place<'_> {
    fn wrong<T>(self, at: &At<T>, message: impl Into<String>) -> SourceError {
        self.wrong_at(at.span(), message)
    }

    fn wrong_at(self, span: Range<usize>, message: impl Into<String>) -> SourceError {
        self.0.error(span, message)
    }

    /// A name that leads nowhere; `known` are those that do.
    fn unknown<'a>(
        self,
        at: &At<String>,
        what: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> SourceError {
        let known: Vec<&str> = known.into_iter().collect();
        let error = self.wrong(at, format!("there is no {what} `{}`", **at));
        match nearest(at, known.iter().copied()) {
            Some(near) => error.with_help(format!("did you mean `{near}`?")),
            None if known.is_empty() || known.len() > 20 => error,
            None => error.with_help(format!("expected one of `{}`", known.join("`, `"))),
        }
    }

    /// Refuses the first key that `what`, a `kind`, does not take.
    fn foreign_keys<K: PartialEq>(
        self,
        what: &str,
        kind: &K,
        keys: &[Key<'_, K>],
    ) -> Result<(), SourceError> {
        match keys.iter().find(|(_, span, kinds)| span.is_some() && !kinds.contains(kind)) {
            Some((key, span, _)) => {
                Err(self.wrong_at(span.clone().unwrap_or_default(), format!("{what} takes no `{key}`")))
            }
            None => Ok(()),
        }
    }

    fn requirements(self, ids: &[At<String>]) -> Result<Vec<String>, SourceError> {
        let known = || {
            let all = requirement::all().iter().map(|requirement| requirement.id.as_str());
            all.chain(requirement::ambiguities().iter().map(|ambiguity| ambiguity.id.as_str()))
        };
        let mut req: Vec<String> = Vec::new();
        for id in ids {
            if !requirement::exists(id) {
                return Err(self.unknown(id, "requirement", known()));
            }
            if req.contains(id) {
                return Err(self.wrong(id, format!("requirement `{}` is cited twice", **id)));
            }
            req.push((**id).clone());
        }
        Ok(req)
    }
}
