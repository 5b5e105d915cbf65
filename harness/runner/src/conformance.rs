//! Conformance cases: for each rule, layouts that break it and layouts that nearly do. One TOML file per rule.
//!
//! Owns: the form of a case and of the bases it starts from, and what is expected of each variant. Leaves to others:
//! how a layout is changed (`mutate`), and what the rules find in it.

mod archive;
mod edit;
mod file;
mod mutate;
mod scene;

use std::collections::BTreeMap;

use referee_convention::Convention;
use referee_source::{Source, SourceError};

use crate::case::{Case, Content};
pub use archive::Form;
pub use file::{BaseFile, ConformanceFile};
pub use scene::Scene;

/// A layout without a fault.
#[derive(Debug, Clone)]
pub struct Base {
    /// The file's stem.
    pub id: String,
    /// What it is, as a sentence.
    pub title: String,
    /// The requirements that allow what it does.
    pub req: Vec<String>,
    /// Rules that find something in it all the same, as infos.
    pub infos: Vec<String>,
    /// The profile under which nothing else is found in it.
    pub profile: String,
    convention: Option<String>,
    content: Vec<Content>,
    file: BaseFile,
    source: Source,
}

/// All variants for one rule.
#[derive(Debug, Clone)]
pub struct Conformance {
    /// The rule's id, equal to the file's stem.
    pub rule: String,
    /// The layouts, hits first, in the file's order.
    pub variants: Vec<Variant>,
}

/// One layout, made from a base.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Variant {
    /// As in `size-mismatch/hit-1`.
    pub id: String,
    /// Whether the rule has to find something.
    pub hit: bool,
    /// Why it does, or why it does not.
    pub why: String,
    /// The base's id.
    pub base: String,
    /// The profile it is held against.
    pub profile: String,
    /// Readings that are picked.
    pub reading: BTreeMap<String, String>,
    /// Everything that has to be found: rule and place, as in `index.json#/manifests/0`.
    pub expect: Vec<(String, String)>,
    mutations: Vec<mutate::Mutation>,
    source: Source,
}

impl Base {
    /// Reads a base.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let file: BaseFile = source.parse()?;
        let content = crate::case::content(source, &file.content)?;
        Ok(Self {
            id: source.stem().to_owned(),
            title: file.title.clone(),
            req: crate::case::requirements(source, &file.req)?,
            infos: file.infos.clone(),
            profile: file.profile.clone(),
            convention: file.convention.clone(),
            content,
            file,
            source: source.clone(),
        })
    }

    /// The layout.
    ///
    /// # Errors
    /// A mutation leads nowhere, or no convention has the name.
    pub fn scene(&self, conventions: &[Convention]) -> Result<Scene, SourceError> {
        let wanted = self.convention.as_deref();
        let convention = conventions.iter().find(|convention| Some(convention.id.as_str()) == wanted);
        if let Some(wanted) = wanted.filter(|_| convention.is_none()) {
            return Err(self.source.error(0..0, format!("no convention is named `{wanted}`")));
        }
        let case = Case::of_content(&self.source, self.content.clone());
        let mut scene = Scene::new(&crate::Plan::compile(&case), convention);
        for mutation in &self.file.mutate {
            mutate::Mutation::read(&self.source, mutation)?.apply(&mut scene, &self.source)?;
        }
        Ok(scene)
    }
}

impl Conformance {
    /// Reads the case of a rule.
    ///
    /// # Errors
    /// The first mistake, at its line.
    pub fn parse(source: &Source) -> Result<Self, SourceError> {
        let file: ConformanceFile = source.parse()?;
        if file.rule != source.stem() {
            let message =
                format!("rule `{}` is not the file's stem, expected `{}`", file.rule, source.stem());
            return Err(source.error(0..0, message));
        }
        let mut variants = Vec::new();
        for (n, hit) in file.hit.iter().enumerate() {
            variants.push(Variant::read(source, &file, hit, Some(n + 1), 0)?);
        }
        for (n, miss) in file.near_miss.iter().enumerate() {
            variants.push(Variant::read(source, &file, miss, None, n + 1)?);
        }
        Ok(Self { rule: file.rule, variants })
    }
}

impl Variant {
    fn read(
        source: &Source,
        file: &ConformanceFile,
        one: &file::VariantFile,
        hit: Option<usize>,
        miss: usize,
    ) -> Result<Self, SourceError> {
        let id = match hit {
            Some(n) => format!("{}/hit-{n}", file.rule),
            None => format!("{}/near-miss-{miss}", file.rule),
        };
        if hit.is_some() == one.find.is_empty() {
            return Err(source.error(0..0, format!("{id}: a hit has a `find`, and a near-miss has none")));
        }
        let mut expect: Vec<_> = one.find.iter().map(|place| (file.rule.clone(), place.clone())).collect();
        for also in &one.also {
            let (rule, place) = also.split_once('@').ok_or_else(|| {
                source.error(
                    0..0,
                    format!("{id}: `{also}` is not `rule@place`, as in `blob-missing@index.json#/x`"),
                )
            })?;
            expect.push((rule.to_owned(), place.to_owned()));
        }
        let mutations = one.mutate.iter().map(|mutation| mutate::Mutation::read(source, mutation));
        Ok(Self {
            id,
            hit: hit.is_some(),
            why: one.why.clone(),
            base: one.base.clone().unwrap_or_else(|| file.base.clone()),
            profile: one.profile.clone().unwrap_or_else(|| file.profile.clone()),
            reading: one.reading.clone(),
            expect,
            mutations: mutations.collect::<Result<_, _>>()?,
            source: source.clone(),
        })
    }

    /// The layout.
    ///
    /// # Errors
    /// A mutation leads nowhere, or there is no such base.
    pub fn scene(&self, bases: &[Base], conventions: &[Convention]) -> Result<Scene, SourceError> {
        let base = bases.iter().find(|base| base.id == self.base);
        let base =
            base.ok_or_else(|| self.source.error(0..0, format!("no base is named `{}`", self.base)))?;
        let mut scene = base.scene(conventions)?;
        for mutation in &self.mutations {
            mutation.apply(&mut scene, &self.source)?;
        }
        Ok(scene)
    }
}

impl Scene {
    /// The layout with the mutations of a TOML text, `mutate = [...]` as in a case.
    ///
    /// # Errors
    /// A mistake in the text, or a mutation that leads nowhere.
    pub fn mutated(mut self, source: &Source) -> Result<Self, SourceError> {
        let file: file::MutationsFile = source.parse()?;
        for mutation in &file.mutate {
            mutate::Mutation::read(source, mutation)?.apply(&mut self, source)?;
        }
        Ok(self)
    }
}
