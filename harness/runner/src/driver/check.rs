//! What the types of a driver file do not say.
//!
//! Owns: checks of values and across keys, each with its place in the file. Leaves to others: syntax (serde) and whether
//! the tool can do what is claimed ([`crate::tools::probe`]).

use std::ops::Range;

use referee_source::{Source, SourceError};
use semver::VersionReq;

use super::{AnswerForm, Arg, Call, Calls, DriverFile, Kind, LONGEST, Text};
use crate::operation::{Answers, Operation, Placeholder};

/// The first mistake, in the order of the format's keys.
pub(super) fn check(file: &DriverFile, source: &Source) -> Result<(), SourceError> {
    let here = Here { file, source };
    here.head()?;
    here.capabilities()?;
    here.origin()?;
    for (op, calls) in &file.op {
        here.calls(&["op", op.name], op, calls)?;
    }
    for (at, when) in file.when.iter().enumerate() {
        let at = at.to_string();
        here.requirement(&["when", &at, "version"], &when.version)?;
        for (op, calls) in &when.op {
            here.calls(&["when", &at, "op", op.name], op, calls)?;
        }
    }
    for (at, known) in file.known.iter().enumerate() {
        if let Some(versions) = &known.versions {
            here.requirement(&["known", &at.to_string(), "versions"], versions)?;
        }
    }
    here.variants()
}

struct Here<'a> {
    file: &'a DriverFile,
    source: &'a Source,
}

