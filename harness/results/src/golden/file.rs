//! The file of a golden: `golden/interop/<column>@<version>.toml`.
//!
//! Owns: its form, read and written, with every mistake at its line. Leaves to others: setting a grid ([`super::grid`]).
//!
//! The cells of a tool are one grid: rows are cases, with who copied between writing and reading, and columns are who wrote. Those of
//! the built-in reader are a grid for each case: rows are who wrote, and columns are the conventions that read. Where others
//! had the layout in between, they are a grid for each convention that read, as those of a tool are, and one for the convention that
//! also wrote, whichever that is. What a
//! word says beyond its outcome stands once for each case, under `[words]`; where one outcome comes with several such
//! details in a case, the rarer ones have words of their own, such as `altered-2`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use referee_source::{Source, SourceError};
use serde::Deserialize;

use super::grid::{self, Word};
use super::words::{Legend, Words, key, quoted, recorded};
use super::{BUILTIN, Golden};
use crate::cell_id::{Binding, CellId, bare};
use crate::role::Role;

/// The version of this file format.
const SCHEMA: u32 = 2;

/// The label of who wrote, in a case of one role.
const NOBODY: &str = "-";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    tool: String,
    version: String,
    #[serde(default)]
    with: BTreeMap<String, String>,
    #[serde(default)]
    words: Legend,
    #[serde(default)]
    grids: BTreeMap<String, String>,
}

/// The grid of chains in which the built-in reader reads by the convention of the built-in writer. Its space keeps it from being
/// a case.
const OWN: &str = "own convention";

/// Where a cell stands.
struct Place {
    grid: String,
    row: String,
    column: String,
}

