//! Results read back: whatever a run wrote, and whatever is rendered from it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use referee_results::golden::{Golden, Goldens};
use referee_results::observation::{Observation, Recorded, Summary};
use referee_results::report::summary;
use referee_results::report::wrap::Page;
use referee_results::vocabulary::{Surprise, Word};
use referee_results::{
    Binding, CaseResult, CellId, CellResult, Network, OpName, Outcome, Results, ResultsError, Role,
    SandboxResult, Schema, Status, StepRecord, Timing, ToolResult, Verdict, suite,
};
use referee_source::Source;
use referee_spec::Digest;

fn id() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,5}([-+][a-z0-9]{1,4})?"
}

fn outcome() -> impl Strategy<Value = Outcome> {
    select(&Outcome::ALL)
}

fn digest() -> impl Strategy<Value = Digest> {
    "sha256:[0-9a-f]{64}".prop_map(|text| text.parse().unwrap())
}

/// Roles in any order, with the built-in writer and reader where they can be.
fn cell_id() -> impl Strategy<Value = CellId> {
    let roles = Just(Role::ALL.to_vec()).prop_shuffle();
    let ids = vec(id().prop_filter("a name of its own", |id| id != "builtin"), Role::ALL.len());
    (id(), roles, ids, 0..=Role::ALL.len(), any::<(bool, bool)>()).prop_map(
        |(case, roles, ids, count, (writer, reader))| {
            let bind = |(role, id): (Role, String)| match role {
                Role::Producer if writer => (role, Binding::Builtin(id)),
                Role::Consumer if reader => (role, Binding::Builtin(id)),
                _ => (role, Binding::Tool(id)),
            };
            CellId::new(case, roles.into_iter().zip(ids).take(count).map(bind).collect())
        },
    )
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let names = || vec(".{0,8}", 0..3);
    (outcome(), names(), names(), btree_set(outcome(), 0..3))
        .prop_map(|(outcome, sees, altered, among)| Recorded { outcome, sees, altered, among })
}

fn step() -> impl Strategy<Value = StepRecord> {
    let texts = || vec(".{0,8}", 0..2);
    let optional = || option::of(".{0,8}");
    let first = (select(&Role::ALL), id(), texts(), option::of(any::<i32>()), any::<u64>());
    let lists = (vec(texts(), 0..2), texts(), texts(), texts(), texts(), texts());
    let second = (optional(), optional(), lists, any::<(bool, bool)>());
    (first, second).prop_map(|((role, op, argv, exit, millis), (end, stderr, lists, (skipped, leaked)))| {
        let (earlier, requests, outside, changed, lost, subject) = lists;
        StepRecord {
            role,
            op: OpName::new(op),
            argv,
            earlier,
            exit,
            millis,
            end,
            stderr,
            requests,
            outside,
            changed,
            lost,
            subject,
            collected: Some(true),
            skipped,
            leaked,
        }
    })
}

fn cell() -> impl Strategy<Value = CellResult> {
    let verdict = option::of(select(&Verdict::ALL));
    let first = (cell_id(), outcome(), btree_map(outcome(), 1..9_usize, 0..3), verdict);
    let outcomes = || option::of(outcome());
    let second = (outcomes(), outcomes(), outcomes(), option::of(recorded()), option::of(".{0,8}"));
    let names = || vec(".{0,8}", 0..3);
    let third = (vec(digest(), 0..2), vec(digest(), 0..2), names(), names(), names(), vec(step(), 0..2));
    (first, second, third).prop_map(|(first, (specified, declared, control, was, reason), third)| {
        let (id, outcome, outcomes, verdict) = first;
        let (expected, observed, sees, altered, repeated, steps) = third;
        let summary = Summary { outcome, outcomes, shown: Observation::none(outcome, "") };
        let with = id.others().map(|tool| format!("{tool}@1.0.0")).collect();
        CellResult {
            verdict,
            specified,
            declared,
            was,
            control,
            reason,
            expected,
            observed,
            sees,
            altered,
            repeated,
            ..CellResult::new(id, summary, with, steps)
        }
    })
}

