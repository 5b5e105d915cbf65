//! `view` of a layout with many referrers, each an entry of index.json, all verified, beside the tools that answer the
//! same question: `cargo bench --bench view`. Tools are taken from the cache that `referee tools install` fills.
//!
//! Owns: the layouts, the library's own figures, and the ratios of whole processes, which are what a person waits for, as
//! medians of alternating runs.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, missing_docs)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use referee::convention::Convention;
use referee::layout::{Layout, Limits, view};
use referee::runner::{Case, Plan, catalogue::Catalogue};
use referee::source::Source;
use referee::spec::Digest;

/// A layout as oras would write it, with `count` referrers of one image.
struct Bench {
    folder: tempfile::TempDir,
    subject: Digest,
    conventions: Vec<Convention>,
    count: usize,
}

impl Bench {
    fn new(count: usize) -> Self {
        let mut text = String::from(
            "schema = 1\nid = \"many\"\ntitle = \"many\"\nstatus = \"draft\"\nlevel = \"info\"\nreq = [\"REF-01\"]\n\
             [[content]]\nname = \"image\"\nkind = \"image\"\ntag = \"v1\"\n",
        );
        for at in 0..count {
            let _ = write!(
                text,
                "[[content]]\nname = \"sbom-{at}\"\nkind = \"artifact\"\nsubject = \"image\"\nartifact-type = \"application/vnd.example.sbom\"\ntext = \"{at}\"\n[[step]]\nrole = \"producer\"\nop = \"attach\"\ncontent = \"sbom-{at}\"\n"
            );
        }
        let plan = Plan::compile(&Case::parse(&Source::new("many.toml", text)).unwrap());
        let catalogue = Catalogue::shipped().unwrap();
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let files = referee::writer::layout(
            &plan.contents,
            &plan.contents.names(),
            catalogue.convention("untagged-entries"),
        );
        files.save(&folder.path().join("layout")).unwrap();
        let subject = plan.contents.node("image").unwrap().digest.clone();
        Self { folder, subject, conventions: catalogue.conventions, count }
    }

    fn layout(&self) -> PathBuf {
        self.folder.path().join("layout")
    }

    fn view(&self, limits: &Limits) -> usize {
        let facts = Layout::open(&self.layout()).unwrap().facts(limits);
        let view = view::read(&facts, &self.subject, &self.conventions);
        assert!(view.referrers.iter().all(|found| found.verified));
        view.referrers.len()
    }

    /// The median of runs inside this process.
    fn within(&self, what: &str, limits: &Limits) {
        let time = |_| {
            let begin = Instant::now();
            assert_eq!(self.view(limits), self.count);
            begin.elapsed()
        };
        let mut all: Vec<Duration> = (0..21).map(time).collect();
        all.sort();
        println!("{} referrers, {what}: {:.2?}", self.count, all[all.len() / 2]);
    }

    /// How long one process takes that must name every referrer.
    fn time(&self, program: &Path, args: &[String]) -> Duration {
        let begin = Instant::now();
        let output =
            Command::new(program).args(args).env("HOME", self.folder.path()).stderr(Stdio::null()).output();
        let output = output.unwrap();
        let took = begin.elapsed();
        assert!(output.status.success(), "{} {args:?}", program.display());
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.matches("sha256:").count() >= self.count, "it did not find all");
        took
    }

    /// Medians of alternating runs, and their ratio.
    fn beside(&self, program: Option<PathBuf>, words: &[&str], own: &[&str], runs: usize) {
        let name = words.iter().filter(|word| !word.contains('/')).copied().collect::<Vec<_>>().join(" ");
        let Some(program) = program else {
            println!("{name}: not built; `referee tools install` builds it");
            return;
        };
        let referee = PathBuf::from(env!("CARGO_BIN_EXE_referee"));
        let layout = self.layout().display().to_string();
        let ours: Vec<String> =
            ["view", &layout, "v1"].iter().chain(own).map(|word| (*word).to_owned()).collect();
        let theirs: Vec<String> = words.iter().map(|word| word.replace("LAYOUT", &layout)).collect();
        let (mut fast, mut slow) = (Vec::new(), Vec::new());
        for _ in 0..runs {
            fast.push(self.time(&referee, &ours));
            slow.push(self.time(&program, &theirs));
        }
        fast.sort();
        slow.sort();
        let (fast, slow) = (fast[runs / 2], slow[runs / 2]);
        let ratio = slow.as_secs_f64() / fast.as_secs_f64();
        let own = own.join(" ");
        println!(
            "{} referrers: referee view {own} {fast:.1?}, {name} {slow:.1?}: {ratio:.1} times as long",
            self.count
        );
    }
}

fn cached(tool: &str, program: &str) -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cache = var("REFEREE_CACHE")
        .or_else(|| Some(var("XDG_CACHE_HOME")?.join("referee")))
        .or_else(|| Some(var("HOME")?.join(".cache/referee")))?;
    Some(cache.join(tool).join(program)).filter(|path| path.is_file())
}

fn main() {
    let (small, large) = (Bench::new(1_000), Bench::new(10_000));
    for bench in [&small, &large] {
        bench.within("manifests verified", &Limits::default());
        bench.within("every blob verified", &Limits::thorough());
    }
    let (oras, regctl) = (|| cached("oras@v1.3.6", "oras"), || cached("regctl@v0.11.7", "regctl"));
    let json = ["--format", "json"];
    large.beside(oras(), &["discover", "--oci-layout", "LAYOUT:v1"], &[], 5);
    large.beside(
        oras(),
        &["discover", "--oci-layout", "LAYOUT:v1", "--format", "json", "--depth", "1"],
        &json,
        5,
    );
    let list = ["artifact", "list", "ocidir://LAYOUT:v1", "--slow-referrers"];
    small.beside(regctl(), &list, &[], 3);
}
