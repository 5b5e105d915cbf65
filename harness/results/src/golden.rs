//! Goldens: what was seen of a reader in a certain version, and approved.
//!
//! Owns: the one form in which they are kept, one file per column and version under `golden/interop/`, one line
//! per cell. Leaves to others: holding a cell against its line ([`crate::judge`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use referee_source::{Source, SourceError};
use serde::Deserialize;

use crate::outcome::Outcome;

/// All goldens, by column and version of the tool that has the last word in a cell.
#[derive(Debug, Clone, Default)]
pub struct Goldens(BTreeMap<(String, String), Golden>);

/// What was seen of one column in one version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Golden {
    /// The version of this file format: 1.
    pub schema: u32,
    /// The column, such as `regctl+slow`.
    pub tool: String,
    /// The tool's version.
    pub version: String,
    /// Cells by id.
    #[serde(default)]
    pub cells: BTreeMap<String, Line>,
}

/// What was seen in one cell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Line {
    /// The outcome; `flaky` where runs differ.
    pub outcome: Outcome,
    /// The other tools of the cell with their versions, such as `oras@1.3.6`.
    #[serde(default)]
    pub with: BTreeSet<String>,
    /// The case's names of the referrers that were answered.
    #[serde(default)]
    pub sees: Vec<String>,
    /// Fields that differed, as `name.field`.
    #[serde(default)]
    pub altered: Vec<String>,
    /// With `flaky`: the outcomes that were seen.
    #[serde(default)]
    pub among: BTreeSet<Outcome>,
}

impl Golden {
    /// Reads a golden file.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let golden: Self = source.parse()?;
        if golden.schema != 1 {
            return Err(source.error(0..0, format!("schema {} is not known, expected 1", golden.schema)));
        }
        Ok(golden)
    }

    /// The name of the file under `golden/interop/`.
    pub fn file_name(&self) -> String {
        format!("{}@{}.toml", self.tool, self.version)
    }

    /// The file's text: stable, one line per cell.
    pub fn render(&self) -> String {
        let mut text = String::from(
            "# What was seen, and approved. Written by `referee run --bless`; review it in diffs.\n",
        );
        let _ =
            writeln!(text, "schema  = 1\ntool    = {:?}\nversion = {:?}\n\n[cells]", self.tool, self.version);
        for (id, line) in &self.cells {
            let _ = write!(text, "{id:?} = {{ outcome = \"{}\"", line.outcome);
            let list = |name: &str, items: &mut dyn Iterator<Item = String>| {
                let items: Vec<_> = items.map(|item| format!("{item:?}")).collect();
                if items.is_empty() { String::new() } else { format!(", {name} = [{}]", items.join(", ")) }
            };
            text.push_str(&list("sees", &mut line.sees.iter().cloned()));
            text.push_str(&list("altered", &mut line.altered.iter().cloned()));
            text.push_str(&list("among", &mut line.among.iter().map(ToString::to_string)));
            text.push_str(&list("with", &mut line.with.iter().cloned()));
            text.push_str(" }\n");
        }
        text
    }
}

impl Goldens {
    /// Adds a golden; one of the same column and version is replaced.
    pub fn insert(&mut self, golden: Golden) {
        self.0.insert((golden.tool.clone(), golden.version.clone()), golden);
    }

    /// What was seen of `tool` at `version`.
    pub fn get(&self, tool: &str, version: &str) -> Option<&Golden> {
        self.0.get(&(tool.to_owned(), version.to_owned()))
    }

    /// All goldens in order.
    pub fn iter(&self) -> impl Iterator<Item = &Golden> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_golden_reads_back() {
        let line = Line {
            outcome: Outcome::Altered,
            with: BTreeSet::from(["oras@1.3.6".to_owned()]),
            sees: vec!["sbom".to_owned()],
            altered: vec!["sbom.annotations".to_owned()],
            among: BTreeSet::new(),
        };
        let golden = Golden {
            schema: 1,
            tool: "regctl+slow".to_owned(),
            version: "0.11.7".to_owned(),
            cells: BTreeMap::from([("a[consumer=regctl+slow]".to_owned(), line)]),
        };
        let source = Source::new("golden.toml", golden.render());
        assert_eq!(Golden::parse(&source), Ok(golden));
    }
}