fn tool() -> impl Strategy<Value = ToolResult> {
    let status = select(&[Status::Ok, Status::Unavailable]);
    let network = select(&[Network::Loopback, Network::Open]);
    let optional = || option::of(".{0,8}");
    let built = (any::<bool>(), any::<bool>());
    let stores = option::of(id());
    let sums = (optional(), btree_map(id(), id(), 0..2));
    (id(), id(), optional(), sums, optional(), built, stores, status, network).prop_map(
        |(id, tool, version, (sha256, beside), reason, (installable, large), stores, status, network)| {
            let sandbox = SandboxResult { network };
            ToolResult {
                id,
                tool,
                version,
                sha256,
                beside,
                status,
                reason,
                installable,
                large,
                stores,
                sandbox,
            }
        },
    )
}

fn results() -> impl Strategy<Value = Results> {
    let case = (id(), ".{0,20}", vec(id(), 0..2), option::of(any::<u64>()));
    let case = case.prop_map(|(id, title, absent, size)| CaseResult { id, title, absent, size });
    let timing = (any::<u64>(), option::of(any::<u64>()), any::<u64>(), any::<usize>());
    let timing = timing.prop_map(|(wall_millis, tools_cpu_millis, own_cpu_millis, jobs)| Timing {
        wall_millis,
        tools_cpu_millis,
        own_cpu_millis,
        jobs,
    });
    let lists = (vec(case, 0..3), vec(id(), 0..3), vec(id(), 0..2), vec(tool(), 0..3), vec(cell(), 0..6));
    let optional = || option::of(".{0,8}");
    (digest(), optional(), optional(), any::<bool>(), lists, timing).prop_map(
        |(suite, referee, date, complete, (cases, conventions, proposed, tools, cells), timing)| Results {
            schema: Schema::V1,
            suite,
            referee,
            date,
            complete,
            cases,
            conventions,
            proposed,
            tools,
            cells,
            timing,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn an_id_reads_back(id in cell_id()) {
        prop_assert_eq!(id.to_string().parse::<CellId>(), Ok(id));
    }

    /// Whatever text is an id is that of its parts.
    #[test]
    fn a_text_is_no_id_or_the_only_one(text in "[a-z]{1,2}(\\[((producer|consumer|convention|reader)=(builtin|x|Y)?,?){0,4}\\]?)?") {
        if let Ok(id) = text.parse::<CellId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }

    #[test]
    fn results_read_back_and_so_do_their_reports(results in results()) {
        let read = Results::from_json(&results.to_json()).unwrap();
        prop_assert_eq!(&read, &results);
        prop_assert_eq!(summary::render(Page::FULL, &read), summary::render(Page::FULL, &results));
        let of = |results: &Results| Goldens::default().bless(results, |_| true);
        prop_assert_eq!(of(&read), of(&results));
    }

    #[test]
    fn goldens_read_back(cells in btree_map(cell_id(), recorded(), 0..20), builtin in any::<bool>()) {
        let tool = if builtin { "builtin" } else { "oras" };
        let mut golden = Golden::new(tool, "1.2.3");
        for (id, recorded) in cells.into_iter().filter(|(id, _)| !id.roles().is_empty()) {
            // the cells of a golden have one reader, the built-in one by any convention
            let mut roles = id.roles().to_vec();
            let (role, binding) = roles.pop().unwrap();
            let last = match binding {
                Binding::Builtin(_) if role == Role::Producer => continue,
                Binding::Builtin(convention) if builtin => Binding::Builtin(convention),
                Binding::Tool(id) if builtin && role != Role::Producer => Binding::Builtin(id),
                _ if builtin => continue,
                _ => Binding::Tool(tool.to_owned()),
            };
            if builtin && roles.iter().any(|(role, other)| *role != Role::Producer && matches!(other, Binding::Builtin(_))) {
                continue;
            }
            roles.push((role, last));
            let id = CellId::new(id.case(), roles);
            let with: BTreeSet<String> = id.others().map(|other| {
                if other == tool { format!("{other}@1.2.3") } else { format!("{other}@1.0.0") }
            }).collect();
            golden.insert(id, &with, recorded);
        }
        let text = golden.render();
        prop_assert_eq!(Golden::parse(&Source::new("golden.toml", text.as_str())), Ok(golden), "{}", text);
    }
}

/// A cell without steps.
fn plain(id: &str, outcome: Outcome) -> CellResult {
    let summary = Summary::of(vec![Observation::none(outcome, "")]).unwrap();
    CellResult::new(id.parse().unwrap(), summary, BTreeSet::new(), Vec::new())
}

/// A run in which everything happened that a report has a word for.
fn everything() -> Results {
    let cell = |at: usize, outcome: Outcome, verdict: Option<Verdict>| {
        let writer = Binding::Builtin(format!("w{at}"));
        let roles = vec![(Role::Producer, writer), (Role::Consumer, Binding::Tool("oras".to_owned()))];
        let runs = match outcome {
            Outcome::Flaky => [Outcome::Seen, Outcome::Missed].map(|one| Observation::none(one, "")).into(),
            one => vec![Observation::none(one, format!("reason {at}"))],
        };
        let summary = Summary::of(runs).unwrap();
        let mut cell =
            CellResult::new(CellId::new("attach-discover", roles), summary, BTreeSet::new(), Vec::new());
        cell.verdict = verdict;
        cell
    };
    let outcomes = Outcome::ALL.into_iter().enumerate().map(|(at, outcome)| cell(at, outcome, None));
    let verdicts = Verdict::ALL.into_iter().enumerate();
    let mut cells: Vec<CellResult> =
        outcomes.chain(verdicts.map(|(at, verdict)| cell(50 + at, Outcome::Missed, Some(verdict)))).collect();
    // a row in which something ran, and something did not
    cells.push(plain("attach-discover[producer=builtin,consumer=regctl,convention=w10]", Outcome::Seen));
    cells[0].repeated = vec!["sbom".to_owned()];
    cells[0].steps = vec![StepRecord {
        role: Role::Consumer,
        op: OpName::new("discover"),
        argv: Vec::new(),
        earlier: Vec::new(),
        exit: Some(0),
        millis: 1,
        end: None,
        stderr: None,
        requests: Vec::new(),
        outside: vec!["home".to_owned()],
        changed: vec!["changed index.json".to_owned()],
        lost: Vec::new(),
        subject: Vec::new(),
        collected: None,
        skipped: false,
        leaked: true,
    }];
    for (way, own, raw) in [
        ("kept", Outcome::Seen, Outcome::Seen),
        ("unlisted", Outcome::Missed, Outcome::Seen),
        ("lost", Outcome::Missed, Outcome::Missed),
    ] {
        for (reader, outcome) in [("w", own), ("raw", raw)] {
            let id = format!(
                "copy[producer=builtin,copier={way}er,consumer=builtin,convention=w,reader={reader}]"
            );
            cells.push(plain(&id, outcome));
        }
    }
    for (bystander, outcome) in [("syft", Outcome::Error), ("skopeo", Outcome::Seen)] {
        let id = format!("use-image[producer=builtin,bystander={bystander},convention=w]");
        cells.push(CellResult { control: Some(Outcome::Seen), ..plain(&id, outcome) });
        let id = format!("use-image[producer=builtin,bystander={bystander},convention=x]");
        cells.push(CellResult { control: Some(Outcome::Seen), ..plain(&id, Outcome::Seen) });
        let id = format!("tags[producer=builtin,bystander={bystander},convention=x]");
        cells.push(CellResult { control: Some(Outcome::Missed), ..plain(&id, Outcome::Seen) });
    }
    let tool = ToolResult {
        id: "oras".to_owned(),
        tool: "oras".to_owned(),
        version: Some("1.3.6".to_owned()),
        sha256: None,
        beside: BTreeMap::from([("orasd".to_owned(), "00".to_owned())]),
        status: Status::Ok,
        reason: None,
        installable: true,
        large: false,
        stores: None,
        sandbox: SandboxResult { network: Network::Open },
    };
    Results {
        schema: Schema::V1,
        suite: suite(&[]),
        referee: Some("0.1.0".to_owned()),
        date: Some("2026-11-28T01:02:03Z".to_owned()),
        complete: true,
        cases: vec![CaseResult {
            id: "attach-discover".to_owned(),
            title: "A title".to_owned(),
            absent: Vec::new(),
            size: None,
        }],
        conventions: Vec::new(),
        proposed: Vec::new(),
        tools: vec![ToolResult { id: "regctl".to_owned(), ..tool.clone() }, tool],
        cells,
        timing: Timing::default(),
    }
}

/// Whether a word of a legend ends here.
fn is_gap(text: &str) -> bool {
    text.ends_with("  ") && text.trim().is_empty()
}

/// The words that a report prints of its own: below the heads of tables, and at the beginning of paragraphs and legends.
fn words(text: &str) -> BTreeSet<&str> {
    let mut words = BTreeSet::new();
    let mut in_list = false;
    for line in text.lines().take_while(|line| !line.contains(" ran: ")) {
        in_list = match line {
            "Surprises" | "Unexpected" => true,
            line if line.starts_with("Refused, ") => true,
            line if line.starts_with("Not run") => false,
            _ => in_list,
        };
        let first = line.split_whitespace().next();
        match (line.strip_prefix("  "), first) {
            // a row of a convention, below `as`
            (None, Some(first)) if first.starts_with('w') && line.starts_with(" w") => {
                words.extend(line.split_whitespace().skip(1));
            }
            // a legend
            (Some(legend), Some(first))
                if legend.starts_with(first) && legend.get(first.len()..10).is_some_and(is_gap) =>
            {
                words.insert(first);
            }
            (None, Some(first)) if in_list && !line.starts_with(' ') => {
                words.insert(first);
            }
            _ => {}
        }
    }
    for heading in ["Surprises", "Refused,", "Unexpected", "`--format"] {
        words.remove(heading);
    }
    words
}

/// Reports take their words from the vocabulary: one that is not in it is found here, and one that is in it is printed.
#[test]
fn every_word_of_a_report_is_in_the_vocabulary() {
    let text = summary::render(Page::FULL, &everything());
    let vocabulary: BTreeMap<&str, Word> = Word::all().map(|word| (word.text(), word)).collect();
    let words = words(&text);
    let unknown: Vec<_> = words.iter().filter(|word| !vocabulary.contains_key(**word)).collect();
    assert!(unknown.is_empty(), "{unknown:?} are in no vocabulary:\n{text}");
    let printed = |word: &Word| match word {
        Word::Outcome(outcome) => outcome.ran(),
        Word::Verdict(verdict) => verdict.unexpected(),
        Word::Fate(_) | Word::Surprise(_) | Word::Same | Word::Nothing => true,
        // in a test of its own, since the other parts have no times
        Word::Growth(_) | Word::Status(_) | Word::Network(_) | Word::Role(_) | Word::Builtin => false,
    };
    let missing: Vec<_> = Word::all().filter(printed).filter(|word| !words.contains(word.text())).collect();
    assert!(missing.is_empty(), "{missing:?} are not printed:\n{text}");
    assert!(words.contains(Word::Surprise(Surprise::Leak).text()));
}

#[test]
fn what_contradicts_itself_is_no_results() {
    let text = everything().to_json();
    assert!(Results::from_json(&text).is_ok());
    let broken = text.replacen("\"consumer\": \"oras\"", "\"consumer\": \"regctl\"", 1);
    assert!(matches!(Results::from_json(&broken), Err(ResultsError::Parts(_))));
    let later = text.replace("referee/results/v1", "referee/results/v2");
    assert!(Results::from_json(&later).unwrap_err().to_string().contains("referee/results/v2"));
    let more = text.replacen("\"complete\"", "\"a-key-of-a-later-version\": 1, \"complete\"", 1);
    assert_eq!(Results::from_json(&more).unwrap(), everything());
}
