//! Trees of subjects for people.
//!
//! Owns: their text. Leaves to others: what is below what ([`referee::layout::view::tree`]).

use std::fmt::Write as _;

use referee::layout::graph::EdgeKind;
use referee::layout::view::tree::{Branch, DEPTH, Forest, Kind, Relation};
use referee::layout::view::{How, Related};
use referee::results::report::wrap::Page;
use referee::source::counted;

use super::human;
use super::words::{how, plain};

/// So many branches below one are shown; the rest is counted.
const BRANCHES: usize = 20;

/// So many trees are shown.
const TREES: usize = 100;

/// So deep a line is indented; what is deeper says how deep it is.
const INDENT: usize = 10;

/// So many names of entries without referrers are shown.
const BARE: usize = 10;

const LEGEND: &str = "Below a manifest is what refers to it by `subject`, if nothing else is said.";

const ASKED: &str = "All of it is shown, whichever convention finds it. What the chosen ones find is said where a subject is \
                     named, and in --format json.";

/// All trees of a layout.
pub(super) fn text(page: Page, forest: &Forest<'_>, unclear: &[Related<'_>], is_asked: bool) -> String {
    let mut count = Count::default();
    forest.trees.iter().for_each(|tree| count.add(tree));
    let mut text =
        format!("{}, {}\n", counted(count.subjects, "subject"), counted(count.referrers, "referrer"));
    if count.others > 0 {
        let _ = writeln!(text, "beside them {} named otherwise", count.others);
    }
    if !unclear.is_empty() {
        let _ = writeln!(text, "{} may refer to anything: that cannot be told", unclear.len());
    }
    if !forest.trees.is_empty() {
        text.push('\n');
        text.push_str(&page.wrapped("", LEGEND, 0));
        if is_asked {
            text.push_str(&page.wrapped("", ASKED, 0));
        }
    }
    for tree in forest.trees.iter().take(TREES) {
        text.push('\n');
        branch(page, &mut text, tree, 0);
    }
    match forest.trees.len().saturating_sub(TREES) {
        0 => {}
        more => _ = writeln!(text, "\nand {more} more trees; --format json has all"),
    }
    if !forest.bare.is_empty() {
        let names = forest.bare.iter().take(BARE).map(|name| plain(name)).collect::<Vec<_>>().join(", ");
        let more = match forest.bare.len().saturating_sub(BARE) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        text.push('\n');
        text.push_str(&page.wrapped("Nothing refers to ", &(names + &more), 2));
    }
    text + &human::related(page, unclear)
}

/// What names the children of a subject, or its content.
pub(super) fn below(page: Page, branches: &[Branch<'_>]) -> String {
    let mut text = match branches.first().map(|branch| &branch.relation) {
        None => return String::new(),
        Some(Relation::Content(_)) => "\nNamed in its place\n\n".to_owned(),
        Some(_) => "\nOf what this index lists\n\n".to_owned(),
    };
    some(page, &mut text, branches, 1);
    text
}

fn some(page: Page, text: &mut String, branches: &[Branch<'_>], depth: usize) {
    for one in branches.iter().take(BRANCHES) {
        branch(page, text, one, depth);
    }
    match branches.len().saturating_sub(BRANCHES) {
        0 => {}
        more => _ = writeln!(text, "{}and {more} more; --format json has all", indent(depth)),
    }
}

fn branch(page: Page, text: &mut String, branch: &Branch<'_>, depth: usize) {
    let mut line = branch.digest.short();
    let names = branch.names.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
    let tag = matches!(branch.relation, Relation::Names(How::Tag(_)));
    if !names.is_empty() && !tag {
        let _ = write!(line, " ({names})");
    }
    match &branch.relation {
        Relation::Root => line.push_str(kind(branch.kind)),
        Relation::Child => {
            line.push_str(kind(branch.kind));
            line.push_str(" of the index");
        }
        Relation::Content(EdgeKind::Config) => {
            line.push_str(", the config of the manifest, which is no subject");
        }
        Relation::Content(_) => line.push_str(", a layer of the manifest, which is no subject"),
        Relation::Names(named) => {
            let _ = write!(line, " {}", plain(branch.artifact_type.unwrap_or("without a type")));
            match branch.kind {
                Kind::Absent => line.push_str(", not in the layout"),
                Kind::Unread => line.push_str(", which could not be read"),
                _ => {}
            }
            if *named != How::Subject {
                let named = match named {
                    How::Tag(tag) => &How::Tag(&short(tag)),
                    other => other,
                };
                let (label, sentence) = how(named);
                let _ = write!(line, ", {label} {sentence}");
            }
        }
    }
    if branch.cut {
        line.push_str(match depth {
            DEPTH => "; what is deeper than 64 levels is not shown below it",
            _ => "; what refers to it is shown elsewhere",
        });
    }
    text.push_str(&page.wrapped(&indent(depth), &line, indent(depth).len() + 4));
    some(page, text, &branch.branches, depth + 1);
}

/// A tag that is made of the digest above, without most of that.
fn short(tag: &str) -> String {
    match tag.rsplit_once('.') {
        Some((digest, suffix)) => match digest.char_indices().nth_back(51) {
            Some((cut, _)) => format!("{}...{suffix}", &digest[..cut]),
            None => tag.to_owned(),
        },
        None => tag.to_owned(),
    }
}

fn indent(depth: usize) -> String {
    match depth.checked_sub(INDENT) {
        None | Some(0) => "  ".repeat(depth),
        Some(_) => format!("{}[{depth}] ", "  ".repeat(INDENT)),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Manifest => ", a manifest",
        Kind::Index => ", an index",
        Kind::Other => ", neither a manifest nor an index",
        Kind::Unread => ", which could not be read",
        Kind::Absent => ", not in the layout",
    }
}

#[derive(Default)]
struct Count {
    subjects: usize,
    referrers: usize,
    others: usize,
}

impl Count {
    fn add(&mut self, branch: &Branch<'_>) {
        let names = |one: &&Branch<'_>| matches!(one.relation, Relation::Names(_));
        self.subjects += usize::from(branch.branches.iter().any(|one| names(&one)));
        match branch.relation {
            Relation::Names(How::Subject | How::Listed) => self.referrers += 1,
            Relation::Names(_) => self.others += 1,
            Relation::Root | Relation::Child | Relation::Content(_) => {}
        }
        branch.branches.iter().for_each(|one| self.add(one));
    }
}