impl Here<'_> {
    fn fail(&self, path: &[&str], message: String) -> Result<(), SourceError> {
        self.fail_at(self.source.place(path), message)
    }

    fn fail_at(&self, span: Range<usize>, message: String) -> Result<(), SourceError> {
        Err(self.source.error(span, message))
    }

    fn head(&self) -> Result<(), SourceError> {
        let file = self.file;
        if file.schema != 1 {
            return self.fail(&["schema"], format!("schema {} is not known, expected 1", file.schema));
        }
        let id = &file.id;
        if !referee_source::is_id(id) || id.contains('+') {
            return self.fail(&["id"], format!("`{id}` is not an id: lower case letters, digits and `-`"));
        }
        if id == referee_results::cell_id::BUILTIN {
            return self.fail(&["id"], format!("`{id}` is the built-in writer and reader"));
        }
        self.regex(&["version", "match"], &file.version.pattern)?;
        if let Some(pattern) = &file.refused {
            self.regex(&["refused"], pattern)?;
        }
        if !(1..=LONGEST).contains(&file.timeout) {
            let message = format!("{} seconds are no deadline, expected 1 to {LONGEST}", file.timeout);
            return self.fail(&["timeout"], message);
        }
        Ok(())
    }

    /// What is claimed and what there are command lines for must be the same.
    fn capabilities(&self) -> Result<(), SourceError> {
        let file = self.file;
        if file.server.is_some() && file.daemon.is_some() {
            return self.fail(&["daemon"], "a driver has a [server] or a [daemon], not both".to_owned());
        }
        let has_words =
            |op: &'static Operation| matches!(file.kind(), Kind::Registry(_)) || file.op.contains_key(op);
        for capability in &file.can {
            let op = capability.operation();
            if !has_words(op) {
                let span = self.source.place_in(&["can"], &format!("\"{capability}\""));
                return self.fail_at(span, format!("`{capability}` is claimed, but there is no [op.{op}]"));
            }
        }
        for op in file.op.keys() {
            if !file.can.iter().any(|capability| capability.operation() == *op) {
                return self.fail(&["can"], format!("`{op}` is not in `can`, but there is an [op.{op}]"));
            }
        }
        if file.can.is_empty() {
            return self.fail(&["can"], "`can` is empty, so that the tool is in no cell".to_owned());
        }
        Ok(())
    }

    /// Where the programs come from.
    fn origin(&self) -> Result<(), SourceError> {
        let file = self.file;
        if let Some(package) = &file.debian {
            if file.install.is_some() {
                let message = "a driver has an [install] or a `debian` package, not both".to_owned();
                return self.fail(&["debian"], message);
            }
            // it is shown in a command to copy
            if !is_name(package, "+.-") {
                return self.fail(&["debian"], format!("`{package}` is not the name of a Debian package"));
            }
        }
        let Some(install) = &file.install else {
            return Ok(());
        };
        for program in install.also.keys() {
            if !is_name(program, "._-") {
                return self.fail(&["install", "also", program], format!("`{program}` is not a file's name"));
            }
            if *program == file.program_name() {
                let message = format!("`{program}` is built from `package` already");
                return self.fail(&["install", "also", program], message);
            }
        }
        if let Some(tag) = install.tags.iter().find(|tag| !is_name(tag, "._")) {
            let span = self.source.place_in(&["install", "tags"], &format!("\"{tag}\""));
            return self.fail_at(span, format!("`{tag}` is not a build tag"));
        }
        if let Some(variable) =
            install.version_variable.as_ref().filter(|variable| !is_name(variable, "._-/"))
        {
            let message = format!("`{variable}` is not a variable such as `main.version`");
            return self.fail(&["install", "version-variable"], message);
        }
        let daemon = file.daemon.as_ref().and_then(|daemon| daemon.program.as_deref());
        if let Some(daemon) = daemon.filter(|daemon| !file.builds(daemon)) {
            let message = format!("`{daemon}` is not built: [install] needs it in `also`, with its package");
            return self.fail(&["daemon", "program"], message);
        }
        if install.release.is_empty() {
            return self.fail(&["install", "release"], "no release is pinned".to_owned());
        }
        for (at, release) in install.release.iter().enumerate() {
            let at = at.to_string();
            let path = ["install", "release", &at];
            self.sum(&[&path[..], &["sum"]].concat(), &release.sum)?;
            for (at, replace) in release.replace.iter().enumerate() {
                self.sum(&[&path[..], &["replace", &at.to_string(), "sum"]].concat(), &replace.sum)?;
            }
        }
        Ok(())
    }

    fn sum(&self, path: &[&str], sum: &str) -> Result<(), SourceError> {
        if sum.starts_with("h1:") {
            return Ok(());
        }
        self.fail(path, format!("`{sum}` is not a checksum of go.sum: it begins with `h1:`"))
    }

    fn calls(&self, path: &[&str], op: &Operation, calls: &Calls) -> Result<(), SourceError> {
        let count = calls.iter().count();
        for (at, call) in calls.iter().enumerate() {
            let number = at.to_string();
            let own = path.iter().copied().chain(calls.are_listed().then_some(number.as_str()));
            self.call(&own.collect::<Vec<_>>(), op, call, at + 1 == count)?;
        }
        Ok(())
    }

    fn call(&self, path: &[&str], op: &Operation, call: &Call, last: bool) -> Result<(), SourceError> {
        self.words(path, op, call)?;
        match (call.forms().as_slice(), op.answer.is_some() && last) {
            ([], false) | ([_], true) => {}
            ([], true) => {
                let message = format!("`{op}` needs `view`, `match` or `hash`: how its answer is read");
                return self.fail(path, message);
            }
            ([_, _, ..], true) => {
                return self.fail(path, "an answer is read in one way: `view`, `match` or `hash`".to_owned());
            }
            (_, false) => {
                let message = "nothing is read from this call: it has neither `view` nor `match` nor `hash`";
                return self.fail(path, message.to_owned());
            }
        }
        let key = |key| path.iter().copied().chain([key]).collect::<Vec<&str>>();
        match call.answer() {
            Some(AnswerForm::View(view)) if !view.is_empty() && !view.starts_with('/') => {
                self.fail(&key("view"), format!("`{view}` is not a JSON pointer: it begins with `/`"))?;
            }
            Some(AnswerForm::Pattern(pattern)) => {
                self.regex(&key("match"), &pattern)?;
                if regex::Regex::new(&pattern).is_ok_and(|pattern| pattern.captures_len() < 2) {
                    let message = "no group in parentheses, which the answer would be".to_owned();
                    return self.fail(&key("match"), message);
                }
            }
            _ => {}
        }
        let makes = last && op.adds.is_some();
        if call.only.is_some() && !makes && !(last && op.answer == Some(Answers::Referrers)) {
            let message = "only what is listed or attached can be of one artifact type".to_owned();
            return self.fail(&key("only"), message);
        }
        if call.own && !(makes && call.only.is_some()) {
            let message =
                "only what is attached can be of the tool's own making, and `only` tells its artifact type";
            return self.fail(&key("own"), message.to_owned());
        }
        Ok(())
    }

    /// Every placeholder has a value in the operation.
    fn words(&self, path: &[&str], op: &Operation, call: &Call) -> Result<(), SourceError> {
        let words = call.argv.iter().flat_map(Arg::placeholders);
        let words = words.chain(call.stdin.iter().flat_map(Text::placeholders));
        let of_daemon = [Placeholder::Socket, Placeholder::Port];
        let of_daemon = of_daemon.into_iter().filter(|_| matches!(self.file.kind(), Kind::Daemon(_)));
        let known: Vec<Placeholder> = op.placeholders().chain(of_daemon).collect();
        let Some(foreign) = words.into_iter().find(|word| !known.contains(word)) else {
            return Ok(());
        };
        let word = format!("{{{}}}", foreign.name());
        let known: Vec<_> = known.iter().map(|one| format!("{{{}}}", one.name())).collect();
        let message = format!("`{word}` has no value in `{op}`, expected one of {}", known.join(" "));
        self.fail_at(self.source.place_in(path, &word), message)
    }

    fn variants(&self) -> Result<(), SourceError> {
        for (name, variant) in &self.file.variant {
            let known = |release: &String| self.file.releases().any(|pinned| pinned.version == *release);
            if variant.release.as_ref().is_some_and(|release| !known(release)) {
                let message = format!("variant `{name}` names a release that is not pinned");
                return self.fail(&["variant", name, "release"], message);
            }
            for (op, calls) in &variant.op {
                if !self.file.op.contains_key(op) {
                    let message = format!("`{op}` is done in another way, but there is no [op.{op}]");
                    return self.fail(&["variant", name, "op", op.name], message);
                }
                self.calls(&["variant", name, "op", op.name], op, calls)?;
            }
        }
        Ok(())
    }

    fn regex(&self, path: &[&str], pattern: &str) -> Result<(), SourceError> {
        let Err(error) = regex::Regex::new(pattern) else {
            return Ok(());
        };
        // its last line says what is wrong; the lines before show the pattern, as the file does
        let text = error.to_string();
        let why = text.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
        self.fail(path, format!("not a regular expression: {why}"))
    }

    fn requirement(&self, path: &[&str], text: &str) -> Result<(), SourceError> {
        match VersionReq::parse(text) {
            Ok(_) => Ok(()),
            Err(error) => self.fail(path, format!("not a version requirement such as `<1.3`: {error}")),
        }
    }
}

