//! What an entry has to have on it to belong to a carrier of the proposal, and what it has.
//!
//! Owns: filling the carrier's templates for a subject and a referrer, once for each name of the subject where they ask for it.
//! Leaves to others: which entries there are ([`super::responses`], [`super::listings`]), and whether they are right.

use referee_convention::{Carrier, Template, Values};
use referee_layout::{Entry, Node};
use referee_spec::Digest;
use referee_spec::digest::DigestError;

use super::{Evidence, Reference};
use crate::profile::Profile;

/// Whether the entry has every mark of the carrier, for these values.
pub(crate) fn fits(carrier: &Carrier, entry: &Entry, values: &Values<'_>) -> bool {
    carrier.marks().all(|mark| {
        // most entries have no such annotation, and nothing needs to be filled in for them
        entry.annotation(mark.key).is_some_and(|there| mark.value(values).as_deref() == Some(there))
    })
}

/// Whether the entry says by the carrier's own keys that it is of the carrier.
pub(crate) fn claims(carrier: &Carrier, entry: &Entry) -> bool {
    carrier.is_claimed_by(|key| entry.annotation(key))
}

/// The mark that has to hold a digest and does not, with what is wrong with it.
pub(crate) fn not_a_digest<'c>(
    carrier: &'c Carrier,
    entry: &Entry,
    profile: &Profile,
) -> Option<(&'c str, DigestError)> {
    carrier.annotation.iter().find_map(|(key, template)| {
        let digest = template.digest_in(entry.annotation(key)?)?;
        Some((key.as_str(), profile.digest_problem(digest)?))
    })
}

/// The subject that a mark of the entry names by its digest.
pub(crate) fn named_subject(carrier: &Carrier, entry: &Entry) -> Option<Digest> {
    carrier
        .annotation
        .iter()
        .find_map(|(key, template)| Digest::parse(template.digest_in(entry.annotation(key)?)?).ok())
}

/// What is known of a referrer.
pub(crate) fn of_referrer<'v>(values: Values<'v>, node: &'v Node) -> Values<'v> {
    Values { referrer: Some(&node.digest), artifact_type: node.referrer_type(), ..values }
}

impl<'a> Evidence<'a> {
    /// What is known of a subject: once, or once for each of its names where the carrier asks for them. So there is nothing of
    /// a subject without a name, and no entry that such a carrier would have for it.
    pub(crate) fn values<'s>(&self, carrier: &Carrier, subject: &'s Digest) -> Vec<Values<'s>>
    where
        'a: 's,
    {
        let values = Values::of(subject);
        if !carrier.needs_name() {
            return vec![values];
        }
        self.names(subject).into_iter().map(|name| Values { ref_name: Some(name), ..values }).collect()
    }

    /// The same with each name of the subject, where the entry's further annotations ask for one and its marks do not.
    pub(crate) fn named_values<'v>(&self, carrier: &Carrier, values: Values<'v>) -> Vec<Values<'v>>
    where
        'a: 'v,
    {
        let asks = carrier.extra_annotation.values().any(Template::has_ref_name);
        let names = if asks && values.ref_name.is_none() { self.names(values.subject) } else { Vec::new() };
        if names.is_empty() {
            return vec![values];
        }
        names.into_iter().map(|name| Values { ref_name: Some(name), ..values }).collect()
    }

    /// The names that index.json gives to something for its own sake, and not to list it as somebody's referrer.
    fn names(&self, digest: &Digest) -> Vec<&'a str> {
        let entries = self.references(digest).iter().filter(|one| one.from.is_none());
        let own = entries.filter_map(Reference::entry).filter(|entry| !self.is_named_by_a_carrier(entry));
        let mut names: Vec<&str> = own.filter_map(Entry::ref_name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether an entry of index.json has its name from a carrier.
    fn is_named_by_a_carrier(&self, entry: &Entry) -> bool {
        let carriers = self.profile.convention().into_iter().flat_map(|convention| &convention.carriers);
        let node = entry.digest().and_then(|digest| self.node(digest));
        let subject = node.and_then(|node| Some((node, &node.subject.as_ref()?.digest)));
        carriers.filter(|carrier| carrier.ref_name.is_some()).any(|carrier| {
            // a carrier that asks for a name knows its entries by another mark
            claims(carrier, entry)
                || !carrier.needs_name()
                    && subject.is_some_and(|(node, subject)| {
                        fits(carrier, entry, &of_referrer(Values::of(subject), node))
                    })
        })
    }
}
