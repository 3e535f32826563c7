//! Schemas at random.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::schema::sql_type::parse;
use crate::schema::{
    Check, CheckLevel, Column, Database, DefaultValue, Engine, ForeignKey, Index, IndexType, KeyPart, PrimaryKey,
    ReferentialAction, Sequence, Table, TableKind, TableTidb, Ttl, View,
};

/// Types of every family; two neighbours of one family here and there.
const TYPES: [&str; 20] = [
    "int",
    "bigint",
    "int unsigned",
    "tinyint(1)",
    "tinyint(4)",
    "decimal(10,2)",
    "decimal(12,4)",
    "double",
    "varchar(20)",
    "varchar(30)",
    "text",
    "char(5)",
    "varbinary(9)",
    "blob",
    "datetime",
    "datetime(3)",
    "timestamp",
    "date",
    "enum('a','b')",
    "enum('b','a','c')",
];

pub(super) fn literal(value: impl ToString) -> DefaultValue {
    DefaultValue::Literal { value: value.to_string() }
}

pub(super) fn column(name: &str, seed: u32) -> Column {
    let r#type = parse(TYPES[seed as usize % TYPES.len()], Engine::Mysql).r#type;
    let text = matches!(r#type.base.as_str(), "varchar" | "text" | "char" | "enum");
    let charset = if seed.is_multiple_of(3) { "latin1" } else { "utf8mb4" };
    Column {
        name: name.to_owned(),
        ordinal: 0,
        r#type,
        nullable: seed.is_multiple_of(2),
        default: (seed.is_multiple_of(5)).then(|| literal(seed % 7)),
        on_update: None,
        auto_increment: false,
        auto_random: None,
        generated: None,
        invisible: false,
        charset: if text { charset.to_owned() } else { String::new() },
        collation: if text { format!("{charset}_bin") } else { String::new() },
        srid: None,
        comment: String::new(),
    }
}

pub(super) fn part(column: &str) -> KeyPart {
    KeyPart { column: Some(column.to_owned()), ..KeyPart::default() }
}

pub(super) fn index(name: &str, seed: u32, columns: &[Column]) -> Index {
    let width = 1 + seed as usize % 3;
    let parts = columns.iter().cycle().skip(seed as usize % columns.len()).take(width.min(columns.len()));
    Index {
        name: name.to_owned(),
        unique: seed.is_multiple_of(2),
        r#type: IndexType::Btree,
        parts: parts.map(|column| part(&column.name)).collect(),
        invisible: false,
        global: false,
        multi_valued: false,
        predicate: String::new(),
        comment: String::new(),
    }
}

pub(super) fn table(name: &str, columns: &[(String, u32)], seed: u32) -> Table {
    let columns: Vec<Column> = columns.iter().map(|(name, seed)| column(name, *seed)).collect();
    let first = columns.first().map(|column| column.name.clone()).unwrap_or_default();
    let key = (!seed.is_multiple_of(3))
        .then(|| PrimaryKey { columns: vec![part(&first)], clustered: seed.is_multiple_of(5) });
    let indexes = (0..seed % 4).map(|n| index(&format!("k{n}"), seed / 7 + n, &columns)).collect();
    let parent = ForeignKey {
        name: "fk_1".into(),
        columns: vec![first.clone()],
        ref_database: None,
        ref_table: "t0".into(),
        ref_columns: vec!["a".into()],
        on_delete: ReferentialAction::Restrict,
        on_update: ReferentialAction::Cascade,
        valid: None,
    };
    let check = Check {
        name: "ck_1".into(),
        expr: format!("`{}` > 0", first.replace('`', "``")),
        columns: vec![first],
        enforced: None,
        level: CheckLevel::Table,
    };
    let ttl = Ttl { column: "a".into(), interval: "3 MONTH".into(), enabled: true, job_interval: "24h".into() };
    Table {
        name: name.to_owned(),
        kind: TableKind::Base,
        engine: "InnoDB".into(),
        collation: "utf8mb4_bin".into(),
        comment: String::new(),
        columns,
        primary_key: key,
        indexes,
        foreign_keys: if seed % 4 == 1 { vec![parent] } else { vec![] },
        checks: if seed % 4 == 2 { vec![check] } else { vec![] },
        partitioning: None,
        options: BTreeMap::new(),
        generated_pk: false,
        tidb: TableTidb { ttl: (seed.is_multiple_of(6)).then_some(ttl), ..TableTidb::default() },
    }
}

fn view(name: &str, table: &Table) -> View {
    let definition = format!("select * from `d`.`{}`", table.name);
    let columns = table.columns.iter().take(2).cloned().collect();
    View { name: name.to_owned(), definition, columns, ..view_of_nothing() }
}

pub(super) fn view_of_nothing() -> View {
    View {
        name: String::new(),
        definition: "select 1".into(),
        check_option: String::new(),
        security: "definer".into(),
        updatable: true,
        invalid: false,
        columns: vec![],
    }
}

fn sequence(name: &str) -> Sequence {
    Sequence { name: name.to_owned(), start: "1".into(), increment: "1".into(), ..Sequence::default() }
}

/// A database of up to five tables with up to six columns each.
pub(super) fn any_database() -> impl Strategy<Value = Database> {
    let columns = prop::collection::vec(("[a-f`É]{1,2}", 0..1000_u32), 1..7);
    let tables = prop::collection::vec((columns, 0..1000_u32), 0..6);
    tables.prop_map(|tables| {
        let tables: Vec<Table> =
            tables.iter().zip(0..).map(|((columns, seed), at)| table(&format!("t{at}"), columns, *seed)).collect();
        let views = tables.iter().take(2).map(|table| view(&format!("v_{}", table.name), table)).collect();
        let (name, charset, collation) = ("d".to_owned(), "utf8mb4".to_owned(), "utf8mb4_bin".to_owned());
        sound(Database {
            name,
            charset,
            collation,
            tables,
            views,
            sequences: vec![sequence("s")],
            ..Database::default()
        })
    })
}

/// As discovery would have it: names once, in order, ordinals without gaps.
pub(super) fn sound(mut database: Database) -> Database {
    for table in &mut database.tables {
        let mut seen = std::collections::BTreeSet::new();
        table.columns.retain(|column| seen.insert(column.name.to_lowercase()));
        for (column, ordinal) in table.columns.iter_mut().zip(1..) {
            column.ordinal = ordinal;
        }
        let known = |name: &String| seen.contains(&name.to_lowercase());
        for index in &mut table.indexes {
            index.parts.retain(|part| part.column.as_ref().is_some_and(known));
        }
        table.primary_key = table
            .primary_key
            .take()
            .filter(|key| key.columns.iter().all(|part| part.column.as_ref().is_some_and(known)));
        table.foreign_keys.retain(|key| key.columns.iter().all(known));
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        table.indexes.dedup_by(|a, b| a.name == b.name);
        table.indexes.retain(|index| !index.parts.is_empty());
        table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
        table.foreign_keys.dedup_by(|a, b| a.name == b.name);
        table.checks.sort_by(|a, b| a.name.cmp(&b.name));
        table.checks.dedup_by(|a, b| a.name == b.name);
    }
    database.tables.retain(|table| !table.columns.is_empty());
    database.tables.sort_by(|a, b| a.name.cmp(&b.name));
    database.tables.dedup_by(|a, b| a.name == b.name);
    database.views.sort_by(|a, b| a.name.cmp(&b.name));
    database.views.dedup_by(|a, b| a.name == b.name);
    database.sequences.sort_by(|a, b| a.name.cmp(&b.name));
    database.sequences.dedup_by(|a, b| a.name == b.name);
    database
}
