//! The words of a golden: an outcome, and by case what it consists of.
//!
//! Owns: which details the plain word of an outcome stands for, and the words of the others. Leaves to others: where words stand
//! ([`super::grid`]) and the file around them ([`super::file`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::cell_id::CellId;
use crate::observation::Recorded;
use crate::outcome::Outcome;

/// What words say beyond their outcomes, by case and word.
pub(super) type Legend = BTreeMap<String, BTreeMap<String, Details>>;

/// What a word says beyond its outcome.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    #[serde(default)]
    sees: Vec<String>,
    #[serde(default)]
    altered: Vec<String>,
    #[serde(default)]
    among: BTreeSet<Outcome>,
}

/// What a word in a grid stands for.
pub(super) fn recorded(words: &Legend, id: &CellId, word: &str) -> Result<Recorded, String> {
    let details = words.get(id.case()).and_then(|words| words.get(word));
    let (name, numbered) = match word.rsplit_once('-') {
        Some((name, _)) => (name, true),
        None => (word, false),
    };
    let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == name);
    let outcome = outcome.ok_or_else(|| format!("`{name}` is no outcome"))?;
    let Details { sees, altered, among } = match details {
        Some(details) => details.clone(),
        None if numbered => return Err(format!("[words] does not tell what `{word}` is in `{}`", id.case())),
        None => Details::default(),
    };
    Ok(Recorded { outcome, sees, altered, among })
}

/// The words of a golden: by case and outcome, its details, those of the plain word first.
pub(super) struct Words<'a>(BTreeMap<(&'a str, Outcome), Vec<Details>>);

impl<'a> Words<'a> {
    pub(super) fn of(cells: impl Iterator<Item = (&'a CellId, &'a Recorded)>) -> Self {
        let mut counts: BTreeMap<(&str, Outcome), BTreeMap<Details, usize>> = BTreeMap::new();
        for (id, recorded) in cells {
            let counts = counts.entry((id.case(), recorded.outcome)).or_default();
            *counts.entry(Details::of(recorded)).or_insert(0) += 1;
        }
        let order = |counts: BTreeMap<Details, usize>| {
            // the most frequent has the plain word; the others stay in one order, whatever their numbers
            let most = counts.values().copied().max();
            let mut details: Vec<Details> = counts.keys().cloned().collect();
            if let Some(at) = counts.values().position(|count| Some(*count) == most) {
                let plain = details.remove(at);
                details.insert(0, plain);
            }
            details
        };
        Self(counts.into_iter().map(|(key, counts)| (key, order(counts))).collect())
    }

    pub(super) fn word(&self, id: &CellId, recorded: &Recorded) -> String {
        let details = self.0.get(&(id.case(), recorded.outcome));
        let at = details.and_then(|details| details.iter().position(|one| *one == Details::of(recorded)));
        numbered(recorded.outcome, at.unwrap_or(0))
    }

    /// The part of the file that tells what words say beyond their outcomes.
    pub(super) fn legend(&self) -> String {
        let mut text = String::new();
        for ((case, outcome), details) in &self.0 {
            for (at, details) in
                details.iter().enumerate().filter(|(at, details)| *at > 0 || **details != Details::default())
            {
                let _ = writeln!(text, "{}.{} = {}", key(case), numbered(*outcome, at), details.render());
            }
        }
        if text.is_empty() {
            text
        } else {
            format!("\n# what a word says of a case beyond its outcome\n[words]\n{text}")
        }
    }
}

fn numbered(outcome: Outcome, at: usize) -> String {
    if at == 0 { outcome.to_string() } else { format!("{outcome}-{}", at + 1) }
}

impl Details {
    fn of(recorded: &Recorded) -> Self {
        let Recorded { sees, altered, among, .. } = recorded.clone();
        Self { sees, altered, among }
    }

    fn render(&self) -> String {
        let among = self.among.iter().map(|outcome| outcome.word().to_owned()).collect();
        let lists = [("sees", &self.sees), ("altered", &self.altered), ("among", &among)];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let list = |list: &Vec<String>| list.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ");
        let lists: Vec<_> = lists.map(|(name, items)| format!("{name} = [{}]", list(items))).collect();
        if lists.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", lists.join(", ")) }
    }
}

/// A TOML key.
pub(super) fn key(name: &str) -> String {
    let bare = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A TOML string.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
