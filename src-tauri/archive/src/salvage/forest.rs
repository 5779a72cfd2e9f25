//! Which trees the whole pages of a database make up, and which table each is. An inner page that is lost leaves the pages
//! below it as trees of their own; those, and all trees when the schema's pages are lost, are told by the shape of their
//! rows: STRICT tables leave little doubt, and where there is doubt a tree is not used.

use super::btree::{Kind, Node, Payload, node, record};
use super::shape::{SCHEMA, Shape};
use super::source::{Lost, Source, big_endian};
use crate::Error;
use letopis_vault::pages::USABLE;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Rows that are looked at before a tree counts as this or that table.
const SAMPLE: usize = 12;

/// What hears of (done, total) and says whether to go on.
pub type Step<'a> = dyn FnMut(u64, u64) -> std::ops::ControlFlow<()> + 'a;

pub struct Forest {
    /// Trees of each table, in the order of their pages.
    pub trees: BTreeMap<String, Vec<u32>>,
    /// Pages that were changed.
    pub lost: Lost,
    /// Pages of each table that were changed, as far as the page above them tells, and rows that went on on such a page.
    pub lost_of: BTreeMap<String, u64>,
}

/// The page above each page; 0: none is known.
struct Above(Vec<u32>);

impl Above {
    fn get(&self, page: u32) -> u32 {
        self.0.get(page as usize).copied().unwrap_or(0)
    }

    fn set(&mut self, page: u32, above: u32) {
        if let Some(place) = self.0.get_mut(page as usize) {
            *place = above;
        }
    }

    /// The tree a page stands in; damaged links cannot lead in a circle for ever.
    fn top(&self, mut page: u32) -> u32 {
        for _ in 0..64 {
            match self.get(page) {
                0 => return page,
                above => page = above,
            }
        }
        page
    }
}

impl Forest {
    /// # Errors
    /// `Stopped`; the disk does not read.
    pub fn of(source: &mut Source, shapes: &[Shape], step: &mut Step<'_>) -> Result<Self, Error> {
        let pages = source.pages();
        let mut above = Above(vec![0; pages as usize + 1]);
        let (mut nodes, mut lost) = (Vec::new(), Lost::new());
        for page in 1..=pages {
            if step(u64::from(page), u64::from(pages)).is_break() {
                return Err(Error::Stopped);
            }
            let Some(bytes) = source.page(page)? else {
                lost.insert(page);
                continue;
            };
            let Some(found) = node(page, &bytes) else { continue };
            nodes.push(page);
            for below in children(&found) {
                above.set(below, page);
            }
        }
        let roots: Vec<u32> = nodes.into_iter().filter(|page| above.get(*page) == 0).collect();
        let mut forest = Forest { trees: BTreeMap::new(), lost, lost_of: BTreeMap::new() };
        forest.name(source, &roots, shapes)?;
        forest.count_lost(&above);
        Ok(forest)
    }

    fn name(&mut self, source: &mut Source, roots: &[u32], shapes: &[Shape]) -> Result<(), Error> {
        let mut told: BTreeMap<u32, String> = BTreeMap::new();
        let mut rest = Vec::new();
        for root in roots {
            let sample = sample(source, *root)?;
            if SCHEMA.fits_all(&sample) {
                self.put(SCHEMA.name.clone(), *root);
                rows(source, *root, &mut |_, values| {
                    if let [_, Value::Text(name), _, Value::Integer(page), ..] = values.as_slice()
                        && let Ok(page) = u32::try_from(*page)
                    {
                        told.insert(page, name.clone());
                    }
                    Ok(())
                })?;
            } else {
                rest.push((*root, sample));
            }
        }
        for (root, sample) in rest {
            let mut fitting = shapes.iter().filter(|shape| shape.fits_all(&sample)).map(|shape| &shape.name);
            let name = match (told.get(&root), fitting.next(), fitting.next()) {
                (Some(name), ..) => Some(name.clone()),
                (None, Some(only), None) => Some(only.clone()),
                _ => None,
            };
            if let Some(name) = name {
                self.put(name, root);
            }
        }
        // A root that was changed is still some table's.
        for (page, name) in told.iter().filter(|(page, _)| self.lost.contains(page)) {
            *self.lost_of.entry(name.clone()).or_default() += 1;
            tracing::info!(page, name, "the root of a tree was changed");
        }
        Ok(())
    }

