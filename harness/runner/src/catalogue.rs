//! The catalogue: cases, conventions, drivers and goldens, as shipped and as added by the user.
//!
//! Owns: the embedded files, and the rule that an added file with the id of a shipped one replaces it. Leaves to
//! others: what the files mean.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};
use referee_convention::Convention;
use referee_rules::Profile;
use referee_rules::profile::ProfileFile;
use referee_source::{Source, SourceError};

use crate::case::Case;
use crate::driver::Driver;
use referee_results::cell_id::{BUILTIN, map_conventions};
use referee_results::golden::{Golden, Goldens};

static CASES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../cases/interop");
static CONVENTIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../cases/conventions");
static PROFILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../cases/profiles");
static DRIVERS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../tools/under-test");
static GOLDENS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../golden/interop");

/// Where the shipped drivers come from, in the names of their files.
pub(crate) const SHIPPED_DRIVERS: &str = "tools/under-test";

/// All cases, conventions and drivers of a run.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Cases by id, in order.
    pub cases: Vec<Case>,
    /// Conventions by id, in order.
    pub conventions: Vec<Convention>,
    /// Columns: the plain ones before their variants.
    pub drivers: Vec<Driver>,
    /// The text of every file above, for the suite's digest.
    pub sources: Vec<Source>,
}

/// Why a file cannot be in the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A mistake in a file.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file that cannot be read.
    #[error("read {}: {error}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl Catalogue {
    /// What the binary carries.
    ///
    /// # Errors
    /// A mistake in a shipped file; the tests keep that from happening.
    pub fn shipped() -> Result<Self, CatalogueError> {
        let mut catalogue = Self::conventions_alone()?;
        for source in embedded(&DRIVERS, SHIPPED_DRIVERS) {
            catalogue.add_driver(&source)?;
        }
        for source in embedded(&CASES, "cases/interop") {
            catalogue.add_case(&source)?;
        }
        Ok(catalogue)
    }

    /// The conventions that the binary carries, which are all that reading a layout needs.
    ///
    /// # Errors
    /// Those of [`Catalogue::shipped`].
    pub fn conventions_alone() -> Result<Self, CatalogueError> {
        let mut catalogue =
            Self { cases: Vec::new(), conventions: Vec::new(), drivers: Vec::new(), sources: Vec::new() };
        for source in embedded(&CONVENTIONS, "cases/conventions") {
            catalogue.add_convention(&source)?;
        }
        Ok(catalogue)
    }

    /// Adds a convention and gives its id; one with the same id is replaced.
    ///
    /// # Errors
    /// The first mistake in the file.
    pub fn add_convention(&mut self, source: &Source) -> Result<String, CatalogueError> {
        let convention = Convention::parse(source)?;
        let id = convention.id.clone();
        replace_or_push(&mut self.conventions, convention, |known| known.id == id);
        self.keep(source);
        Ok(id)
    }

    /// Adds a driver's columns and gives its id; one with the same id is replaced.
    ///
    /// # Errors
    /// The first mistake in the file.
    pub fn add_driver(&mut self, source: &Source) -> Result<String, CatalogueError> {
        let mut columns = Driver::load(source)?;
        for driver in &mut columns {
            for known in &mut Arc::make_mut(&mut driver.file).known {
                known.cells = self.current(&known.cells);
            }
        }
        let tool = columns.first().map(|driver| driver.tool().to_owned()).unwrap_or_default();
        self.drivers.retain(|driver| driver.tool() != tool);
        self.drivers.extend(columns);
        self.keep(source);
        Ok(tool)
    }

    /// Adds a case and gives its id; one with the same id is replaced.
    ///
    /// # Errors
    /// The first mistake in the file.
    pub fn add_case(&mut self, source: &Source) -> Result<String, CatalogueError> {
        let case = Case::parse(source)?;
        let id = case.id.clone();
        replace_or_push(&mut self.cases, case, |known| known.id == id);
        self.keep(source);
        Ok(id)
    }

    /// Adds all cases of a folder, in the order of their names, and gives their ids.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or has a mistake.
    pub fn add_cases(&mut self, folder: &Path) -> Result<Vec<String>, CatalogueError> {
        let fail = |error| CatalogueError::Read { path: folder.to_owned(), error };
        let entries = std::fs::read_dir(folder).map_err(fail)?;
        let mut paths: Vec<_> = entries.collect::<Result<Vec<_>, _>>().map_err(fail)?;
        paths.sort_by_key(std::fs::DirEntry::path);
        let files = paths.iter().map(std::fs::DirEntry::path);
        let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
        files.map(|path| self.add_case(&read(&path)?)).collect()
    }

    /// The convention with this id, or that had it before.
    pub fn convention(&self, id: &str) -> Option<&Convention> {
        named(&self.conventions, id)
    }

    /// A pattern over cell ids with the former ids of conventions replaced by those of today; case does not matter in a
    /// pattern.
    pub fn current(&self, pattern: &str) -> String {
        map_conventions(pattern, |id| {
            self.convention(&id.to_lowercase()).map(|convention| convention.id.as_str())
        })
    }

    fn keep(&mut self, source: &Source) {
        replace_or_push(&mut self.sources, source.clone(), |known| known.name() == source.name());
    }
}

