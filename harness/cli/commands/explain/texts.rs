//! Rules, requirements, open questions and profiles, explained.
//!
//! Owns: putting what is known of each into words for 80 columns. Leaves to others: what is known.

use std::fmt::Write as _;

use referee::fixtures::coverage::Coverage;
use referee::rules::catalogue::{rule, rules};
use referee::rules::requirement::{self, Ambiguity, Citation, Requirement};
use referee::rules::{Profile, Rule, Severity, Since};
use referee::runner::catalogue::{self, Catalogue};
use referee::runner::operation::{Capability, Form, Operation, TABLE};

use crate::exit::Failed;
use crate::machine::wrapped;

/// The first line of a text.
pub(super) fn headline(text: &str) -> String {
    wrapped("", text, 2) + "\n"
}

/// The texts about `id`.
pub(super) fn all(catalogue: &Catalogue, id: &str) -> Result<Vec<String>, Failed> {
    let mut texts = Vec::new();
    if let Some(rule) = rule(id) {
        texts.push(one_rule(rule)?);
    }
    if let Some(one) = requirement::requirement(id) {
        let (_, bases) = referee::fixtures::shipped()?;
        texts.push(one_requirement(one, &Coverage::of_requirement(one, &catalogue.cases, &bases)));
    }
    if let Some(one) = requirement::ambiguity(id) {
        let (_, bases) = referee::fixtures::shipped()?;
        texts.push(question(one, &Coverage::of(id, &catalogue.cases, &bases)));
    }
    if let Some(one) = catalogue::shipped_profile(id)? {
        texts.push(profile(&one));
    }
    Ok(texts)
}

/// The operation of that name, or the one of the capability of that name.
pub(super) fn operations(id: &str) -> Option<String> {
    Some(operation(Capability::named(id)?.operation()))
}

/// The operations, for mistakes.
pub(super) fn operation_names() -> String {
    TABLE.iter().map(|operation| format!("`{operation}`")).collect::<Vec<_>>().join(", ")
}

/// The ids of rules, requirements, open questions, profiles and operations.
pub(super) fn names() -> impl Iterator<Item = String> {
    let requirements = requirement::all().iter().map(|one| one.id.as_str());
    let questions = requirement::ambiguities().iter().map(|one| one.id.as_str());
    let capabilities = Capability::all().map(|capability| capability.name);
    let ids = rules().map(|rule| rule.id).chain(requirements).chain(questions).chain(capabilities);
    ids.map(str::to_owned).chain(catalogue::profile_ids())
}

fn one_rule(rule: &Rule) -> Result<String, Failed> {
    let mut text = headline(&format!("rule {}: {}", rule.id, rule.summary));
    text.push_str(&markdown(rule.explanation));
    text.push_str("\n## Who says so\n");
    text.push_str(&cited(&rule.citations()));
    for id in rule.requirements {
        let known = requirement::requirement(id).map(|known| (known.level.as_str(), known.text.as_str()));
        let open = || requirement::ambiguity(id).map(|open| ("open", open.question.as_str()));
        if let Some((level, what)) = known.or_else(open) {
            text.push_str(&wrapped(&format!("  {id:13} {level:8} "), what, 25));
        }
    }
    if rule.levels.iter().any(|(since, _)| *since == Since::Proposal) {
        let own = "Of a proposal of your own, which its profile names as `convention`, the `source` of the profile says so.";
        text.push_str(&wrapped("", own, 0));
    }
    text.push_str("\n## How bad it is\n");
    for id in catalogue::profile_ids() {
        if let Some(profile) = catalogue::shipped_profile(&id)? {
            let bad = profile.severity(rule).map_or("not looked at", |severity| severity.word());
            let _ = writeln!(text, "  {:16} {bad}", profile.id);
        }
    }
    if let Some((severity, why)) = rule.severity {
        let article = if severity == Severity::Warning { "a" } else { "an" };
        text.push_str(&wrapped("", &format!("It is {article} {severity} since {why}."), 0));
    }
    if let Some(reading) = rule.reading {
        let list = |words: &[&str]| words.join(", ");
        let mut what = format!("It is an open question: {}.", reading.question);
        if !reading.error.is_empty() {
            let _ = write!(what, " An error under the reading {}.", list(reading.error));
        }
        if !reading.fine.is_empty() {
            let _ = write!(what, " Nothing is found under the reading {}.", list(reading.fine));
        }
        text.push_str(&wrapped("", &what, 0));
    }
    let cases = format!("Layouts that break it, and that nearly do: cases/conformance/{}.toml", rule.id);
    let _ = write!(text, "\n{}", wrapped("", &cases, 0));
    Ok(text)
}

