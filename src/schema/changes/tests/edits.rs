//! Edits of a schema at random.

use super::schemas::{column, index, literal, part, sound, table, view_of_nothing};
use crate::schema::{
    AutoRandom, Check, CheckLevel, Database, DefaultValue, Generated, GeneratedKind, IndexType, Partitioning,
    PrimaryKey, ReferentialAction, Table, TableKind, Ttl, View,
};

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
        14 => table.kind = if seed.is_multiple_of(2) { TableKind::Base } else { TableKind::SystemVersioned },
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
            table.partitioning =
                (!seed.is_multiple_of(3)).then(|| Partitioning { method, expression, ..Partitioning::default() });
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
        (35, _) => {
            table.primary_key = Some(PrimaryKey { columns: vec![part(&name)], clustered: seed.is_multiple_of(2) })
        }
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
        48 => one.default = (!seed.is_multiple_of(4)).then(|| literal(seed % 4)),
        49 => one.on_update = (!seed.is_multiple_of(3)).then_some(DefaultValue::CurrentTimestamp { fsp: seed % 3 }),
        50 => one.auto_increment = !one.auto_increment,
        51 => {
            one.auto_random = (!seed.is_multiple_of(3)).then_some(AutoRandom { shard_bits: seed % 3, range_bits: 64 })
        }
        52 => one.generated = (!seed.is_multiple_of(3)).then(|| rule(&format!("{}", seed % 3))),
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