/// What was seen before, as the binary carries it.
///
/// # Errors
/// A mistake in a shipped file; the tests keep that from happening.
pub fn goldens() -> Result<Goldens, CatalogueError> {
    goldens_where(|_| true)
}

/// What was seen of released tools: [`goldens`] without those of the built-in reader, which are most of them.
///
/// # Errors
/// As for [`goldens`].
pub fn goldens_of_tools() -> Result<Goldens, CatalogueError> {
    goldens_where(|column| column != BUILTIN)
}

fn goldens_where(wanted: impl Fn(&str) -> bool) -> Result<Goldens, CatalogueError> {
    let mut goldens = Goldens::default();
    for source in embedded(&GOLDENS, "golden/interop") {
        if source.stem().split_once('@').is_some_and(|(column, _)| wanted(column)) {
            goldens.insert(Golden::parse(&source)?);
        }
    }
    Ok(goldens)
}

/// Reads a file that a person wrote.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> Result<Source, CatalogueError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| CatalogueError::Read { path: path.to_owned(), error })?;
    Ok(Source::new(path.display().to_string(), text))
}

/// The shipped profiles, by id.
///
/// # Errors
/// A mistake in a shipped file; the tests keep that from happening.
pub fn profiles() -> Result<Vec<ProfileFile>, CatalogueError> {
    let files = embedded(&PROFILES, "cases/profiles");
    Ok(files.iter().map(ProfileFile::parse).collect::<Result<_, _>>()?)
}

/// The shipped profile of that id.
///
/// # Errors
/// A mistake in a shipped file; the tests keep that from happening.
pub fn shipped_profile(id: &str) -> Result<Option<Profile>, CatalogueError> {
    let source = shipped(&PROFILES, "cases/profiles", id);
    source.map(|source| profile(ProfileFile::parse(&source)?, &source)).transpose()
}

/// A profile, with the convention that it names: a shipped one, or a file beside the profile.
///
/// # Errors
/// There is no such convention, or it has a mistake.
pub fn profile(file: ProfileFile, source: &Source) -> Result<Profile, CatalogueError> {
    let wrong = |why| source.error(source.place(&["convention"]), why);
    let convention = match &file.convention {
        None => None,
        Some(name) if name.ends_with(".toml") => {
            Some(Convention::parse(&read(&Path::new(source.name()).with_file_name(name))?)?)
        }
        Some(name) => {
            let found = shipped_convention(name)?;
            Some(found.ok_or_else(|| wrong(format!("no convention is named `{name}`")))?)
        }
    };
    Ok(file.with(convention))
}

/// The shipped convention of that id, or that had it before.
fn shipped_convention(id: &str) -> Result<Option<Convention>, CatalogueError> {
    match shipped(&CONVENTIONS, "cases/conventions", id) {
        Some(source) => Ok(Some(Convention::parse(&source)?)),
        None => Ok(Catalogue::conventions_alone()?.convention(id).cloned()),
    }
}

/// The convention of that id; if there is none, the one that had it before.
fn named<'a>(conventions: &'a [Convention], id: &str) -> Option<&'a Convention> {
    let current = conventions.iter().find(|convention| convention.id == id);
    current
        .or_else(|| conventions.iter().find(|convention| convention.former.iter().any(|former| former == id)))
}

/// The ids of the shipped profiles, in order.
pub fn profile_ids() -> Vec<String> {
    let sources = embedded(&PROFILES, "cases/profiles");
    let stem = |source: &Source| Some(Path::new(source.name()).file_stem()?.to_str()?.to_owned());
    sources.iter().filter_map(stem).collect()
}

/// The embedded file of that id, which is its stem.
fn shipped(folder: &'static Dir<'_>, name: &str, id: &str) -> Option<Source> {
    let path = format!("{name}/{id}.toml");
    embedded(folder, name).into_iter().find(|source| source.name() == path)
}

/// The TOML files of an embedded folder, in the order of their names; `name` is its path in the repository.
pub fn embedded(folder: &'static Dir<'_>, name: &str) -> Vec<Source> {
    let mut files: Vec<_> = folder.files().collect();
    files.sort_by_key(|file| file.path());
    let files = files.into_iter().filter(|file| file.path().extension().is_some_and(|e| e == "toml"));
    files
        .filter_map(|file| {
            let text = file.contents_utf8()?;
            Some(Source::new(format!("{name}/{}", file.path().display()), text))
        })
        .collect()
}

fn replace_or_push<T>(list: &mut Vec<T>, item: T, same: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|known| same(known)) {
        Some(known) => *known = item,
        None => list.push(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_former_id_leads_to_one_convention() {
        let catalogue = Catalogue::shipped().unwrap();
        let mut ids: Vec<&String> =
            catalogue.conventions.iter().flat_map(|c| c.former.iter().chain([&c.id])).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all);
        assert_eq!(catalogue.convention("oras").unwrap().id, "untagged-entries");
        let typed = "*[producer=oras,convention=fallback+entries,reader=oras*]";
        let current = "*[producer=oras,convention=fallback-tag+entries,reader=untagged-entries*]";
        assert_eq!(catalogue.current(typed), current);
    }
}
