//! Which bytes go into which ConfigMap. Pure: the same schema, settings and earlier placement give the same bytes.
//!
//! Applications mount ConfigMaps by name, so the number of shards is a promise: it is picked once and never grows by
//! itself, since a shard that nobody mounts is a table that silently vanished. What no longer fits is an error.

mod files;
mod keys;
mod objects;
mod pack;

use std::collections::BTreeMap;

use self::objects::Content;
use super::index::{self, INDEX_KEY};
pub use super::index::{IndexDatabase, IndexDocument, IndexEntry, Placement, placement};
use crate::api::snapshot::OutputFormat;
use crate::error::Reason;
use crate::schema::Snapshot;
use crate::schema::canonical;

/// Most bytes of values in one ConfigMap of ours. The API server takes 1 MiB; the rest is room for what is not counted
/// there but is in the database behind it: keys, metadata, and the managed fields, which name every key again.
pub const MAX_BYTES: usize = 800 * 1024;
/// Most ConfigMaps the tables may be spread over.
pub const MAX_SHARDS: u32 = 16;

/// What a layout is made from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Name of the index ConfigMap.
    pub name: &'a str,
    /// The filtered schema.
    pub snapshot: &'a Snapshot,
    /// `spec.output.formats`; canonical JSON is always there.
    pub formats: &'a [OutputFormat],
    /// `spec.output.shards`.
    pub asked: Option<u32>,
    /// `status.shards`; without it, what `previous` was made for counts.
    pub kept: Option<u32>,
    /// Where each table was at the last publication.
    pub previous: &'a Placement,
    /// Where each text of a database was.
    pub previous_files: &'a Placement,
}

/// One ConfigMap's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// It holds `index.json`.
    pub index: bool,
    /// Its `data`.
    pub data: BTreeMap<String, String>,
    /// Hash over `data`.
    pub hash: String,
    /// Bytes of values.
    pub bytes: usize,
}

/// The whole set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The index document, as written.
    pub index: IndexDocument,
    /// Number of ConfigMaps that hold tables.
    pub shards: u32,
    /// Shards first, the index last: the order they are written in.
    pub parts: Vec<Part>,
}

/// No layout is possible; what was published before stays.
#[derive(Debug, thiserror::Error)]
pub enum LayoutError {
    /// The content needs more ConfigMaps than there are now.
    #[error("needs {needs} shards: set output.shards: {needs}, or narrow tables.include")]
    TooLarge {
        /// The smallest number that would do.
        needs: u32,
    },
    /// Not even [`MAX_SHARDS`] would do.
    #[error(
        "{objects} tables and views do not fit into {MAX_SHARDS} shards: narrow databases.include or tables.include, \
         or mirror a part of them with a second SchemaSnapshot"
    )]
    FarTooLarge {
        /// Tables and views selected.
        objects: usize,
    },
    /// The index, which is always in one ConfigMap, does not fit there.
    #[error(
        "the index of {objects} tables and views does not fit into one ConfigMap: narrow databases.include or \
         tables.include, take JsonSchema out of output.formats, or mirror a part of them with a second SchemaSnapshot"
    )]
    IndexTooLarge {
        /// Tables and views selected.
        objects: usize,
    },
    /// One table or view alone, or one table in a text of its database, is larger than a ConfigMap.
    #[error("{object} alone takes {bytes} bytes and does not fit into a ConfigMap: leave it out with tables.exclude")]
    ObjectTooLarge {
        /// `DB.TABLE`, or the key of the text.
        object: String,
        /// Bytes of its texts.
        bytes: usize,
    },
    /// A name came twice; one of the two would vanish.
    #[error("the server listed {object} more than once: nothing is published until its answers are consistent")]
    Duplicate {
        /// `DB.TABLE`.
        object: String,
    },
    /// A model value that cannot be JSON; a bug.
    #[error("the schema could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl LayoutError {
    /// The word for conditions and metrics.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Duplicate { .. } => Reason::DiscoveryIncomplete,
            _ => Reason::OutputTooLarge,
        }
    }
}

/// An attempt that fits: the ConfigMap of every object and the text of the index.
struct Fit {
    chosen: Vec<String>,
    index: String,
}

/// Lays the schema out.
///
/// # Errors
/// See [`LayoutError`]; the old set then stays as it is.
pub fn layout(input: &Input<'_>) -> Result<Layout, LayoutError> {
    layout_within(input, MAX_BYTES)
}

/// [`layout`] with ConfigMaps of another capacity in bytes.
pub(super) fn layout_within(input: &Input<'_>, capacity: usize) -> Result<Layout, LayoutError> {
    let (content, mut index) = objects::read(input.snapshot, input.formats)?;
    objects::check(&content, capacity)?;
    let in_force = input.kept.or_else(|| index::shards(input.previous, input.name)).map(clamp);
    let (shards, fit) = match input.asked.map(clamp).or(in_force) {
        Some(shards) => {
            // Another number asked for: everything is spread anew, the same way from any past.
            let none = Placement::new();
            let kept = [input.previous, input.previous_files];
            let previous = if in_force == Some(shards) { kept } else { [&none; 2] };
            match attempt(input.name, &content, &mut index, shards, previous, capacity)? {
                Some(fit) => (shards, fit),
                None => return Err(too_large(input.name, &content, &mut index, shards, capacity)?),
            }
        }
        None => first_choice(input.name, &content, &mut index, capacity)?,
    };
    assign(&mut index, &fit.chosen);
    let parts = parts(input.name, shards, content, fit);
    Ok(Layout { index, shards, parts })
}