/// ASCII letters, digits, and what of `others` is inside.
fn is_name(text: &str, others: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

#[cfg(test)]
mod tests {
    use referee_source::Source;

    use crate::driver::DriverFile;

    const GOOD: &str = r#"schema = 1
id = "mine"
name = "Mine"
program = "./mine"
version = { argv = ["version"], match = '(\d+\.\d+)' }
timeout = 5
can = ["discover"]
[install]
module = "example.com/mine"
package = "cmd/mine"
release = [{ version = "v1.0.0", sum = "h1:x" }]
[op]
discover = { argv = ["discover"], view = "/list" }
[[when]]
version = "<1.3"
op.discover = { argv = ["list"], view = "/all" }
[variant]
old = { release = "v1.0.0" }
"#;

    fn parse(text: &str) -> Result<DriverFile, referee_source::SourceError> {
        DriverFile::parse(&Source::new("mine.toml", text))
    }

    #[test]
    fn mistakes_of_where_programs_come_from_are_shown_at_their_line() {
        let install = "[install]\nmodule = \"example.com/mine\"\n";
        let daemon = "[daemon]\nprogram = \"mined\"\nargv = []\nready = []\n";
        let also = format!("{daemon}{install}also = {{ mined = \"cmd/mined\" }}\n");
        parse(&GOOD.replacen(install, &also, 1)).unwrap();
        let release = "release = [{ version = \"v1.0.0\", sum = \"h1:x\" }]";
        let cases = [
            ("timeout = 5", "debian = \"mine\"", 6, "an [install] or a `debian` package, not both"),
            (install, &format!("{install}also = {{ \"../mined\" = \"cmd\" }}\n"), 10, "not a file's name"),
            (
                install,
                &format!("{install}also = {{ mined = \"cmd\", \"-o\" = \"cmd\" }}\n"),
                10,
                "`-o` is not",
            ),
            (install, &format!("{install}tags = [\"one\",\n\"two,three\"]\n"), 11, "not a build tag"),
            (install, &format!("{install}version-variable = \"v.V=1 -linkmode\"\n"), 10, "not a variable"),
            (install, &format!("{install}size = \"huge\"\n"), 10, "unknown variant `huge`"),
            (install, &format!("{daemon}{install}"), 9, "`mined` is not built"),
            (release, "release = []", 11, "no release is pinned"),
            ("h1:x", "x", 11, "not a checksum of go.sum"),
            (
                "\"h1:x\" }",
                "\"h1:x\", replace = [\n{ module = \"a\", by = \"b\", version = \"v1\", sum = \"b\" }] }",
                12,
                "not a checksum of go.sum",
            ),
        ];
        for (good, bad, line, message) in cases {
            assert!(GOOD.contains(good), "{good}");
            let error = parse(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert_eq!(error.line(), line, "{bad}: {error}");
            assert!(error.message.contains(message), "{error}");
        }
        let (from, to) = (GOOD.find("[install]").unwrap(), GOOD.find("[op]").unwrap());
        let text = GOOD.replacen(&GOOD[from..to], "", 1).replacen("{ release = \"v1.0.0\" }", "{}", 1);
        let debian = |name: &str| parse(&text.replacen("timeout = 5", &format!("debian = \"{name}\""), 1));
        debian("mine").unwrap();
        assert_eq!(debian("mine; reboot").unwrap_err().line(), 6);
    }

    #[test]
    fn mistakes_are_shown_at_their_line() {
        parse(GOOD).unwrap();
        let cases = [
            ("\"mine\"", "\"my tool\"", 2, "is not an id"),
            ("\"mine\"", "\"builtin\"", 2, "built-in"),
            ("'(\\d+\\.\\d+)'", "'(\\d+'", 5, "not a regular expression: unclosed group"),
            ("timeout = 5", "timeout = 0", 6, "0 seconds are no deadline"),
            ("timeout = 5", "timeout = 9223372036854775807", 6, "are no deadline"),
            ("[\"discover\"]\n[in", "[]\n[in", 7, "`discover` is not in `can`"),
            ("can = [\"discover\"]", "can = [\"discover\",\n\"push\"]", 8, "`push` is claimed"),
            (", view = \"/list\"", "", 13, "needs `view`"),
            ("\"/list\"", "\"list\"", 13, "not a JSON pointer"),
            ("[\"discover\"], view", "[\"{out}\"], view", 13, "`{out}` has no value in `discover`"),
            (
                "[op]",
                "[server]\nargv = []\nready = \"/\"\n[daemon]\nargv = []\nready = []\n[op]",
                15,
                "not both",
            ),
            ("\"<1.3\"", "\"old\"", 15, "not a version requirement"),
            (", view = \"/all\"", "", 16, "needs `view`"),
            ("{ release = \"v1.0.0\" }", "{ release = \"v1.0.1\" }", 18, "not pinned"),
        ];
        for (good, bad, line, message) in cases {
            assert!(GOOD.contains(good), "{good}");
            let error = parse(&GOOD.replacen(good, bad, 1)).unwrap_err();
            assert_eq!(error.line(), line, "{bad}: {error}");
            assert!(error.message.contains(message), "{error}");
        }
    }
}
