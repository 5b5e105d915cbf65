//! Where the carriers of the proposal list referrers.
//!
//! Owns: the lists of each carrier, the entries in them that are of it or say so, and whether a referrer is in all that it should
//! be in. Leaves to others: responses, which have lists of their own ([`super::responses`]), and whether anything is wrong.

use std::collections::{BTreeMap, BTreeSet};

use referee_convention::{Carrier, Convention, ListedIn, Lists, Reach, Values};
use referee_layout::{DocumentKind, Entry, Node};
use referee_spec::Digest;
use referee_spec::media_type;
use referee_spec::path::blob_path;

use super::marks::{claims, fits, of_referrer};
use super::{Evidence, Reference, Response};

/// An entry that says that it is of a carrier that lists single referrers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing<'a> {
    pub(crate) carrier: &'a Carrier,
    /// The index that has it; none for index.json.
    from: Option<&'a Node>,
    pub(crate) entry: &'a Entry,
    /// Whether all marks are those of what it lists.
    pub(crate) fits: bool,
}

impl Listing<'_> {
    /// The file that has it.
    pub(crate) fn file(&self) -> String {
        self.from.map_or_else(|| "index.json".to_owned(), |node| blob_path(&node.digest))
    }
}

/// How a carrier has a referrer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// As it should.
    Yes,
    /// The list of the subject is there, and it is not in it.
    NotInResponse,
    /// Nothing lists it.
    No,
}

/// The responses of carriers, by the subjects that they are marked for.
pub(crate) type ResponsesBySubject<'e, 'a> = BTreeMap<&'e Digest, Vec<&'e Response<'a>>>;

impl<'a> Evidence<'a> {
    /// The carriers into which a writer of the proposal puts referrers.
    pub(crate) fn carriers(&self) -> impl Iterator<Item = &'a Carrier> + use<'a> {
        self.profile.convention().into_iter().flat_map(Convention::written)
    }

    /// The referrers that the carriers have to list. A proposal that has no say in what is only a blob speaks of all that is in
    /// the layout; what one with a text means by that is an open question, AMB-02.
    pub(crate) fn referrers_to_list(&self) -> Vec<(&'a Node, &'a Digest)> {
        if self.profile.convention().is_none() {
            return Vec::new();
        }
        let mut all: Vec<_> = self.referrers().collect();
        if !self.profile.has_text() && self.lists_all() {
            let own = |node: &&Node| {
                node.media_type.as_deref() == Some(node.kind.media_type()) && node.invalid.is_none()
            };
            let unreached = self.unreached().into_iter().filter(own);
            all.extend(unreached.filter_map(|node| Some((node, &node.subject.as_ref()?.digest))));
        }
        let responses: BTreeSet<_> =
            self.proposed_responses().filter_map(|response| Some(&response.node?.digest)).collect();
        // a response with a subject of its own is reported as that
        all.retain(|(node, _)| !responses.contains(&node.digest));
        all
    }

    pub(crate) fn responses_by_subject(&self) -> ResponsesBySubject<'_, 'a> {
        let mut all = ResponsesBySubject::new();
        let mut by_name: BTreeMap<&str, BTreeSet<&Digest>> = BTreeMap::new();
        for entry in self.facts.entries() {
            if let (Some(name), Some(digest)) = (entry.ref_name(), entry.digest()) {
                by_name.entry(name).or_default().insert(digest);
            }
        }
        for response in self.proposed_responses() {
            // of several things with one name each has the response
            let named = response.carrier.filter(|carrier| carrier.needs_name());
            let values = named.zip(response.subject.as_ref()).map(|(carrier, own)| self.values(carrier, own));
            let names = values.iter().flatten().filter_map(|values| values.ref_name);
            let others = names.filter_map(|name| by_name.get(name)).flatten().copied();
            for subject in response.subject.iter().chain(others).collect::<BTreeSet<_>>() {
                all.entry(subject).or_default().push(response);
            }
        }
        all
    }