fn clamp(shards: u32) -> u32 {
    shards.clamp(1, MAX_SHARDS)
}

/// At the first publication there is half as much room again, so that ordinary growth needs no decision.
fn first_choice(
    name: &str,
    content: &Content,
    index: &mut IndexDocument,
    capacity: usize,
) -> Result<(u32, Fit), LayoutError> {
    let sizes = content.sizes();
    let tables: usize = sizes.iter().sum();
    assign(index, &vec![name.to_owned(); sizes.len()]);
    let whole = tables + canonical::bytes(index)?.len();
    let roomy = if whole + whole / 2 <= capacity { 1 } else { (tables + tables / 2).div_ceil(capacity).max(2) };
    // Never more shards than things to place: an empty one would help nobody.
    let most = clamp(u32::try_from(sizes.len()).unwrap_or(MAX_SHARDS));
    let start = clamp(u32::try_from(roomy).unwrap_or(MAX_SHARDS)).min(most);
    smallest_from(start, name, content, index, capacity)?.ok_or_else(|| far_too_large(content))
}

/// The first number of shards from `start` on that everything fits into when it is spread anew.
fn smallest_from(
    start: u32,
    name: &str,
    content: &Content,
    index: &mut IndexDocument,
    capacity: usize,
) -> Result<Option<(u32, Fit)>, LayoutError> {
    for shards in start..=MAX_SHARDS {
        if let Some(fit) = attempt(name, content, index, shards, [&Placement::new(); 2], capacity)? {
            return Ok(Some((shards, fit)));
        }
    }
    Ok(None)
}

/// What to tell when `shards` are not enough.
fn too_large(
    name: &str,
    content: &Content,
    index: &mut IndexDocument,
    shards: u32,
    capacity: usize,
) -> Result<LayoutError, LayoutError> {
    let more = smallest_from(shards + 1, name, content, index, capacity)?;
    Ok(more.map_or_else(|| far_too_large(content), |(needs, _)| LayoutError::TooLarge { needs }))
}

const fn far_too_large(content: &Content) -> LayoutError {
    LayoutError::FarTooLarge { objects: content.objects.len() }
}

/// Tries a number of shards; `None` when something does not fit.
fn attempt(
    name: &str,
    content: &Content,
    index: &mut IndexDocument,
    shards: u32,
    previous: [&Placement; 2],
    capacity: usize,
) -> Result<Option<Fit>, LayoutError> {
    let names = shard_names(name, shards);
    let number = |config_map: &String| names.iter().position(|name| name == config_map);
    let before: Vec<Option<usize>> = content.before(previous).into_iter().map(|was| was.and_then(number)).collect();
    let sizes = content.sizes();
    let spread = |before: &[Option<usize>]| pack::place(&sizes, before, names.len(), capacity);
    // Everything anew moves many tables, but no mount changes by it; not publishing would be worse.
    let Some(places) = spread(&before).or_else(|| spread(&vec![None; sizes.len()])) else { return Ok(None) };
    let chosen: Vec<String> = places.iter().filter_map(|place| names.get(*place).cloned()).collect();
    assign(index, &chosen);
    let text = objects::text(canonical::bytes(index)?);
    if text.len() > capacity {
        return Err(LayoutError::IndexTooLarge { objects: content.objects.len() });
    }
    let beside: usize = if shards == 1 { sizes.iter().sum() } else { 0 };
    Ok((beside + text.len() <= capacity).then_some(Fit { chosen, index: text }))
}

/// One shard is the index ConfigMap itself; several are `<name>-1` and so on.
fn shard_names(name: &str, shards: u32) -> Vec<String> {
    if shards == 1 {
        return vec![name.to_owned()];
    }
    (1..=shards).map(|number| format!("{name}-{number}")).collect()
}

/// Writes the places into the index: tables first, then texts of databases, each in the order of the index.
fn assign(index: &mut IndexDocument, chosen: &[String]) {
    let mut chosen = chosen.iter();
    for (entry, config_map) in index.databases.iter_mut().flat_map(|database| &mut database.tables).zip(&mut chosen) {
        entry.config_map.clone_from(config_map);
    }
    for (file, config_map) in files::entries(index).zip(chosen) {
        file.config_map.clone_from(config_map);
    }
}

/// The ConfigMaps' contents. Every shard is there, an empty one too: a pod that mounts it must not wait for it.
fn parts(name: &str, shards: u32, content: Content, fit: Fit) -> Vec<Part> {
    let mut names = shard_names(name, shards);
    if shards > 1 {
        names.push(name.to_owned());
    }
    let mut data: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (own, config_map) in content.into_data().zip(fit.chosen) {
        data.entry(config_map).or_default().extend(own);
    }
    data.entry(name.to_owned()).or_default().insert(INDEX_KEY.to_owned(), fit.index);
    let part = |config_map: String| {
        let data = data.remove(&config_map).unwrap_or_default();
        let bytes = data.values().map(String::len).sum();
        Part { index: config_map == name, hash: data_hash(&data), bytes, name: config_map, data }
    };
    names.into_iter().map(part).collect()
}

/// Hash over a ConfigMap's `data`, keys included.
#[must_use]
pub fn data_hash(data: &BTreeMap<String, String>) -> String {
    let lengths: Vec<String> = data.iter().map(|(key, value)| format!("{key}\0{}\0", value.len())).collect();
    let pieces: Vec<&[u8]> =
        lengths.iter().zip(data.values()).flat_map(|(head, value)| [head.as_bytes(), value.as_bytes()]).collect();
    canonical::sha256(&pieces)
}

#[cfg(test)]
mod tests;
