//! Schemas at random, and edits of them at random.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::schema::sql_type::parse;
use crate::schema::{
    AutoRandom, Check, CheckLevel, Column, Database, DefaultValue, Engine, ForeignKey, Generated, GeneratedKind, Index,
    IndexType, KeyPart, Partitioning, PrimaryKey, ReferentialAction, Sequence, Table, TableKind, TableTidb, Ttl, View,
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

fn literal(value: impl ToString) -> DefaultValue {
    DefaultValue::Literal { value: value.to_string() }
}

fn column(name: &str, seed: u32) -> Column {
    let r#type = parse(TYPES[seed as usize % TYPES.len()], Engine::Mysql).r#type;
    let text = matches!(r#type.base.as_str(), "varchar" | "text" | "char" | "enum");
    let charset = if seed % 3 == 0 { "latin1" } else { "utf8mb4" };
    Column {
        name: name.to_owned(),
        ordinal: 0,
        r#type,
        nullable: seed % 2 == 0,
        default: (seed % 5 == 0).then(|| literal(seed % 7)),
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

fn part(column: &str) -> KeyPart {
    KeyPart { column: Some(column.to_owned()), ..KeyPart::default() }
}

fn index(name: &str, seed: u32, columns: &[Column]) -> Index {
    let width = 1 + seed as usize % 3;
    let parts = columns.iter().cycle().skip(seed as usize % columns.len()).take(width.min(columns.len()));
    Index {
        name: name.to_owned(),
        unique: seed % 2 == 0,
        r#type: IndexType::Btree,
        parts: parts.map(|column| part(&column.name)).collect(),
        invisible: false,
        global: false,
        multi_valued: false,
        predicate: String::new(),
        comment: String::new(),
    }
}

fn table(name: &str, columns: &[(String, u32)], seed: u32) -> Table {
    let columns: Vec<Column> = columns.iter().map(|(name, seed)| column(name, *seed)).collect();
    let first = columns.first().map(|column| column.name.clone()).unwrap_or_default();
    let key = (seed % 3 > 0).then(|| PrimaryKey { columns: vec![part(&first)], clustered: seed % 5 == 0 });
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
        tidb: TableTidb { ttl: (seed % 6 == 0).then_some(ttl), ..TableTidb::default() },
    }
}

fn view(name: &str, table: &Table) -> View {
    let definition = format!("select * from `d`.`{}`", table.name);
    let columns = table.columns.iter().take(2).cloned().collect();
    View { name: name.to_owned(), definition, columns, ..view_of_nothing() }
}

fn view_of_nothing() -> View {
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
fn sound(mut database: Database) -> Database {
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

/// How many edits [`edit`] knows.
pub(super) const EDITS: u32 = 58;

/// One edit, which one and of what by the numbers. It may change nothing.
pub(super) fn edit(mut database: Database, which: u32, target: usize, seed: u32) -> Database {
    if which < 10 {
        of_database(&mut database, which, target, seed);
    } else if !database.tables.is_empty() {
        let at = target % database.tables.len();
        let table = &mut database.tables[at];
        match which {
            10..=25 => of_table(table, which, target, seed),
            26..=41 => of_keys(table, which, target, seed),
            _ => of_column(table, which, target, seed),
        }
    }
    sound(database)
}

fn of_database(database: &mut Database, which: u32, target: usize, seed: u32) {
    let new_table = || table(&format!("n{seed}"), &[("x".into(), seed)], seed);
    match which {
        0 => database.collation = format!("utf8mb4_{}", seed % 3),
        1 => database.placement = format!("p{}", seed % 3),
        2 => database.tables.push(new_table()),
        3 => drop(database.tables.pop()),
        4 => database.sequences.clear(),
        5 => database.sequences.iter_mut().for_each(|one| one.max = (seed % 3).to_string()),
        6 => database.sequences.iter_mut().for_each(|one| one.comment = (seed % 2).to_string()),
        7 => database.views.push(View { name: format!("w{seed}"), ..view_of_nothing() }),
        8 => drop(database.views.pop()),
        _ => {
            if let Some(view) = database.views.get_mut(target % 2) {
                match seed % 6 {
                    0 => view.definition.push('1'),
                    1 => view.security = "invoker".into(),
                    2 => view.check_option = "local".into(),
                    3 => view.updatable = !view.updatable,
                    4 => drop(view.columns.pop()),
                    _ => view.columns.iter_mut().for_each(|column| column.comment.push('c')),
                }
            }
        }
    }
}

fn of_table(table: &mut Table, which: u32, target: usize, seed: u32) {
    let ttl = Ttl { column: "a".into(), interval: "9 DAY".into(), enabled: true, job_interval: "1h".into() };
    match which {
        10 => table.name = format!("{}_x{}", table.name, seed % 2),
        11 => table.engine = ["InnoDB", "Aria"][seed as usize % 2].into(),
        12 => table.collation = format!("utf8mb4_{}", seed % 3),
        13 => table.comment = format!("{}", seed % 3),
        14 => table.kind = if seed % 2 == 0 { TableKind::Base } else { TableKind::SystemVersioned },
        15 => table.generated_pk = !table.generated_pk,
        16 => drop(table.options.insert("row_format".into(), (seed % 3).to_string())),
        17 => table.tidb.shard_row_id_bits = seed % 4,
        18 => table.tidb.pre_split = seed % 4,
        19 => table.tidb.placement = format!("p{}", seed % 3),
        20 => table.tidb.tiflash_replicas = seed % 3,
        21 => table.tidb.affinity = "table".into(),
        22 => table.tidb.ttl = if table.tidb.ttl.is_some() { None } else { Some(ttl) },
        23 => {
            if let Some(ttl) = &mut table.tidb.ttl {
                match seed % 4 {
                    0 => ttl.enabled = !ttl.enabled,
                    1 => ttl.interval = format!("{} DAY", seed % 50),
                    2 => ttl.job_interval = "2h".into(),
                    _ => ttl.column = "b".into(),
                }
            }
        }
        24 => {
            let expression = format!("`{}`", table.columns[target % table.columns.len()].name);
            let method = ["hash", "key"][seed as usize % 2].to_owned();
            table.partitioning = (seed % 3 > 0).then(|| Partitioning { method, expression, ..Partitioning::default() });
        }
        _ => {
            let by = target % table.columns.len();
            table.columns.rotate_left(by);
        }
    }
}

fn of_keys(table: &mut Table, which: u32, target: usize, seed: u32) {
    let columns = table.columns.clone();
    let name = columns[target % columns.len()].name.clone();
    let at = target.checked_rem(table.indexes.len()).unwrap_or(0);
    let one = table.indexes.get_mut(at);
    match (which, one) {
        (26, _) => table.indexes.push(index(&format!("i{seed}"), seed, &columns)),
        (27, Some(_)) => drop(table.indexes.remove(at)),
        (28, Some(one)) => one.unique = !one.unique,
        (29, Some(one)) => one.invisible = !one.invisible,
        (30, Some(one)) => one.name.push('x'),
        (31, Some(one)) => one.comment = (seed % 3).to_string(),
        (32, Some(one)) => match seed % 5 {
            0 => one.parts.reverse(),
            1 => drop(one.parts.pop()),
            2 => one.parts.iter_mut().for_each(|part| part.prefix = Some(seed % 9 + 1)),
            3 => one.parts.iter_mut().for_each(|part| part.desc = !part.desc),
            _ => one.predicate = format!("`a` > {}", seed % 3),
        },
        (33, Some(one)) => match seed % 3 {
            0 => one.r#type = IndexType::Hash,
            1 => one.global = !one.global,
            _ => one.multi_valued = !one.multi_valued,
        },
        (34, _) => table.primary_key = None,
        (35, _) => table.primary_key = Some(PrimaryKey { columns: vec![part(&name)], clustered: seed % 2 == 0 }),
        (36, _) => table.foreign_keys.clear(),
        (37, _) => table.foreign_keys.iter_mut().for_each(|key| match seed % 5 {
            0 => key.name.push('x'),
            1 => key.on_delete = ReferentialAction::SetNull,
            2 => key.ref_table.push('x'),
            3 => key.valid = if key.valid.is_none() { Some(false) } else { None },
            _ => key.ref_columns = vec![name.clone()],
        }),
        (38, _) => {
            let check = |expr: String| Check {
                name: format!("c{seed}"),
                expr,
                columns: vec![],
                enforced: None,
                level: CheckLevel::Table,
            };
            table.checks.push(check(format!("`{name}` < {seed}")));
        }
        (39, _) => table.checks.clear(),
        (_, _) => table.checks.iter_mut().for_each(|check| match seed % 4 {
            0 => check.name.push('x'),
            1 => check.expr.push('1'),
            2 => check.enforced = if check.enforced.is_none() { Some(false) } else { None },
            _ => check.level = CheckLevel::Column,
        }),
    }
}

/// As the server does it: whatever names the column follows.
fn rename(table: &mut Table, old: &str, new: &str) {
    let follow = |name: &mut String| {
        if name == old {
            new.clone_into(name);
        }
    };
    table.columns.iter_mut().for_each(|column| follow(&mut column.name));
    let keys = table.indexes.iter_mut().map(|index| &mut index.parts);
    let keys = keys.chain(table.primary_key.iter_mut().map(|key| &mut key.columns));
    keys.flatten().filter_map(|part| part.column.as_mut()).for_each(follow);
    table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(follow);
    let quoted = |name: &str| format!("`{}`", name.replace('`', "``"));
    for check in &mut table.checks {
        check.columns.iter_mut().for_each(follow);
        check.expr = check.expr.replace(&quoted(old), &quoted(new));
    }
}

fn of_column(table: &mut Table, which: u32, target: usize, seed: u32) {
    let at = target / 7 % table.columns.len();
    let rule = |expr: &str| Generated { kind: GeneratedKind::Stored, expr: expr.to_owned() };
    let one = &mut table.columns[at];
    match which {
        42 => table.columns.insert(at, column(&format!("n{seed}"), seed)),
        43 => drop(table.columns.remove(at)),
        44 | 45 => {
            let old = one.name.clone();
            let new = if which == 44 { format!("{old}z") } else { old.to_uppercase() };
            rename(table, &old, &new);
        }
        46 => one.r#type = column("", seed).r#type,
        47 => one.nullable = !one.nullable,
        48 => one.default = (seed % 4 > 0).then(|| literal(seed % 4)),
        49 => one.on_update = (seed % 3 > 0).then_some(DefaultValue::CurrentTimestamp { fsp: seed % 3 }),
        50 => one.auto_increment = !one.auto_increment,
        51 => one.auto_random = (seed % 3 > 0).then(|| AutoRandom { shard_bits: seed % 3, range_bits: 64 }),
        52 => one.generated = (seed % 3 > 0).then(|| rule(&format!("{}", seed % 3))),
        53 => one.generated = one.generated.take().map(|old| Generated { kind: GeneratedKind::Virtual, ..old }),
        54 => one.invisible = !one.invisible,
        55 if !one.charset.is_empty() => (one.charset, one.collation) = ("ascii".into(), format!("ascii_{}", seed % 2)),
        55 => one.srid = Some(seed % 2),
        56 => one.comment = (seed % 3).to_string(),
        _ => {
            one.collation = if one.charset.is_empty() { String::new() } else { format!("{}_{}", one.charset, seed % 3) }
        }
    }
}