    fn put(&mut self, name: String, root: u32) {
        self.trees.entry(name).or_default().push(root);
    }

    fn count_lost(&mut self, above: &Above) {
        let names: BTreeMap<u32, String> =
            self.trees.iter().flat_map(|(name, roots)| roots.iter().map(|root| (*root, name.clone()))).collect();
        for page in self.lost.iter().filter(|page| above.get(**page) != 0) {
            if let Some(name) = names.get(&above.top(*page)) {
                *self.lost_of.entry(name.clone()).or_default() += 1;
            }
        }
    }

    /// Hands every row of a table to `take`: its number, and its columns as they are stored.
    ///
    /// # Errors
    /// Those of `take`; the disk does not read.
    pub fn rows(
        &mut self,
        source: &mut Source,
        table: &str,
        take: &mut dyn FnMut(i64, Vec<Value>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut torn = 0;
        for root in self.trees.get(table).into_iter().flatten() {
            torn += rows(source, *root, take)?;
        }
        if torn > 0 {
            *self.lost_of.entry(table.to_owned()).or_default() += torn;
        }
        Ok(())
    }
}

fn children(node: &Node) -> impl Iterator<Item = u32> + '_ {
    node.cells.iter().filter_map(|cell| cell.child).chain(node.right)
}

/// Walks a tree in the order of its keys; returns how many rows went on on a page that was changed.
fn rows(source: &mut Source, root: u32, take: &mut dyn FnMut(i64, Vec<Value>) -> Result<(), Error>) -> Result<u64, Error> {
    enum Next {
        Page(u32),
        Row(i64, Payload),
    }
    let (mut todo, mut seen, mut torn) = (vec![Next::Page(root)], BTreeSet::new(), 0);
    while let Some(next) = todo.pop() {
        match next {
            Next::Row(rowid, payload) => match whole(source, payload)?.as_deref().and_then(record) {
                Some(values) => take(rowid, values)?,
                None => torn += 1,
            },
            Next::Page(page) => {
                let found = if seen.insert(page) { source.page(page)? } else { None };
                let Some(found) = found.as_deref().and_then(|bytes| node(page, bytes)) else { continue };
                todo.extend(found.right.map(Next::Page));
                for cell in found.cells.into_iter().rev() {
                    todo.extend(cell.payload.map(|payload| Next::Row(cell.rowid, payload)));
                    todo.extend(cell.child.map(Next::Page));
                }
            }
        }
    }
    Ok(torn)
}

/// A record with what stands of it on other pages.
fn whole(source: &mut Source, payload: Payload) -> Result<Option<Vec<u8>>, Error> {
    let Payload { len, local: mut bytes, mut overflow } = payload;
    // A length that was never written cannot be told from one that was: no more than the file holds is believed.
    if len > source.pages() as usize * USABLE {
        return Ok(None);
    }
    while bytes.len() < len {
        let Some(page) = overflow else { return Ok(None) };
        let Some(more) = source.page(page)? else { return Ok(None) };
        let next = big_endian(&more, 0);
        overflow = (next > 0).then_some(next);
        bytes.extend(more.iter().skip(4).take(len - bytes.len()));
    }
    Ok(Some(bytes))
}

/// The first few rows of a tree, with what sort of tree it is.
fn sample(source: &mut Source, root: u32) -> Result<(bool, Vec<Vec<Value>>), Error> {
    let (mut page, mut found) = (root, Vec::new());
    let mut is_table = true;
    for _ in 0..64 {
        let Some(node) = source.page(page)?.as_deref().and_then(|bytes| node(page, bytes)) else { break };
        is_table = node.kind.is_table();
        let is_leaf = matches!(node.kind, Kind::TableLeaf | Kind::IndexLeaf);
        let next = children(&node).find(|below| *below != page);
        for cell in node.cells.into_iter().take(SAMPLE) {
            if let Some(payload) = cell.payload {
                found.extend(whole(source, payload)?.as_deref().and_then(record));
            }
        }
        match next {
            Some(below) if !is_leaf && found.len() < SAMPLE => page = below,
            _ => break,
        }
    }
    Ok((is_table, found))
}
