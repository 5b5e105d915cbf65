use referee_convention::{Carrier, Convention, ListedIn, Lists, Reach, Template};

use crate::declare::{Check, PROPOSED_SHOULD};
use crate::doc::annotation_pointer;
use crate::evidence::Evidence;
use crate::evidence::annotations::{Misplaced, misplaced_annotations};
use crate::finding::Findings;

declare_rule! {
    /// a mark of the proposal is at a place where it does not count
    ///
    /// ## What it does
    /// Finds the annotations by which the proposal marks entries on anything else than the lists that it asks for: on an
    /// entry of index.json, or of the image's own index, or on a manifest.
    ///
    /// ## Why it matters
    /// Readers ignore it there, so the referrers are not found; a tool that copies it up makes a mark that nobody
    /// wrote.
    ///
    /// ## Example
    /// ```json
    /// {"annotations": {"org.opencontainers.image.referrer.subject": "sha256:5b0b..."}}
    /// ```
    ///
    /// ## What to do
    /// Mark the entry in the list where readers look.
    {
        check: Check::Layout(check),
        requirements: &["REF-09", "REF-04"],
        levels: PROPOSED_SHOULD,
    }
}

fn check(evidence: &Evidence<'_>, findings: &mut Findings<'_>) {
    let Some(convention) = evidence.profile.convention() else { return };
    for key in convention.mark_keys() {
        let places = Places::of(convention, key);
        // what is also written where no reader looks says nothing there
        if places.marks.is_empty() || is_extra(convention, key) {
            continue;
        }
        let only = match (places.in_index_json, places.in_subject_index) {
            (true, false) => "entries of index.json",
            (false, _) => "entries beside an image in its own index",
            (true, true) => "entries of index.json and of an image's own index",
        };
        let message = format!("this annotation marks {} on {only} only", places.what());
        let wrong = misplaced_annotations(evidence, key).into_iter();
        for wrong in wrong.filter(|wrong| places.has_form(wrong.value) && !places.allow(evidence, wrong)) {
            findings.on(wrong.file, wrong.pointer, message.as_str());
        }
        let entries = evidence.facts.entries().iter().filter(|_| !places.in_index_json);
        for entry in entries.filter(|entry| entry.annotation(key).is_some_and(|value| places.has_form(value)))
        {
            let pointer = annotation_pointer(&entry.pointer(), key);
            findings.on("index.json", pointer, message.as_str());
        }
    }
}

/// Whether writers put the key where no reader looks for it, too.
fn is_extra(convention: &Convention, key: &str) -> bool {
    let extra = |carrier: &Carrier| carrier.extra_annotation.contains_key(key);
    convention.carriers.iter().any(extra) || convention.image_annotation.contains_key(key)
}

/// Where a key marks entries.
struct Places<'c> {
    /// What marks with it look like, but for those that say nothing of whose they are.
    marks: Vec<&'c Template>,
    responses_alone: bool,
    in_index_json: bool,
    in_subject_index: bool,
    anywhere: bool,
}

impl<'c> Places<'c> {
    fn of(convention: &'c Convention, key: &str) -> Self {
        let carriers: Vec<&Carrier> =
            convention.carriers.iter().filter(|carrier| carrier.annotation.contains_key(key)).collect();
        let any = |at: fn(&Carrier) -> bool| carriers.iter().any(|carrier| at(carrier));
        let marks = carriers.iter().filter_map(|carrier| carrier.annotation.get(key));
        Self {
            marks: marks.filter(|template| !template.is_constant()).collect(),
            responses_alone: carriers.iter().all(|carrier| carrier.lists == Lists::Response),
            in_index_json: any(|carrier| carrier.place == ListedIn::Index),
            in_subject_index: any(|carrier| carrier.place == ListedIn::SubjectIndex),
            anywhere: any(|carrier| carrier.reach == Reach::Graph),
        }
    }

    fn has_form(&self, value: &str) -> bool {
        self.marks.iter().any(|template| template.has_form(value))
    }

    fn what(&self) -> &'static str {
        if self.responses_alone { "a response" } else { "a referrer" }
    }

    fn allow(&self, evidence: &Evidence<'_>, found: &Misplaced<'_>) -> bool {
        found
            .listed_by
            .is_some_and(|index| self.anywhere || self.in_subject_index && evidence.is_subject_index(index))
    }
}
