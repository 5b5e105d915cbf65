//! What an entry must carry to belong to a carrier and a subject.
//!
//! Owns: filling the carrier's templates, once for each name of the subject where they ask for it. Leaves to others: which
//! lists are looked at ([`super::carrier`]).

use referee_convention::{Carrier, Mark, Values};
use referee_spec::Digest;

use crate::facts::{Entry, Facts};

/// The marks of the entries of one subject.
pub(super) struct Want<'a> {
    /// One of these must fit; none where the carrier asks for a name and the subject has none.
    any_of: Vec<Marks<'a>>,
    is_unmarked: bool,
}

/// Annotations that belong together.
struct Marks<'a> {
    values: Values<'a>,
    /// Those that all referrers of the subject have alike.
    fixed: Vec<(&'a str, String)>,
    /// Those that name the referrer.
    of_referrer: Vec<Mark<'a>>,
}

impl<'a> Want<'a> {
    pub(super) fn new(facts: &'a Facts, subject: &'a Digest, carrier: &'a Carrier) -> Self {
        let values = Values::of(subject);
        let any_of = if carrier.needs_name() {
            let names = names(facts, subject, carrier).into_iter();
            names.map(|name| Marks::new(carrier, Values { ref_name: Some(name), ..values })).collect()
        } else {
            vec![Marks::new(carrier, values)]
        };
        Self { any_of, is_unmarked: carrier.marks().next().is_none() }
    }

    /// Whether every entry fits.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_unmarked
    }

    pub(super) fn fits(&self, entry: &Entry) -> bool {
        self.any_of.iter().any(|marks| marks.fit(entry))
    }
}

impl<'a> Marks<'a> {
    fn new(carrier: &'a Carrier, values: Values<'a>) -> Self {
        let (of_referrer, fixed): (Vec<_>, Vec<_>) =
            carrier.marks().partition(|mark| mark.template.has_referrer());
        let fixed = fixed.iter().filter_map(|mark| Some((mark.key, mark.value(&values)?))).collect();
        Self { values, fixed, of_referrer }
    }

    fn fit(&self, entry: &Entry) -> bool {
        let values = Values { referrer: entry.digest(), ..self.values };
        self.fixed.iter().all(|(key, value)| entry.annotation(key) == Some(value))
            && self.of_referrer.iter().all(|mark| {
                // most entries have no such annotation, and nothing needs to be filled in for them
                entry.annotation(mark.key).is_some_and(|there| mark.value(&values).as_deref() == Some(there))
            })
    }
}

/// The names that the subject has of its own: not those under which this carrier lists it as somebody's referrer.
fn names<'a>(facts: &'a Facts, subject: &Digest, carrier: &Carrier) -> Vec<&'a str> {
    let listed = |entry: &Entry, name: &str| {
        let values = Values { ref_name: Some(name), referrer: Some(subject), ..Values::of(subject) };
        let mut others = carrier.marks().filter(|mark| !mark.template.has_ref_name()).peekable();
        others.peek().is_some()
            && others.all(|mark| entry.annotation(mark.key) == mark.value(&values).as_deref())
    };
    let own = facts.entries().iter().filter(|entry| entry.digest() == Some(subject));
    let own = own.filter_map(|entry| entry.ref_name().filter(|name| !listed(entry, name)));
    let mut names: Vec<&str> = own.collect();
    names.sort_unstable();
    names.dedup();
    names
}