impl Golden {
    /// Reads a golden file.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let file: File = source.parse()?;
        if file.schema != SCHEMA {
            let message = format!("schema {} is not known, expected {SCHEMA}", file.schema);
            return Err(source.error(source.place(&["schema"]), message));
        }
        let mut golden =
            Self { tool: file.tool, version: file.version, with: file.with, cells: BTreeMap::new() };
        for (name, text) in &file.grids {
            // where the grid begins is looked up only to tell a mistake: it takes reading the whole file again
            let mistake = |at: Range<usize>, what| {
                let start = begin(source, name);
                source.error(start + at.start..start + at.end, what)
            };
            let words = grid::parse(text).map_err(|wrong| mistake(wrong.at, wrong.what))?;
            for word in words {
                let wrong = |what| mistake(word.at.clone(), what);
                let id = golden.cell(name, &word).map_err(wrong)?;
                let recorded = recorded(&file.words, &id, word.word).map_err(wrong)?;
                if !golden.has_versions_for(&id) {
                    return Err(wrong(format!("[with] has no version of every other tool of {id}")));
                }
                if golden.cells.insert(id, recorded).is_some() {
                    return Err(wrong("this cell is here a second time".to_owned()));
                }
            }
        }
        Ok(golden)
    }

    /// The name of the file under `golden/interop/`.
    pub fn file_name(&self) -> String {
        format!("{}@{}.toml", self.tool, self.version)
    }

    /// The file's text; the same for the same cells.
    pub fn render(&self) -> String {
        let Self { tool, version, .. } = self;
        let axes = if self.is_by_case() {
            "A grid for each case: rows wrote, columns read. Of what others had in between, a grid for each\n\
             # convention that read: rows are cases, columns wrote."
        } else {
            "Rows are cases, columns wrote."
        };
        let mut text = format!(
            "# What was seen, and approved. Written by `referee run --bless`; review it in diffs.\n\
             # {axes} `.` never ran.\n\
             schema  = {SCHEMA}\ntool    = {}\nversion = {}\n",
            quoted(tool),
            quoted(version)
        );
        if !self.with.is_empty() {
            text.push_str("\n# the versions of the other tools\n[with]\n");
            for (tool, version) in &self.with {
                let _ = writeln!(text, "{} = {}", key(tool), quoted(version));
            }
        }
        let words = Words::of(self.cells());
        text.push_str(&words.legend());
        text.push_str("\n[grids]\n");
        let mut grids: BTreeMap<String, BTreeMap<(String, String), String>> = BTreeMap::new();
        for (id, recorded) in self.cells() {
            let Place { grid, row, column } = self.place(id);
            grids.entry(grid).or_default().insert((row, column), words.word(id, recorded));
        }
        for (name, words) in grids {
            let rows = sorted(words.keys().map(|(row, _)| row));
            let columns = sorted(words.keys().map(|(_, column)| column));
            let word = |row: &str, column: &str| words.get(&(row.to_owned(), column.to_owned())).cloned();
            let _ = write!(text, "{} = '''\n{}'''\n\n", key(&name), grid::render(&rows, &columns, word));
        }
        text.truncate(text.trim_end().len());
        text + "\n"
    }

    /// Whether each case has a grid of its own: the built-in reader has a column for each convention.
    fn is_by_case(&self) -> bool {
        self.tool == BUILTIN
    }

    fn place(&self, id: &CellId) -> Place {
        let (reader, rest) =
            id.roles().split_last().map_or((None, &[][..]), |(last, rest)| (Some(last), rest));
        let (writer, between) = rest.split_first().map_or((None, &[][..]), |(one, rest)| (Some(one), rest));
        let question = CellId::new(id.case(), between.to_vec()).to_string();
        let is_own = matches!(
            (writer, reader),
            (Some((Role::Producer, Binding::Builtin(one))), Some((Role::Consumer, Binding::Builtin(other)))) if one == other
        );
        let (writer, reader) = (label(writer, Role::Producer), label(reader, Role::Consumer));
        match self.is_by_case() {
            true if between.is_empty() => Place { grid: question, row: writer, column: reader },
            true if is_own => Place { grid: OWN.to_owned(), row: question, column: writer },
            _ => Place { grid: reader, row: question, column: writer },
        }
    }

    /// The cell that a word in a grid is about.
    fn cell(&self, grid: &str, word: &Word<'_>) -> Result<CellId, String> {
        let (question, writer, reader) = match self.is_by_case() {
            true if grid == OWN => (word.row, word.column, word.column),
            true if !is_by_reader(grid) => (grid, word.row, word.column),
            _ => (word.row, word.column, grid),
        };
        let question: CellId = question.parse().map_err(|error| format!("`{question}`: {error}"))?;
        let mut roles = Vec::from_iter(role(writer, Role::Producer)?);
        roles.extend_from_slice(question.roles());
        roles.extend(role(reader, Role::Consumer)?);
        let id = CellId::new(question.case(), roles);
        // names are read as strictly as in any id
        id.to_string().parse().map_err(|error| format!("`{id}`: {error}"))
    }
}

/// Whether a grid of the built-in reader is of one convention that read, and not of a case.
fn is_by_reader(grid: &str) -> bool {
    bare(grid.split_once('=').map_or(grid, |(_, label)| label)).is_some()
}

/// The label of an end of a cell; the role is said where it is not the usual one.
fn label(end: Option<&(Role, Binding)>, usual: Role) -> String {
    match end {
        None => NOBODY.to_owned(),
        Some((role, binding)) if *role == usual => binding.label(),
        Some((role, binding)) => format!("{role}={}", binding.label()),
    }
}

fn role(label: &str, usual: Role) -> Result<Option<(Role, Binding)>, String> {
    if label == NOBODY {
        return Ok(None);
    }
    let (role, label) = match label.split_once('=') {
        Some((role, label)) => (role.parse::<Role>().map_err(|error| error.to_string())?, label),
        None => (usual, label),
    };
    Ok(Some((role, Binding::of_label(label))))
}

/// Tools before conventions, each in the order of their names.
fn sorted<'a>(labels: impl Iterator<Item = &'a String>) -> Vec<String> {
    let labels: BTreeSet<(bool, &String)> = labels.map(|label| (bare(label).is_some(), label)).collect();
    labels.into_iter().map(|(_, label)| label.clone()).collect()
}

