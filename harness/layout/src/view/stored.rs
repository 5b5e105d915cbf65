//! By which conventions referrers are stored, and not merely found.
//!
//! Owns: asking each place that a writer of a convention fills whether it has the referrer, with what is copied to it. Leaves to
//! others: reading a carrier ([`super::carrier`]), and what tools make of it.
//!
//! Readers find more than writers of their convention store: one that follows every index also finds what a response lists.
//! What tools were seen to do was measured with what a writer stored.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::carrier::{self, Sighting};
use crate::facts::{Entry, Facts};
use crate::graph;
use referee_convention::{Carrier, Convention, ListedIn, Lists, PullUp, Reach};
use referee_spec::Digest;

/// The ids of the conventions by which each referrer is stored. One that asks for less than another one of them is left out.
pub fn stored(
    facts: &Facts,
    subject: &Digest,
    conventions: &[Convention],
) -> BTreeMap<Digest, BTreeSet<String>> {
    let listed = LazyCell::new(|| graph::listed(facts));
    let mut read: Vec<(&Carrier, BTreeSet<&Digest>)> = Vec::new();
    for carrier in conventions.iter().flat_map(Convention::written) {
        if !read.iter().any(|(known, _)| is_same(known, carrier)) {
            // a writer puts entries where it is told to, and not anywhere that can be reached from there
            let own = Carrier { reach: Reach::Entries, ..carrier.clone() };
            let sightings = carrier::read(facts, subject, &own).sightings;
            let whole = sightings.iter().filter(|one| match (carrier.place, carrier.lists) {
                // what a list has is not merely a blob
                (ListedIn::Blob, _) => !listed.contains(one.digest()),
                // readers list what a response says, whatever was copied to it
                (_, Lists::Response) => true,
                (_, Lists::Referrer) => has_all(one, &carrier.pull_up),
            });
            read.push((carrier, whole.map(Sighting::digest).collect()));
        }
    }
    let marked = |convention: &Convention| {
        let own = facts.index_annotations();
        convention.index_annotation.iter().all(|(key, value)| own.get(key) == Some(value.as_str()))
    };
    let mut stored: BTreeMap<&Digest, Vec<&Convention>> = BTreeMap::new();
    for convention in conventions.iter().filter(|convention| marked(convention)) {
        let lists = convention.written().filter_map(|own| read.iter().find(|(known, _)| is_same(known, own)));
        let lists: Vec<&BTreeSet<&Digest>> = lists.map(|(_, digests)| digests).collect();
        for digest in lists.first().into_iter().flat_map(|first| first.iter()) {
            if lists.iter().all(|list| list.contains(digest)) {
                stored.entry(digest).or_default().push(convention);
            }
        }
    }
    let most = |all: &[&Convention]| {
        let less = |one: &&&Convention| all.iter().any(|other| has(other, one) && !has(one, other));
        all.iter().filter(|one| !less(one)).map(|one| one.id.clone()).collect()
    };
    stored.into_iter().map(|(digest, all)| (digest.clone(), most(&all))).collect()
}

/// Whether the entry has what is copied to it from the manifest. Of what is not there nobody can tell.
fn has_all(sighting: &Sighting<'_>, pull_up: &[PullUp]) -> bool {
    let (Some(node), Some(Entry { descriptor: Ok(descriptor), .. })) = (sighting.node, sighting.entry())
    else {
        return true;
    };
    let own = descriptor.optional();
    pull_up.iter().all(|field| match field {
        PullUp::ArtifactType => own.artifact_type.as_deref() == node.referrer_type(),
        PullUp::Annotations => {
            node.annotations.iter().all(|(key, value)| own.annotations.get(key) == Some(value))
        }
    })
}

/// Whether writers put the same into both.
fn is_same(one: &Carrier, other: &Carrier) -> bool {
    covers(one, other) && covers(other, one)
}

/// Whether what is stored by the first convention is stored by the second one, too.
fn has(more: &Convention, less: &Convention) -> bool {
    less.written().all(|one| one.place == ListedIn::Blob || more.written().any(|other| covers(other, one)))
        && less.index_annotation.iter().all(|(key, value)| more.index_annotation.get(key) == Some(value))
}

fn covers(more: &Carrier, less: &Carrier) -> bool {
    (more.place, more.lists) == (less.place, less.lists)
        && less.annotation.iter().all(|(key, value)| more.annotation.get(key) == Some(value))
        && (less.ref_name.is_none() || more.ref_name == less.ref_name)
        && less.pull_up.iter().all(|field| more.pull_up.contains(field))
}