/// A rule's own explanation; paragraphs are broken anew, code stays.
fn markdown(source: &str) -> String {
    let mut text = String::new();
    let mut paragraph = String::new();
    let mut code = false;
    let flush = |paragraph: &mut String, text: &mut String| {
        if !paragraph.is_empty() {
            text.push_str(&wrapped("", paragraph, 0));
            paragraph.clear();
        }
    };
    for line in source.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        if line.starts_with("```") {
            flush(&mut paragraph, &mut text);
            code = !code;
        } else if code {
            let _ = writeln!(text, "    {line}");
        } else if line.is_empty() || line.starts_with('#') {
            flush(&mut paragraph, &mut text);
            let _ = writeln!(text, "{line}");
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    flush(&mut paragraph, &mut text);
    text
}

fn one_requirement(one: &Requirement, coverage: &Coverage) -> String {
    let mut text = format!("requirement {} ({})\n\n", one.id, one.level);
    let mut line = |name: &str, value: &str| text.push_str(&wrapped(&format!("{name:12}"), value, 12));
    line("asks", &one.text);
    for place in &one.source {
        line("source", &place.to_string());
    }
    if !one.rests_on.is_empty() {
        line("rests on", &one.rests_on.join(", "));
    }
    if !one.places.is_empty() {
        let places: Vec<_> = one.places.iter().map(ToString::to_string).collect();
        line("about", &places.join(", "));
    }
    for (name, value) in
        [("looked at", &one.note), ("good", &one.good), ("bad", &one.bad), ("a reader", &one.reader)]
    {
        if let Some(value) = value {
            line(name, value);
        }
    }
    if !coverage.rules.is_empty() {
        line("rules", &coverage.rules.join(", "));
    }
    if !coverage.cases.is_empty() {
        line("cases", &coverage.cases.join(", "));
    }
    if let Some(reason) = &coverage.reason {
        line("why neither", reason);
    }
    text + "\n" + &links(&requirement::citations([one.id.as_str()]))
}

/// The sections that say so, each with its address.
fn cited(sections: &[&Citation]) -> String {
    let one = |section: &&Citation| wrapped("", section.section(), 0) + &format!("  {}\n", section.link());
    sections.iter().map(one).collect()
}

/// The addresses of sections, each on a line of its own, so that nothing breaks them.
fn links(sections: &[&Citation]) -> String {
    sections.iter().map(|section| format!("{}\n", section.link())).collect()
}

fn question(one: &Ambiguity, coverage: &Coverage) -> String {
    let mut text = format!("open question {}\n\n", one.id);
    text.push_str(&wrapped("", &one.question, 0));
    text.push('\n');
    text.push_str(&wrapped("default     ", &one.default, 12));
    for place in &one.source {
        text.push_str(&wrapped("source      ", &place.to_string(), 12));
    }
    if let Some(evidence) = &one.evidence {
        text.push_str(&wrapped("evidence    ", evidence, 12));
    }
    if !coverage.rules.is_empty() {
        text.push_str(&wrapped("rules       ", &coverage.rules.join(", "), 12));
    }
    text.push_str("\nReadings\n");
    let depends = rules().filter_map(|rule| rule.reading).filter(|reading| reading.question == one.id);
    let depends: Vec<_> = depends.collect();
    for answer in &one.readings {
        let id = answer.id.as_str();
        let error = depends.iter().any(|reading| reading.error.contains(&id));
        let fine = depends.iter().any(|reading| reading.fine.contains(&id));
        let effect = match (error, fine) {
            (true, _) => " (--reading makes findings errors)",
            (_, true) => " (--reading makes findings go away)",
            _ => "",
        };
        text.push_str(&wrapped(&format!("  {id:14}"), &format!("{}{effect}", answer.text), 16));
    }
    text + "\n" + &links(&requirement::citations([one.id.as_str()]))
}

fn profile(one: &Profile) -> String {
    let mut text = headline(&format!("profile {}: {}", one.id, one.title));
    text.push_str(&wrapped("", &one.why, 0));
    text.push_str(&wrapped("source      ", &one.source, 12));
    let asked = rules().filter(|rule| one.severity(rule).is_some()).count();
    text.push_str(&wrapped("rules       ", &format!("{asked} of {}", rules().len()), 12));
    if let Some(proposal) = &one.proposal {
        let keys: Vec<_> = proposal.convention.mark_keys().into_iter().collect();
        let marks = if keys.is_empty() {
            String::new()
        } else {
            format!("; entries are marked by {}", keys.join(", "))
        };
        text.push_str(&wrapped("proposal    ", &format!("convention {}{marks}", proposal.convention.id), 12));
    }
    text
}

fn operation(operation: &Operation) -> String {
    let mut text = format!("operation {operation}, done by a {}\n\n", operation.role.name());
    text.push_str(&wrapped("", operation.does, 0));
    text.push_str("\n## Keys of a step in a case\n");
    for key in operation.keys {
        let needed = if key.required { "" } else { " (may be left out)" };
        text.push_str(&wrapped(&format!("  {:18} ", key.name), &format!("{}{needed}", key.means), 21));
        if let Form::Word(words) = key.form {
            for (word, means) in words {
                text.push_str(&wrapped(&format!("    {word:16} "), means, 21));
            }
        }
    }
    text.push_str("\n## What a driver can claim\n");
    for capability in operation.capabilities {
        text.push_str(&wrapped(&format!("  {:18} ", capability.name), capability.means, 21));
    }
    text.push_str("\n## Placeholders of its command line\n");
    for placeholder in operation.placeholders() {
        let name = format!("{{{}}}", placeholder.name());
        text.push_str(&wrapped(&format!("  {name:18} "), placeholder.means(), 21));
    }
    text.push_str("\n## What must be there when it is done\n");
    text.push_str(&wrapped("", operation.leaves, 0));
    text.push_str(&wrapped("", operation.keeps, 0));
    text
}