    /// Whether a carrier has a referrer wherever it should: once, or once for each name of the subject.
    pub(crate) fn listed(
        &self,
        carrier: &Carrier,
        node: &Node,
        subject: &Digest,
        responses: &ResponsesBySubject<'_, 'a>,
    ) -> Listed {
        let values = self.values(carrier, subject);
        let once = |values: &Values<'_>| match (carrier.place, carrier.lists) {
            (ListedIn::Blob, _) => Listed::Yes,
            (_, Lists::Response) => {
                let of = responses.get(subject).into_iter().flatten();
                let of = of.filter(|one| one.carrier.is_some_and(|own| std::ptr::eq(own, carrier)));
                let of: Vec<_> = of.filter(|one| fits(carrier, one.entry, values)).collect();
                match () {
                    () if of.is_empty() => Listed::No,
                    () if of.iter().any(|one| self.has(one, &node.digest)) => Listed::Yes,
                    () => Listed::NotInResponse,
                }
            }
            (_, Lists::Referrer) => match self.entries_of(carrier, node, values).next() {
                Some(_) => Listed::Yes,
                None => Listed::No,
            },
        };
        values.iter().map(once).find(|listed| *listed != Listed::Yes).unwrap_or(Listed::Yes)
    }

    /// Whether a response lists something. One that cannot be read is reported as that.
    fn has(&self, response: &Response<'_>, digest: &Digest) -> bool {
        let Some(node) = response.node else { return true };
        self.references(digest).iter().any(|one| one.from == Some(&node.digest) && one.entry().is_some())
    }

    /// The entries of a referrer that have all marks of a carrier for these values.
    pub(crate) fn entries_of<'e>(
        &'e self,
        carrier: &'e Carrier,
        node: &'e Node,
        values: &Values<'e>,
    ) -> impl Iterator<Item = (String, &'a Entry)> + use<'e, 'a> {
        let values = of_referrer(*values, node);
        let here = self.references(&node.digest).iter().filter(|one| self.is_in_list_of(carrier, one));
        here.filter_map(move |one| {
            let entry = one.entry()?;
            fits(carrier, entry, &values).then(|| (one.file(), entry))
        })
    }

    /// Whether a descriptor is in a list at which a reader of that carrier looks.
    fn is_in_list_of(&self, carrier: &Carrier, reference: &Reference<'_>) -> bool {
        match (carrier.place, carrier.reach, reference.from) {
            (ListedIn::Blob, ..) => false,
            (ListedIn::Index, Reach::Entries, from) => from.is_none(),
            (ListedIn::Index, Reach::Graph, None) => true,
            (ListedIn::Index, Reach::Graph, Some(from)) => self.is_index(from),
            (ListedIn::SubjectIndex, _, from) => from.is_some_and(|from| self.is_subject_index(from)),
        }
    }

    /// Whether it is an image index that index.json names, in which a carrier may list referrers beside their subject.
    pub(crate) fn is_subject_index(&self, digest: &Digest) -> bool {
        self.is_index(digest) && self.references(digest).iter().any(|one| one.from.is_none())
    }

    fn is_index(&self, digest: &Digest) -> bool {
        self.node(digest).is_some_and(|node| node.kind == DocumentKind::Index)
    }

    /// All entries that say by their own keys that they are of a carrier, each with its file. One that is rightly of another
    /// carrier with the same keys is left out.
    pub(crate) fn claimed(&self) -> Vec<(String, &'a Entry, &'a Carrier)> {
        let mut right = self.right_responses();
        let listings = self.listings();
        for listing in listings.iter().filter(|listing| listing.fits && listing.from.is_none()) {
            right.entry(listing.entry.position).or_default().push(listing.carrier);
        }
        let mut found = Vec::new();
        for carrier in self.carriers().filter(|carrier| carrier.lists == Lists::Response) {
            let others = |entry: &Entry| right.get(&entry.position).into_iter().flatten();
            let free = |entry: &&Entry| {
                others(entry).all(|other| std::ptr::eq(*other, carrier) || !share_keys(carrier, other))
            };
            let entries = self.facts.entries().iter().filter(|entry| claims(carrier, entry)).filter(free);
            found.extend(entries.map(|entry| ("index.json".to_owned(), entry, carrier)));
        }
        let single = listings.into_iter().filter(|listing| !listing.fits);
        found.extend(single.map(|listing| (listing.file(), listing.entry, listing.carrier)));
        found
    }

    /// The carriers of the image indexes in index.json that have all marks for some subject, by the entry's position.
    fn right_responses(&self) -> BTreeMap<u32, Vec<&'a Carrier>> {
        let mut right: BTreeMap<u32, Vec<&Carrier>> = BTreeMap::new();
        let is_index = |response: &&Response<'_>| {
            let descriptor = response.entry.descriptor.as_ref();
            descriptor.is_ok_and(|descriptor| descriptor.media_type == media_type::IMAGE_INDEX)
        };
        for response in self.responses().iter().filter(is_index).filter(|response| self.is_right(response)) {
            right.entry(response.entry.position).or_default().extend(response.carrier);
        }
        right
    }

    /// Takes out of the responses what is rightly of another carrier by the same keys: an entry for a single referrer, or a
    /// response whose mark names a subject.
    pub(super) fn without_others(mut self) -> Self {
        let single = |carrier: &&Carrier| {
            (carrier.place, carrier.lists) == (ListedIn::Index, Lists::Referrer)
                && !carrier.annotation.is_empty()
        };
        let singles: Vec<&Carrier> = self.all_carriers().filter(single).collect();
        let right = self.right_responses();
        let is_single = |response: &Response<'a>| {
            let node = response.entry.digest().and_then(|digest| self.node(digest));
            let same = singles.iter().filter(|one| response.carrier.is_some_and(|own| share_keys(own, one)));
            same.into_iter().any(|one| self.is_of(one, response.entry, node))
        };
        let is_another = |response: &Response<'a>| {
            let mut others = right.get(&response.entry.position).into_iter().flatten();
            let same = |other: &&Carrier| response.carrier.is_some_and(|own| share_keys(own, other));
            !self.is_right(response) && others.any(same)
        };
        let of_its_own = |response: &&Response<'a>| !is_single(response) && !is_another(response);
        let responses = self.responses.iter().filter(of_its_own).cloned().collect();
        self.responses = responses;
        self
    }

    fn is_right(&self, response: &Response<'_>) -> bool {
        response.subject.as_ref().is_some_and(|subject| response.is_for(self, subject))
    }

    fn all_carriers(&self) -> impl Iterator<Item = &'a Carrier> + use<'a> {
        self.profile.convention().into_iter().flat_map(|convention| &convention.carriers)
    }

    /// The entries that say by their own keys that they are of a carrier for single referrers. One that has all the marks of
    /// some carrier for what it lists is not of another one with the same keys.
    pub(crate) fn listings(&self) -> Vec<Listing<'a>> {
        let single =
            |carrier: &&Carrier| carrier.lists == Lists::Referrer && carrier.marks().next().is_some();
        let all: Vec<_> = self.all_carriers().filter(single).collect();
        let mut found = Vec::new();
        if all.is_empty() {
            return found;
        }
        self.look(None, self.facts.entries(), &all, &mut found);
        if all.iter().any(|one| one.place == ListedIn::SubjectIndex || one.reach == Reach::Graph) {
            for node in self.nodes().filter(|node| node.kind == DocumentKind::Index) {
                self.look(Some(node), &node.entries, &all, &mut found);
            }
        }
        found
    }

    fn look(
        &self,
        from: Option<&'a Node>,
        entries: &'a [Entry],
        all: &[&'a Carrier],
        found: &mut Vec<Listing<'a>>,
    ) {
        let here = |carrier: &&Carrier| match (carrier.place, from) {
            (ListedIn::SubjectIndex, from) => from.is_some_and(|node| self.is_subject_index(&node.digest)),
            (_, from) => from.is_none() || carrier.reach == Reach::Graph,
        };
        let all: Vec<&'a Carrier> = all.iter().copied().filter(here).collect();
        let responses = if from.is_none() { self.right_responses() } else { BTreeMap::new() };
        for entry in entries.iter().filter(|entry| all.iter().any(|carrier| claims(carrier, entry))) {
            let node = entry.digest().and_then(|digest| self.node(digest));
            let (fitting, others): (Vec<&Carrier>, Vec<&Carrier>) =
                all.iter().partition(|one| self.is_of(one, entry, node));
            let right = || fitting.iter().chain(responses.get(&entry.position).into_iter().flatten());
            let free = |carrier: &&Carrier| {
                let shared = right().any(|other| share_keys(carrier, other));
                claims(carrier, entry) && !carrier.read_only && !shared
            };
            let said = others.into_iter().filter(free).map(|carrier| (carrier, false));
            let all = said.chain(fitting.iter().map(|carrier| (*carrier, true)));
            found.extend(all.map(|(carrier, fits)| Listing { carrier, from, entry, fits }));
        }
    }

    /// Whether an entry has all marks of the carrier for what it lists.
    fn is_of(&self, carrier: &Carrier, entry: &Entry, node: Option<&Node>) -> bool {
        let Some((node, subject)) = node.and_then(|node| Some((node, &node.subject.as_ref()?.digest))) else {
            return false;
        };
        let values = self.values(carrier, subject);
        values.iter().any(|values| fits(carrier, entry, &of_referrer(*values, node)))
    }
}

/// Whether two carriers mark entries by the same keys, at least in part.
fn share_keys(one: &Carrier, other: &Carrier) -> bool {
    let by_name = |carrier: &Carrier| carrier.annotation.is_empty() && carrier.ref_name.is_some();
    by_name(one) && by_name(other) || one.annotation.keys().any(|key| other.annotation.contains_key(key))
}