/// The byte of the file at which the text of a grid begins.
fn begin(source: &Source, grid: &str) -> usize {
    let span = source.place(&["grids", grid]);
    let value = source.text().get(span.clone()).unwrap_or_default();
    let quotes = value.bytes().take_while(|byte| matches!(byte, b'\'' | b'"')).count();
    span.start + quotes + usize::from(value[quotes..].starts_with('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::Recorded;
    use crate::outcome::Outcome;

    fn id(text: &str) -> CellId {
        text.parse().unwrap()
    }

    fn saw(outcome: Outcome, sees: &[&str]) -> Recorded {
        let sees = sees.iter().map(|&name| name.to_owned()).collect();
        Recorded { outcome, sees, altered: Vec::new(), among: BTreeSet::new() }
    }

    fn of_a_tool() -> Golden {
        let mut golden = Golden::new("oras", "1.3.6");
        let none = BTreeSet::new();
        let with = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
        let seen = || saw(Outcome::Seen, &["sbom"]);
        golden.insert(id("a[producer=builtin,consumer=oras,convention=raw]"), &none, seen());
        golden.insert(id("a[producer=builtin,consumer=oras,convention=x+y]"), &none, seen());
        let other = Recorded { altered: vec!["sbom.size".to_owned()], ..saw(Outcome::Altered, &["sbom"]) };
        golden.insert(id("a[producer=oras,consumer=oras]"), &with(&["oras@1.3.6"]), other);
        golden.insert(
            id("b[producer=builtin,copier=regctl+old,consumer=oras,convention=raw]"),
            &with(&["regctl+old@0.8.3"]),
            saw(Outcome::Seen, &["one", "two"]),
        );
        for (convention, sees) in
            [("raw", &["sbom"][..]), ("x", &["sbom"]), ("y", &["sbom", "two"]), ("z", &[])]
        {
            let cell = id(&format!("c[producer=builtin,consumer=oras,convention={convention}]"));
            golden.insert(cell, &none, saw(Outcome::Refused, sees));
        }
        let among = BTreeSet::from([Outcome::Seen, Outcome::Missed]);
        let flaky = Recorded { among, ..saw(Outcome::Flaky, &[]) };
        golden.insert(id("c[producer=oras,consumer=oras]"), &with(&["oras@1.3.6"]), flaky);
        // ends that are not the usual ones
        golden.insert(id("d[mutator=regctl+old,consumer=oras]"), &with(&["regctl+old@0.8.3"]), seen());
        golden.insert(id("e[mutator=oras]"), &none, seen());
        golden
    }

    #[test]
    fn a_golden_of_a_tool_reads_back() {
        let golden = of_a_tool();
        let text = golden.render();
        let expected = r#"# What was seen, and approved. Written by `referee run --bless`; review it in diffs.
# Rows are cases, columns wrote. `.` never ran.
schema  = 2
tool    = "oras"
version = "1.3.6"

# the versions of the other tools
[with]
"regctl+old" = "0.8.3"

# what a word says of a case beyond its outcome
[words]
a.seen = { sees = ["sbom"] }
a.altered = { sees = ["sbom"], altered = ["sbom.size"] }
b.seen = { sees = ["one", "two"] }
c.refused = { sees = ["sbom"] }
c.refused-2 = {}
c.refused-3 = { sees = ["sbom", "two"] }
c.flaky = { among = ["seen", "missed"] }
d.seen = { sees = ["sbom"] }
e.seen = { sees = ["sbom"] }

[grids]
"mutator=oras" = '''
   -
e  seen
'''

oras = '''
                      mutator=regctl+old      as x    as x+y  as y      as z
                      |       oras    as raw  |       |       |         |
a                     .       altered seen    .       seen    .         .
b[copier=regctl+old]  .       .       seen    .       .       .         .
c                     .       flaky   refused refused .       refused-3 refused-2
d                     seen    .       .       .       .       .         .
'''
"#;
        let source = Source::new("golden.toml", text.as_str());
        assert_eq!(Golden::parse(&source), Ok(golden), "{text}");
        assert_eq!(text, expected, "{text}");
    }

    #[test]
    fn the_in_crate_reader_has_a_grid_for_each_case() {
        let mut golden = Golden::new(BUILTIN, "1");
        for (writer, reader, outcome) in
            [("raw", "raw", Outcome::Seen), ("raw", "x", Outcome::Missed), ("x", "x", Outcome::Seen)]
        {
            let cell = format!("a[producer=builtin,consumer=builtin,convention={writer},reader={reader}]");
            golden.insert(id(&cell), &BTreeSet::new(), saw(outcome, &[]));
        }
        let text = golden.render();
        assert!(
            text.ends_with(
                "a = '''\n        as raw  as x\nas raw  seen    missed\nas x    .       seen\n'''\n"
            ),
            "{text}"
        );
        assert_eq!(Golden::parse(&Source::new("golden.toml", text)), Ok(golden));
    }

    /// Of twenty ways and as many conventions, each would be a grid of nearly nothing.
    #[test]
    fn chains_of_the_built_in_reader_are_a_grid_for_each_reader() {
        let mut golden = Golden::new(BUILTIN, "1");
        let with = BTreeSet::from(["oras@1.3.6".to_owned()]);
        for case in ["copy", "gc"] {
            for (writer, reader) in [("x", "x"), ("x", "raw"), ("raw", "raw"), ("y", "y")] {
                let cell = format!(
                    "{case}[producer=builtin,copier=oras,registry=oras,consumer=builtin,convention={writer},reader={reader}]"
                );
                golden.insert(id(&cell), &with, saw(Outcome::Seen, &[]));
            }
        }
        golden.insert(
            id("copy[producer=oras,mutator=oras,consumer=builtin,reader=x]"),
            &with,
            saw(Outcome::Missed, &[]),
        );
        let text = golden.render();
        let grids = r#"[grids]
"as raw" = '''
                                 as x
copy[copier=oras,registry=oras]  seen
gc[copier=oras,registry=oras]    seen
'''

"as x" = '''
                    oras
copy[mutator=oras]  missed
'''

"own convention" = '''
                                 as raw  as x    as y
copy[copier=oras,registry=oras]  seen    seen    seen
gc[copier=oras,registry=oras]    seen    seen    seen
'''
"#;
        assert!(text.ends_with(grids), "{text}");
        assert_eq!(Golden::parse(&Source::new("golden.toml", text.as_str())), Ok(golden), "{text}");
        let broken = text.replace("copy[mutator=oras]", "copy[mutator=Oras]");
        let error = Golden::parse(&Source::new("golden.toml", broken.clone())).unwrap_err();
        assert!(broken.lines().nth(error.line() - 1).unwrap().starts_with("copy[mutator=Oras]"), "{error:?}");
        assert!(error.message.contains("`Oras` is no id"), "{error:?}");
    }

    #[test]
    fn a_mistake_is_shown_at_its_line() {
        let text = of_a_tool().render();
        let error = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            let broken = text.replacen(from, to, 1);
            let error = Golden::parse(&Source::new("golden.toml", broken.clone())).unwrap_err();
            let line = broken.lines().nth(error.line() - 1).unwrap_or_default().to_owned();
            (line, error.message)
        };
        let (line, what) = error("\na    ", "\na x  ");
        assert!(line.starts_with("a x"), "{line}");
        assert_eq!(
            what,
            "`a x`: `a x` is no id: lower case letters and digits, with single `-`, `+`, `.` or `_` between them"
        );
        let (line, what) = error("flaky  ", "maybe  ");
        assert!(line.starts_with("c ") && what == "`maybe` is no outcome", "{line} {what}");
        let (line, what) = error("c.refused-3 =", "c.refused-4 =");
        assert!(
            line.starts_with("c ") && what == "[words] does not tell what `refused-3` is in `c`",
            "{line} {what}"
        );
        let (line, what) = error("flaky  ", "flaky ");
        assert!(line.starts_with("c ") && what.contains("below one head each"), "{line} {what}");
        let (line, what) = error("\"regctl+old\" = \"0.8.3\"", "regctl = \"0.8.3\"");
        assert!(line.starts_with("b[") && what.contains("[with] has no version"), "{line} {what}");
        let (line, what) = error("schema  = 2", "schema  = 1");
        assert_eq!((line.as_str(), what.as_str()), ("schema  = 1", "schema 1 is not known, expected 2"));
        let (line, _) = error("tool    =", "tol     =");
        assert!(line.starts_with("tol"), "{line}");
    }
}
