//! Findings for people: as rustc shows its own, each with its line, the sentence it rests on, and where to read more.
//!
//! Owns: the terminal's form, as wide as it is; everything that comes from a layout goes through [`plain`]. Of each rule the first findings are shown, and how many there are; what is only
//! worth knowing is said once, without its line, so that it does not bury the rest. Leaves to others: what is found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};
use referee::results::report::wrap::Page;
use referee::rules::{Excerpt, Finding, Profile, Report, Rule, Severity};
use referee::source::{counted, plain};

use super::Checked;

/// How many findings of one rule are shown.
const MOST: usize = 10;

/// What stands for what is cut off a line.
const DOTS: &str = "...";

/// What the findings of one layout are set on.
struct Paper<'a> {
    page: Page,
    renderer: Renderer,
    layout: &'a str,
    profile: &'a Profile,
}

pub(super) fn text(checked: &Checked, profile: &Profile, page: Page) -> String {
    let renderer = if page.is_coloured() { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let paper = Paper { page, renderer, layout: &checked.name, profile };
    let (shown, counts) = (first_of_each(&checked.report), checked.report.counts());
    let mut left = counts.clone();
    let mut text = String::new();
    let mut infos: BTreeMap<&str, String> = BTreeMap::new();
    for finding in &shown {
        let same = (finding.rule.id, finding.severity);
        let left = left.entry(same).or_default();
        *left -= 1;
        if finding.severity == Severity::Info {
            infos.insert(same.0, paper.info(finding, *left));
            continue;
        }
        let is_last = counts[&same] - *left == MOST;
        let more = if is_last { *left } else { 0 };
        let _ = writeln!(text, "{}\n", paper.one(finding, more));
    }
    for one in infos.values() {
        let _ = writeln!(text, "{one}\n");
    }
    text + &paper.summary(&checked.report, &shown)
}

/// The findings that are shown, in order: the first ones of each rule, and one that is only worth knowing.
fn first_of_each(report: &Report) -> Vec<Finding> {
    let mut seen: BTreeMap<_, usize> = BTreeMap::new();
    let is_shown = |rule: &Rule, severity| {
        let seen = seen.entry((rule.id, severity)).or_default();
        *seen += 1;
        *seen <= if severity == Severity::Info { 1 } else { MOST }
    };
    report.findings_of(is_shown).collect()
}

/// What is said of findings that are not shown.
fn and_more(more: usize) -> Option<String> {
    let (places, are) = if more == 1 { ("place", "is") } else { ("places", "are") };
    (more > 0).then(|| format!("{more} more {places} {are} like this; --format json has all"))
}

impl Paper<'_> {
    /// One finding with its line; so many more are like it.
    fn one(&self, finding: &Finding, more: usize) -> String {
        let path = self.path(finding);
        let line = finding.excerpt.as_ref().map(|excerpt| Line::of(excerpt, self.page));
        let mut group = self.title(finding).elements(line.as_ref().map(|line| line.snippet(&path)));
        if line.is_none() {
            group = group.element(Origin::path(path.as_str()));
        }
        let mut notes = Vec::new();
        if !finding.pointer.is_empty() {
            notes.push(format!("at {}", finding.pointer));
        }
        for other in &finding.related {
            let pointer =
                if other.pointer.is_empty() { String::new() } else { format!("#{}", other.pointer) };
            notes.push(format!("{}: {}{pointer}", other.message, other.file));
        }
        notes.push(self.source(finding));
        notes.extend(and_more(more));
        let text = self.renderer.render(&[group.elements(notes.iter().map(|note| self.noted(note)))]);
        match (&finding.excerpt, line) {
            // the renderer counts columns in what it is given, which is cut
            (Some(excerpt), Some(line)) => {
                let place = |column| format!("{path}:{}:{column}", excerpt.line);
                text.replacen(&place(line.before.chars().count() + 1), &place(excerpt.column), 1)
            }
            _ => text,
        }
    }

    /// What is worth knowing, once for all places of one rule; so many more are like the first one.
    fn info(&self, first: &Finding, more: usize) -> String {
        let mut origin = Origin::path(self.path(first));
        if let Some(excerpt) = &first.excerpt {
            origin = origin.line(excerpt.line).char_column(excerpt.column);
        }
        let mut notes = Vec::new();
        if !first.pointer.is_empty() {
            notes.push(format!("at {}", first.pointer));
        }
        notes.extend(and_more(more));
        notes.push(self.source(first));
        let notes = notes.iter().map(|note| self.noted(note));
        self.renderer.render(&[self.title(first).element(origin).elements(notes)])
    }

    fn title<'t>(&self, finding: &Finding) -> annotate_snippets::Title<'t> {
        let level = match finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let head = finding.severity.word().len() + finding.rule.id.len() + 4;
        level.primary_title(self.filled(&finding.message, head)).id(finding.rule.id)
    }

    fn path(&self, finding: &Finding) -> String {
        let layout = self.layout;
        plain(&if finding.file.is_empty() { layout.to_owned() } else { format!("{layout}/{}", finding.file) })
    }

    fn source(&self, finding: &Finding) -> String {
        let citations = finding.citations(self.profile);
        if citations.is_empty() {
            return format!("{} (profile {})", finding.source(self.profile), self.profile.id);
        }
        let first = citations.first().map_or("", |one| one.section());
        format!("{first} ({})", finding.requirements(self.profile).join(", "))
    }

    fn noted(&self, text: &str) -> Element<'static> {
        Level::NOTE.message(self.filled(text, 12)).into()
    }

    /// Broken between words, to be put after a head of that many characters; the renderer indents further lines.
    fn filled(&self, text: &str, head: usize) -> String {
        let filled = self.page.row(&" ".repeat(head), &plain(text), head);
        filled.lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
    }

    fn summary(&self, report: &Report, shown: &[Finding]) -> String {
        let found = [Severity::Error, Severity::Warning, Severity::Info]
            .into_iter()
            .map(|severity| (report.count(severity), severity))
            .filter(|(n, _)| *n > 0)
            .map(|(n, severity)| counted(n, severity.word()));
        let found = found.collect::<Vec<_>>().join(", ");
        let found = if found.is_empty() { "nothing is wrong".to_owned() } else { found };
        let blobs = match report.blobs {
            0 => "no blobs".to_owned(),
            n if n == report.verified => format!("{} ({}), verified", counted(n, "blob"), size(report.bytes)),
            n => format!(
                "{} ({}), {} of them verified",
                counted(n, "blob"),
                size(report.bytes),
                report.verified
            ),
        };
        let held = format!("{found}, held against {}; {blobs}.", self.profile.id);
        let mut text = self.page.row(&format!("{}: ", plain(self.layout)), &plain(&held), 2);
        if let Some(worst) = shown.iter().rev().max_by_key(|finding| finding.severity) {
            let _ = writeln!(text, "To read more: referee explain {}", worst.rule.id);
        }
        text
    }
}

