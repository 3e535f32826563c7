//! The memory tier: unfiltered databases by source and name, the one asked for longest ago leaving first when the budget
//! of bytes is used up. Holds data and counts; who may be served with it is decided elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;

use crate::metrics::labels::Eviction;
use crate::metrics::{CacheFill, Metrics};
use crate::schema::{Column, Database, Index, KeyPart, Sequence, Table, View};

/// Content nobody asked for in this time is given up.
const IDLE: Duration = Duration::from_secs(3600);

/// Which source an entry belongs to: a number nobody else has, so that no entry is ever found under another identity.
pub(super) type SourceId = u64;

/// A database as it was read, with every table the account sees.
#[derive(Debug)]
pub(super) struct Content {
    /// The database.
    pub database: Database,
    /// The fingerprint it belongs to.
    pub fingerprint: String,
    /// When reading it began.
    pub read: Instant,
    bytes: usize,
}

impl Content {
    /// Weighs the database.
    #[must_use]
    pub(super) fn new(database: Database, fingerprint: String, read: Instant) -> Self {
        let bytes = weight(&database);
        Self { database, fingerprint, read, bytes }
    }
}

/// The memory tier.
pub(super) struct Contents {
    budget: usize,
    inner: Mutex<Inner>,
}

struct Inner {
    entries: LruCache<(SourceId, String), (Arc<Content>, Instant)>,
    bytes: usize,
    metrics: Metrics,
    evictions: u64,
}

