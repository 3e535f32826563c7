//! The status fields that describe published content: a bounded summary of a layout. Pure.

use crate::api::SchemaSnapshotStatus;
use crate::api::status::{
    Counts, DatabaseStatus, MAX_COLUMNS, MAX_DATABASES, MAX_KEY_COLUMNS, MAX_TABLES, MAX_TEXT, SourceStatus,
    TableStatus,
};
use crate::cache::Look;
use crate::discovery::Discovered;
use crate::error::shorten;
use crate::mcp::ServerInfo;
use crate::schema::canonical::revision;
use crate::schema::{Column, Database, KeyPart};
use crate::store::Applied;
use crate::store::layout::{IndexDatabase, IndexEntry, Layout};

/// Most bytes of `status.tables` as JSON. With [`DATABASES_BUDGET`] the whole status stays under 64 KiB.
const TABLES_BUDGET: usize = 30 * 1024;

/// Most bytes of `status.databases` as JSON.
const DATABASES_BUDGET: usize = 14 * 1024;

/// Status fields filled from content; conditions and times are left empty.
#[must_use]
pub fn status(
    discovered: &Discovered,
    layout: &Layout,
    applied: &Applied,
    server: &ServerInfo,
) -> SchemaSnapshotStatus {
    let (tables, cut) = tables(discovered, layout);
    let (databases, fewer) = databases(discovered, layout);
    SchemaSnapshotStatus {
        revision: Some(revision(&layout.index.content_hash)),
        content_hash: Some(layout.index.content_hash.clone()),
        source: Some(source(discovered, server)),
        counts: Some(counts(discovered)),
        truncated: cut || fewer,
        databases,
        tables,
        shards: Some(layout.shards),
        outputs: applied.outputs.clone(),
        ..SchemaSnapshotStatus::default()
    }
}

/// One sentence for an Event.
#[must_use]
pub fn sentence(discovered: &Discovered, layout: &Layout) -> String {
    let counts = counts(discovered);
    let index = layout.parts.iter().find(|part| part.index).map_or("", |part| part.name.as_str());
    let Counts { tables, views, sequences, .. } = counts;
    let sequences = if sequences == 0 { String::new() } else { format!(" and {sequences} sequences") };
    format!("{tables} tables and {views} views{sequences} in ConfigMap {index}, {} shard(s)", layout.shards)
}

/// Who answered a look. Of the database only a whole look tells.
#[must_use]
pub fn answered(look: &Look, server: &ServerInfo) -> SourceStatus {
    match look {
        Look::Read(discovered) => source(discovered, server),
        Look::Unchanged { .. } => of_server(server),
    }
}

fn source(discovered: &Discovered, server: &ServerInfo) -> SourceStatus {
    let engine = match discovered.server.dialect {
        crate::schema::Engine::Tidb => "TiDB",
        crate::schema::Engine::Mariadb => "MariaDB",
        crate::schema::Engine::Mysql => "MySQL",
    };
    SourceStatus { database: cut(&format!("{engine} {}", discovered.server.version)), ..of_server(server) }
}

fn of_server(server: &ServerInfo) -> SourceStatus {
    SourceStatus {
        server: cut(&server.name),
        server_version: cut(&server.version),
        protocol_version: cut(&server.protocol_version),
        transport: server.transport.to_string(),
        dialect: server.dialect.to_string(),
        database: String::new(),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

fn counts(discovered: &Discovered) -> Counts {
    let databases = &discovered.databases;
    let tables = || databases.iter().flat_map(|d| &d.tables);
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let views = || databases.iter().flat_map(|d| &d.views);
    Counts {
        databases: number(databases.len()),
        tables: number(tables().count()),
        views: number(views().count()),
        sequences: number(databases.iter().map(|d| d.sequences.len()).sum()),
        columns: number(
            tables().map(|t| t.columns.len()).sum::<usize>() + views().map(|v| v.columns.len()).sum::<usize>(),
        ),
        indexes: number(tables().map(|t| t.indexes.len()).sum()),
        foreign_keys: number(tables().map(|t| t.foreign_keys.len()).sum()),
    }
}

/// The databases at a glance, as many as fit, and whether some were left out.
fn databases(discovered: &Discovered, layout: &Layout) -> (Vec<DatabaseStatus>, bool) {
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for (found, index) in discovered.databases.iter().zip(&layout.index.databases) {
        let row = database(found, index);
        bytes += serde_json::to_string(&row).map_or(0, |json| json.len());
        if rows.len() >= MAX_DATABASES || bytes > DATABASES_BUDGET {
            return (rows, true);
        }
        rows.push(row);
    }
    (rows, false)
}

fn database(database: &Database, index: &IndexDatabase) -> DatabaseStatus {
    DatabaseStatus {
        name: database.name.clone(),
        charset: database.charset.clone(),
        collation: database.collation.clone(),
        // The model leaves out what the account cannot see.
        accessible: !database.charset.is_empty(),
        tables: u32::try_from(database.objects()).unwrap_or(u32::MAX),
        hash: index.hash.clone(),
    }
}

/// The tables, views and sequences at a glance, as many as fit, and whether something was left out.
fn tables(discovered: &Discovered, layout: &Layout) -> (Vec<TableStatus>, bool) {
    let (mut rows, mut cut, mut bytes) = (Vec::new(), false, 0);
    let pairs = discovered.databases.iter().zip(&layout.index.databases);
    for (database, entry) in pairs.flat_map(|(d, i)| i.tables.iter().map(move |entry| (d, entry))) {
        let (row, shortened) = table(database, entry);
        bytes += serde_json::to_string(&row).map_or(0, |json| json.len());
        if rows.len() >= MAX_TABLES || bytes > TABLES_BUDGET {
            return (rows, true);
        }
        cut |= shortened;
        rows.push(row);
    }
    (rows, cut)
}

fn table(database: &Database, entry: &IndexEntry) -> (TableStatus, bool) {
    let none: (&[Column], &[KeyPart]) = (&[], &[]);
    let table = database.tables.iter().find(|t| t.name == entry.name);
    let (columns, key) = match table {
        Some(table) => {
            (table.columns.as_slice(), table.primary_key.as_ref().map_or(none.1, |key| key.columns.as_slice()))
        }
        None => (database.views.iter().find(|v| v.name == entry.name).map_or(none.0, |v| v.columns.as_slice()), none.1),
    };
    let row = TableStatus {
        name: shorten(&format!("{}.{}", database.name, entry.name), 256),
        columns: columns.iter().take(MAX_COLUMNS).map(|c| c.name.clone()).collect(),
        primary_key: key.iter().take(MAX_KEY_COLUMNS).filter_map(|part| part.column.clone()).collect(),
        hash: entry.hash.clone(),
        config_map: entry.config_map.clone(),
        key: entry.keys.json.clone(),
    };
    (row, columns.len() > MAX_COLUMNS)
}