/// What is shown of a line: the place, and what is before and after it.
struct Line {
    number: usize,
    before: String,
    place: String,
    after: String,
}

impl Line {
    /// As much of an excerpt as a page has room for.
    fn of(excerpt: &Excerpt, page: Page) -> Self {
        let (before, after) = (&excerpt.text[..excerpt.place.start], &excerpt.text[excerpt.place.end..]);
        let place = &excerpt.text[excerpt.place.clone()];
        let gutter = excerpt.line.to_string().len() + " | ".len();
        let room = page.row_width().saturating_sub(gutter + 2 * DOTS.len());
        let count = |text: &str| text.chars().count();
        // at most a third for what is before the place, if there is too little room
        let lead = if count(&excerpt.text) > room { count(before).min(room / 3) } else { count(before) };
        let skipped = count(before) - lead;
        let place: String = place.chars().take(room - lead).collect();
        let rest: String = after.chars().take(room - lead - count(&place)).collect();
        let is_cut = excerpt.cut_after || place.len() + rest.len() < excerpt.text.len() - excerpt.place.start;
        let dots = |cut: bool| if cut { DOTS } else { "" };
        let before: String = before.chars().skip(skipped).collect();
        Self {
            number: excerpt.line,
            before: dots(excerpt.cut_before || skipped > 0).to_owned() + &before,
            place,
            after: rest + dots(is_cut),
        }
    }

    fn snippet(&self, path: &str) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
        let Self { number, before, place, after } = self;
        let span = before.len()..before.len() + place.len();
        Snippet::source(format!("{before}{place}{after}"))
            .path(path.to_owned())
            .line_start(*number)
            .annotation(AnnotationKind::Primary.span(span))
    }
}

fn size(bytes: u64) -> String {
    if bytes < 10_240 {
        return counted(bytes, "byte");
    }
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut scaled = bytes;
    let mut unit = 0;
    while scaled >= 10_240 && unit + 1 < units.len() {
        scaled /= 1024;
        unit += 1;
    }
    format!("{scaled} {}", units[unit])
}