impl Contents {
    /// Holds at most `budget` bytes; none with a budget of 0.
    #[must_use]
    pub(super) fn new(budget: usize, metrics: Metrics) -> Self {
        let inner = Inner { entries: LruCache::unbounded(), bytes: 0, metrics, evictions: 0 };
        Self { budget, inner: Mutex::new(inner) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database as it was read, if it is held; asking for it keeps it.
    #[must_use]
    pub(super) fn get(&self, source: SourceId, name: &str, now: Instant) -> Option<Arc<Content>> {
        let mut inner = self.lock();
        let (content, asked) = inner.entries.get_mut(&(source, name.to_owned()))?;
        *asked = now;
        Some(Arc::clone(content))
    }

    /// Holds `content`, unless it alone is larger than the budget; what is idle or no longer fits leaves.
    pub(super) fn put(&self, source: SourceId, content: Arc<Content>, now: Instant) {
        let mut inner = self.lock();
        let key = (source, content.database.name.clone());
        if content.bytes > self.budget {
            inner.forget(&key, Eviction::Lru);
            return;
        }
        inner.bytes += content.bytes;
        if let Some((before, _)) = inner.entries.put(key, (content, now)) {
            inner.bytes -= before.bytes;
            inner.count(Eviction::Invalidated);
        }
        while inner.bytes > self.budget {
            let Some((key, _)) = inner.entries.peek_lru() else { break };
            let key = key.clone();
            inner.forget(&key, Eviction::Lru);
        }
        while let Some((key, (_, asked))) = inner.entries.peek_lru() {
            if now.saturating_duration_since(*asked) < IDLE {
                break;
            }
            let key = key.clone();
            inner.forget(&key, Eviction::Ttl);
        }
    }

    /// Gives up everything of a source.
    pub(super) fn forget_all(&self, source: SourceId) {
        let mut inner = self.lock();
        let keys: Vec<_> = inner.entries.iter().map(|(key, _)| key.clone()).filter(|(of, _)| *of == source).collect();
        for key in keys {
            inner.forget(&key, Eviction::Invalidated);
        }
    }

    /// How full it is; of some databases of one source, or of all.
    #[must_use]
    pub(super) fn fill(&self, of: Option<(SourceId, &[String])>, now: Instant) -> CacheFill {
        let inner = self.lock();
        let wanted = |key: &(SourceId, String)| of.is_none_or(|(id, names)| key.0 == id && names.contains(&key.1));
        let mut fill = CacheFill::default();
        let mut ages = Vec::new();
        for (_, (content, _)) in inner.entries.iter().filter(|(key, _)| wanted(key)) {
            fill.entries += 1;
            fill.bytes += content.bytes;
            ages.push(now.saturating_duration_since(content.read));
        }
        fill.oldest = ages.iter().max().copied().unwrap_or_default();
        fill.newest = ages.iter().min().copied().unwrap_or_default();
        fill
    }

    /// Databases given up so far, for whatever reason.
    #[must_use]
    pub(super) fn evictions(&self) -> u64 {
        self.lock().evictions
    }
}

impl Inner {
    fn forget(&mut self, key: &(SourceId, String), why: Eviction) {
        if let Some((content, _)) = self.entries.pop(key) {
            self.bytes -= content.bytes;
            self.count(why);
        }
    }

    fn count(&mut self, why: Eviction) {
        self.evictions += 1;
        self.metrics.cache_evicted(why);
    }
}

/// Bytes a database takes in memory, near enough for a budget: the structs, and the texts that can be long.
fn weight(database: &Database) -> usize {
    let column = |c: &Column| {
        let values: usize = c.r#type.values.iter().map(|value| value.len() + size_of::<String>()).sum();
        size_of::<Column>() + c.name.len() + c.comment.len() + c.collation.len() + c.r#type.base.len() + values
    };
    let columns = |all: &[Column]| all.iter().map(column).sum::<usize>();
    let parts = |all: &[KeyPart]| {
        all.iter().map(|p| size_of::<KeyPart>() + p.column.as_ref().map_or(0, String::len)).sum::<usize>()
    };
    let index = |i: &Index| size_of::<Index>() + i.name.len() + i.comment.len() + parts(&i.parts);
    let table = |t: &Table| {
        let keys: usize = t.indexes.iter().map(index).sum();
        let constraints = (t.foreign_keys.len() + t.checks.len()) * 256;
        size_of::<Table>() + t.name.len() + t.comment.len() + columns(&t.columns) + keys + constraints
    };
    let view = |v: &View| size_of::<View>() + v.name.len() + v.definition.len() + columns(&v.columns);
    let tables: usize = database.tables.iter().map(table).sum();
    let views: usize = database.views.iter().map(view).sum();
    size_of::<Database>() + tables + views + database.sequences.len() * size_of::<Sequence>()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn database(name: &str, tables: usize) -> Database {
        let table = |n: usize| {
            json!({"name": format!("t{n}"), "kind": "base", "columns": [
            {"name": "id", "ordinal": 1, "type": {"base": "int"}, "nullable": false}]})
        };
        let tables: Vec<_> = (0..tables).map(table).collect();
        serde_json::from_value(json!({"name": name, "tables": tables})).unwrap()
    }

    fn contents(budget: usize) -> (Contents, Metrics) {
        let metrics = Metrics::new().unwrap();
        (Contents::new(budget, metrics.clone()), metrics)
    }

    fn evicted(metrics: &Metrics, why: &str) -> bool {
        let (text, _) = metrics.render().unwrap();
        text.contains(&format!("mcp_schema_cache_evictions_total{{reason=\"{why}\"}}"))
    }

    fn content(name: &str, tables: usize, now: Instant) -> Arc<Content> {
        Arc::new(Content::new(database(name, tables), "1".into(), now))
    }

    #[test]
    fn what_was_asked_for_longest_ago_leaves_when_the_budget_is_used_up() {
        let now = Instant::now();
        let one = content("a", 10, now).bytes;
        let (contents, metrics) = contents(one * 2 + one / 2);
        for name in ["a", "b"] {
            contents.put(1, content(name, 10, now), now);
        }
        assert!(contents.get(1, "a", now).is_some(), "asked for, and so kept");
        contents.put(1, content("c", 10, now), now);
        let held = ["a", "b", "c"].map(|name| contents.get(1, name, now).is_some());
        assert_eq!(held, [true, false, true]);
        let fill = contents.fill(None, now + Duration::from_secs(5));
        assert_eq!((fill.entries, fill.bytes, contents.evictions()), (2, 2 * one, 1));
        assert_eq!((fill.oldest, fill.newest), (Duration::from_secs(5), Duration::from_secs(5)));
        assert!(evicted(&metrics, "lru") && !evicted(&metrics, "ttl"));
        assert_eq!(contents.fill(Some((1, &["c".to_owned()])), now).entries, 1);
    }

    #[test]
    fn nothing_is_found_under_another_source_and_nothing_too_large_is_held() {
        let now = Instant::now();
        let (contents, _) = contents(1_000_000);
        contents.put(1, content("a", 3, now), now);
        assert!(contents.get(2, "a", now).is_none());
        contents.put(1, content("a", 100_000, now), now);
        assert!(contents.get(1, "a", now).is_none(), "the older content is not the database any more");
        assert_eq!(contents.fill(None, now).bytes, 0);
        let none = Contents::new(0, Metrics::new().unwrap());
        none.put(1, content("a", 0, now), now);
        assert!(none.get(1, "a", now).is_none());
    }

    #[test]
    fn what_nobody_asks_for_any_more_leaves_and_so_does_a_source() {
        let now = Instant::now();
        let (contents, metrics) = contents(1_000_000);
        contents.put(1, content("a", 1, now), now);
        contents.put(2, content("b", 1, now), now + IDLE);
        assert!(contents.get(1, "a", now).is_none());
        contents.put(2, content("b", 2, now), now);
        contents.forget_all(2);
        assert_eq!((contents.fill(None, now), contents.evictions()), (CacheFill::default(), 3));
        assert!(evicted(&metrics, "invalidated") && evicted(&metrics, "ttl") && !evicted(&metrics, "lru"));
    }
}
