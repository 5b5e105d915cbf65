//! `referee explain ID`: what a word of referee's means.
//!
//! Owns: the search over all kinds of ids, and the texts of outcomes and verdicts. Leaves to others: cases,
//! conventions and drivers, which explain themselves.

mod texts;

use std::fmt::Write as _;

use referee::results::judge::Verdict;
use referee::results::outcome::Outcome;
use referee::results::report::wrap::wrapped;
use referee::runner::catalogue::Catalogue;
use referee::runner::driver::Driver;

use crate::exit::{Exit, Failed};

pub(super) fn run(id: &str) -> Result<Exit, Failed> {
    let catalogue = Catalogue::shipped()?;
    let mut texts: Vec<String> = Vec::new();
    texts.extend(texts::all(&catalogue, id)?);
    texts.extend(catalogue.cases.iter().filter(|case| case.id == id).map(case));
    let convention = catalogue.convention(id).map_or(id, |convention| &convention.id);
    let text = source(&catalogue, "cases/conventions", convention);
    texts.extend(text.map(|text| format!("convention {convention}\n\n{text}")));
    texts.extend(catalogue.drivers.iter().filter(|driver| driver.id == id).map(driver));
    texts.extend(texts::operations(id));
    texts.extend(Outcome::ALL.iter().filter(|outcome| outcome.word() == id).map(|one| outcome(*one)));
    texts.extend(
        VERDICTS
            .iter()
            .filter(|(verdict, _)| verdict.word() == id)
            .map(|(_, text)| wrapped(&format!("verdict {id}: "), text, 2)),
    );
    texts.extend(
        Exit::ALL
            .iter()
            .filter(|exit| exit.code().to_string() == id)
            .map(|exit| format!("exit code {id}: {}\n", exit.meaning())),
    );
    if texts.is_empty() {
        let message = format!(
            "nothing is named `{id}`{} `referee list rules`, `requirements`, `profiles`, `cases`, `conventions` and \
             `tools` show ids, and the operations {}, outcomes, verdicts and exit codes can be asked for too",
            texts::near(id),
            texts::operation_names()
        );
        return Err(Failed::usage(message));
    }
    super::print(&texts.join("\n"))?;
    Ok(Exit::Success)
}

fn source(catalogue: &Catalogue, folder: &str, id: &str) -> Option<String> {
    let name = format!("{folder}/{id}.toml");
    catalogue.sources.iter().find(|source| source.name() == name).map(|source| source.text().to_owned())
}

fn case(case: &referee::runner::case::Case) -> String {
    let mut text = format!("case {}\n\n{}\n", case.id, case.title);
    if let Some(why) = &case.why {
        let _ = write!(text, "\n{}", wrapped("", why, 0));
    }
    let _ = writeln!(text, "\nIt rests on {}.", case.req.join(", "));
    let _ = writeln!(text, "\n{}", case.source.text().trim_end());
    text
}

fn driver(driver: &Driver) -> String {
    let manifest = &driver.manifest;
    let mut text = format!("driver {}: {}\n\n", driver.id, manifest.name);
    if let Some(homepage) = &manifest.homepage {
        let _ = writeln!(text, "{homepage}");
    }
    let can: Vec<_> = manifest.can.iter().map(|capability| capability.name).collect();
    let _ = writeln!(text, "It can {}.", can.join(", "));
    if let Some(release) = driver.release() {
        let _ = writeln!(text, "Pinned release: {}.", release.version);
    }
    let _ = writeln!(text, "\n{}", driver.source.text().trim_end());
    text
}

fn outcome(outcome: Outcome) -> String {
    let meaning = match outcome {
        Outcome::Seen => "the reader listed exactly the referrers that are there, with their fields",
        Outcome::Altered => {
            "the reader listed all referrers, but a descriptor's fields differ from what the manifest asks for"
        }
        Outcome::Partial => "the reader listed some of the referrers",
        Outcome::Missed => "the reader listed none of the referrers, and nothing failed",
        Outcome::Extra => "the reader listed something that is no referrer of the subject",
        Outcome::Refused => "the tool said that it cannot or will not",
        Outcome::Error => "the tool failed, or reported a success that the disk does not show",
        Outcome::Crash => "the tool was ended by a signal that the harness did not send",
        Outcome::Hang => "the tool did not end before its deadline and was ended",
        Outcome::Garbled => "the tool's answer cannot be read",
        Outcome::Unsupported => "the driver does not claim the capability; the cell was not run",
        Outcome::Unavailable => "the tool is not on this machine; the cell was not run",
        Outcome::Flaky => "several runs of the cell gave different outcomes",
    };
    wrapped(&format!("outcome {outcome}: "), &format!("{meaning}."), 2)
}

const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::Pass, "a specification, or the convention itself, says what is right, and that was observed."),
    (Verdict::Fail, "something else was observed than the source says. The run fails."),
    (Verdict::Known, "a deviation that the driver declares is still there."),
    (Verdict::Fixed, "a declared deviation is gone: remove its declaration. The run fails until then."),
    (Verdict::Recorded, "no source settles it; it is as the golden of that tool and version says."),
    (Verdict::Changed, "it is not as the golden of that tool and version says. The run fails."),
    (Verdict::New, "there is no golden for these versions yet; `--deny new` makes the run fail."),
];
