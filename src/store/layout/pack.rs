//! How many ConfigMaps, and which object goes into which. Pure: no object moves without need.

use std::collections::BTreeMap;

use super::{INDEX_KEY, IndexDocument, Input, Item, LayoutError, MAX_BYTES, MAX_SHARDS, Part, Placement, assign, part};
use crate::schema::canonical;

/// At the first publication there is half as much room again, so that ordinary growth needs no decision.
pub(super) fn first_choice(name: &str, items: &[Item], index: &mut IndexDocument) -> Result<u32, LayoutError> {
    let tables: usize = items.iter().map(|item| item.text.len()).sum();
    assign(index, items, &vec![name.to_owned(); items.len()]);
    let whole = tables + canonical::bytes(index)?.len();
    if whole + whole / 2 <= MAX_BYTES {
        return Ok(1);
    }
    let shards = (tables + tables / 2).div_ceil(MAX_BYTES).max(2);
    Ok(u32::try_from(shards).unwrap_or(MAX_SHARDS).min(MAX_SHARDS))
}

/// Every object in exactly one part; `None` when they do not fit.
pub(super) fn place(
    input: &Input<'_>,
    items: &[Item],
    index: &mut IndexDocument,
    shards: u32,
) -> Result<Option<Vec<Part>>, LayoutError> {
    let names: Vec<String> = if shards == 1 {
        vec![input.name.to_owned()]
    } else {
        (1..=shards).map(|number| format!("{}-{number}", input.name)).collect()
    };
    let Some(chosen) = choose(items, &names, input.previous) else { return Ok(None) };
    assign(index, items, &chosen);
    let mut data: BTreeMap<&str, BTreeMap<String, String>> =
        names.iter().map(|n| (n.as_str(), BTreeMap::new())).collect();
    for (item, name) in items.iter().zip(&chosen) {
        if let Some(part) = data.get_mut(name.as_str()) {
            part.insert(item.key.clone(), item.text.clone());
        }
    }
    let text = String::from_utf8_lossy(&canonical::bytes(index)?).into_owned();
    data.entry(input.name).or_default().insert(INDEX_KEY.to_owned(), text);
    let mut parts: Vec<Part> = data.into_iter().map(|(name, data)| part(name, name == input.name, data)).collect();
    parts.sort_by_key(|part| (part.index, names.iter().position(|name| *name == part.name)));
    Ok(parts.iter().all(|part| part.bytes <= MAX_BYTES).then_some(parts))
}

/// A ConfigMap for every item: where it was, as long as it fits; else where most room is. `None` when some fits nowhere.
fn choose(items: &[Item], names: &[String], previous: &Placement) -> Option<Vec<String>> {
    let mut room: BTreeMap<&str, usize> = names.iter().map(|name| (name.as_str(), MAX_BYTES)).collect();
    let mut chosen: Vec<Option<String>> = vec![None; items.len()];
    for (item, slot) in items.iter().zip(&mut chosen) {
        let before = previous.get(&(item.database.clone(), item.name.clone()));
        if let Some(left) = before.and_then(|name| room.get_mut(name.as_str()))
            && *left >= item.text.len()
        {
            *left -= item.text.len();
            *slot = before.cloned();
        }
    }
    for (item, slot) in items.iter().zip(&mut chosen).filter(|(_, slot)| slot.is_none()) {
        // Most room first; the earlier shard wins a tie, so that an empty start always gives the same placement.
        let best = names.iter().rev().max_by_key(|name| room.get(name.as_str()).copied())?;
        let left = room.get_mut(best.as_str())?;
        *left = left.checked_sub(item.text.len())?;
        *slot = Some(best.clone());
    }
    chosen.into_iter().collect()
}
