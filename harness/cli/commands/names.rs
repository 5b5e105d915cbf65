//! Names that people type: ids of drivers, conventions and whatever else has one, or files.
//!
//! Owns: what a name leads to, and what is said where it leads nowhere. Leaves to others: how far a name may be from what it
//! means ([`referee::source::meant`]).

use std::path::Path;

use referee::results::cell_id::BUILTIN;
use referee::runner::catalogue::{self, Catalogue};
use referee::source::{meant, nearest};

use crate::exit::Failed;

/// What else may be named in place of an id.
pub(super) const OR_FILE: &str = "or name a TOML file";

/// The id that a name means among the known ones.
pub(super) fn one_of<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    help: &str,
) -> Result<String, Failed> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(id) = meant(name, known.iter().copied()) {
        return Ok(id.to_owned());
    }
    let advice = match nearest(name, known.iter().copied()) {
        Some(near) => format!(", did you mean `{near}`?"),
        None if help.is_empty() => format!("; there are {}", known.join(", ")),
        None => format!("; there are {}, {help}", known.join(", ")),
    };
    Err(Failed::usage(format!("no {what} is named `{name}`{advice}")))
}

/// The id of a convention that is named by id or by file; a file is added.
pub(super) fn convention(catalogue: &mut Catalogue, name: &str) -> Result<String, Failed> {
    if is_file(name) {
        return Ok(catalogue.add_convention(&catalogue::read(Path::new(name))?)?);
    }
    match meant_convention(catalogue, name) {
        Some(id) => Ok(id.to_owned()),
        None => one_of("convention", name, conventions(catalogue), OR_FILE),
    }
}

/// The id of a driver that is named by id or by file; a file is added.
pub(super) fn driver_or_file(catalogue: &mut Catalogue, name: &str) -> Result<String, Failed> {
    if is_file(name) {
        return Ok(catalogue.add_driver(&catalogue::read(Path::new(name))?)?);
    }
    driver(catalogue, name, OR_FILE)
}

/// The id of a driver that is named by id.
pub(super) fn driver(catalogue: &Catalogue, name: &str, help: &str) -> Result<String, Failed> {
    one_of("driver", name, drivers(catalogue), help)
}

/// The driver that a word means.
pub(super) fn meant_driver<'a>(catalogue: &'a Catalogue, word: &str) -> Option<&'a str> {
    meant(word, drivers(catalogue))
}

/// The convention that a word means, by its id or by one that it had before.
pub(super) fn meant_convention<'a>(catalogue: &'a Catalogue, word: &str) -> Option<&'a str> {
    let former = catalogue.conventions.iter().flat_map(|convention| &convention.former);
    let id = meant(word, conventions(catalogue)).or_else(|| meant(word, former.map(String::as_str)))?;
    Some(catalogue.convention(id)?.id.as_str())
}

/// The ids of conventions.
pub(super) fn conventions(catalogue: &Catalogue) -> impl Iterator<Item = &str> {
    catalogue.conventions.iter().map(|convention| convention.id.as_str())
}

/// The ids of drivers, with the built-in one.
fn drivers(catalogue: &Catalogue) -> impl Iterator<Item = &str> {
    catalogue.drivers.iter().map(|driver| driver.id.as_str()).chain([BUILTIN])
}

/// Whether a name is that of a file.
pub(super) fn is_file(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}
