//! CREATE TABLE, and what has to follow it. Pure.

use super::words::{charset, charset_of, feature, name, note, text};
use super::{column, keys, partition};
use crate::schema::{CheckLevel, Engine, ForeignKey, Table, TableKind};

/// Options that are no options in SQL: they are written elsewhere.
const ELSEWHERE: [&str; 4] = ["compressed", "temporary", "cached", "auto_id_cache"];

/// The statement with the foreign keys that `now` lets through, and notes on what it cannot say.
pub(super) fn create(engine: Engine, table: &Table, now: impl Fn(&ForeignKey) -> bool) -> String {
    let mut notes = Vec::new();
    let mut lines: Vec<String> = table.columns.iter().map(|column| column::column(engine, table, column)).collect();
    lines.extend(period(table));
    lines.extend(table.primary_key.as_ref().map(|key| keys::primary(engine, key)));
    lines.extend(table.indexes.iter().map(|index| keys::index(engine, table, index)));
    lines.extend(table.foreign_keys.iter().filter(|key| now(key)).map(keys::foreign_key));
    for check in table.checks.iter().filter(|check| check.level == CheckLevel::Table) {
        match keys::check(check) {
            Some(line) => lines.push(line),
            None => {
                notes.push(format!("check {} is left out: the account may not see its condition", name(&check.name)))
            }
        }
    }
    let temporary = table.options.contains_key("temporary");
    let kind = if temporary { "GLOBAL TEMPORARY TABLE" } else { "TABLE" };
    let mut out =
        format!("CREATE {kind} {} (\n  {}\n){}", name(&table.name), lines.join(",\n  "), options(engine, table));
    if temporary {
        out.push_str(" ON COMMIT DELETE ROWS");
    }
    match table.partitioning.as_ref().map(|partitioning| partition::clause(engine, partitioning)) {
        Some(Some((clause, remark))) => {
            out.push_str(&format!("\n{clause}"));
            notes.extend(remark.map(|remark| format!("{}: {remark}", name(&table.name))));
        }
        Some(None) => notes.push(format!("{} is partitioned: the account may not see how", name(&table.name))),
        None => {}
    }
    let notes: String = notes.iter().map(|text| note(text)).collect();
    format!("{notes}{out};\n{}", after(table))
}

/// MariaDB wants the two moments of a row named together.
fn period(table: &Table) -> Option<String> {
    let of = |which: &str| table.columns.iter().find(|c| column::row_moment(table, c) == Some(which));
    let (start, end) = (of("row start")?, of("row end")?);
    Some(format!("PERIOD FOR SYSTEM_TIME ({},{})", name(&start.name), name(&end.name)))
}

fn options(engine: Engine, table: &Table) -> String {
    let mut words = Vec::new();
    if !table.engine.is_empty() {
        words.push(format!("ENGINE={}", table.engine));
    }
    if !table.collation.is_empty() {
        let collation = charset(&table.collation, engine);
        words.push(format!("DEFAULT CHARSET={} COLLATE={collation}", charset(charset_of(&table.collation), engine)));
    }
    if !table.comment.is_empty() {
        words.push(format!("COMMENT={}", text(&table.comment)));
    }
    words.extend(table.options.iter().filter(|(key, _)| !ELSEWHERE.contains(&key.as_str())).filter_map(option));
    words.extend(tidb(table));
    if table.kind == TableKind::SystemVersioned {
        words.push("WITH SYSTEM VERSIONING".to_owned());
    }
    words.iter().map(|word| format!(" {word}")).collect()
}

/// One of CREATE_OPTIONS. Numbers and ROW_FORMAT, whose value is a keyword, stand bare; every other value is a string.
fn option((key, value): (&String, &String)) -> Option<String> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let word = if plain(key) { key.to_ascii_uppercase() } else { name(key) };
    let bare = value.bytes().all(|b| b.is_ascii_digit()) || (key == "row_format" && plain(value));
    let value = if bare { value.clone() } else { text(value) };
    (!value.is_empty()).then(|| format!("{word}={value}"))
}

/// What only TiDB has, in comments that name the feature.
fn tidb(table: &Table) -> Vec<String> {
    let own = &table.tidb;
    let mut words = Vec::new();
    let regions = [("SHARD_ROW_ID_BITS", own.shard_row_id_bits), ("PRE_SPLIT_REGIONS", own.pre_split)];
    let regions: Vec<String> = regions.iter().filter(|(_, n)| *n > 0).map(|(key, n)| format!("{key}={n}")).collect();
    if !regions.is_empty() {
        words.push(feature("", &regions.join(" ")));
    }
    if let Some(cache) = table.options.get("auto_id_cache") {
        words.push(feature("auto_id_cache", &format!("AUTO_ID_CACHE={cache}")));
    }
    if !own.placement.is_empty() {
        words.push(feature("placement", &format!("PLACEMENT POLICY={}", name(&own.placement))));
    }
    if let Some(ttl) = &own.ttl {
        let column = name(&ttl.column);
        words.push(feature("ttl", &format!("TTL={column} + INTERVAL {}", ttl.interval)));
        words.push(feature("ttl", &format!("TTL_ENABLE='{}'", if ttl.enabled { "ON" } else { "OFF" })));
        if !ttl.job_interval.is_empty() {
            words.push(feature("ttl", &format!("TTL_JOB_INTERVAL={}", text(&ttl.job_interval))));
        }
    }
    if !own.affinity.is_empty() {
        words.push(feature("affinity", &format!("AFFINITY={}", text(&own.affinity))));
    }
    words
}

/// What TiDB takes only by a statement of its own. Replicas need TiFlash nodes, which not every cluster has.
fn after(table: &Table) -> String {
    let mut out = String::new();
    if table.options.get("cached").is_some_and(|value| value == "on") {
        out.push_str(&format!("ALTER TABLE {} CACHE;\n", name(&table.name)));
    }
    if table.tidb.tiflash_replicas > 0 {
        let replicas = table.tidb.tiflash_replicas;
        let statement = format!("ALTER TABLE {} SET TIFLASH REPLICA {replicas};", name(&table.name));
        out.push_str(&note(&format!("where there is TiFlash: {statement}")));
    }
    out
}

/// A foreign key that closes a circle, added when all its tables are there.
pub(super) fn add_foreign_key(table: &Table, key: &ForeignKey) -> String {
    format!("ALTER TABLE {} ADD {};\n", name(&table.name), keys::foreign_key(key))
}
