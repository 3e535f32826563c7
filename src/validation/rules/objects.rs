//! Rules about what else a table has (engine, checks, generated columns, partitions, TTL) and about views. Pure.

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use super::{each_column, leads, mentions};
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Engine, KeyPart, Table, View};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::EngineAllowed,
        S::Error,
        Check::Table(engine),
        "Every table is kept by one of these engines; ignored on TiDB.",
        "Others lose rows in a crash, have no transactions, or no foreign keys.",
    )
    .with(&[param(Given::Values(Some(&["innodb"])), "engines")]),
    rule(
        R::NotNullNeedsDefaultOrWriterContract,
        S::Info,
        Check::Table(required),
        "A column that every INSERT must name (NOT NULL, no default, filled by nobody) is named by a contract of this policy whose role is Writer or Both; key columns aside.",
        "Whoever writes without knowing the column is refused; a contract says who knows it.",
    ),
    rule(
        R::CheckEnforced,
        S::Warn,
        Check::Table(enforced),
        "Every check is enforced.",
        "One that is not looks like a promise and keeps nothing out.",
    ),
    rule(
        R::GeneratedColumnDeterministic,
        S::Warn,
        Check::Table(deterministic),
        "No generated column asks for the time, chance, or who is connected.",
        "A replica or a rebuilt table would compute another value.",
    ),
    rule(
        R::PartitionKeyInUniqueKeys,
        S::Error,
        Check::Table(partition_key),
        "Every unique key of a partitioned table holds the columns it is partitioned by; global indexes of TiDB aside.",
        "Uniqueness is kept inside a partition only.",
    ),
    rule(
        R::PartitionHasMaxvalue,
        S::Warn,
        Check::Table(maxvalue),
        "A table partitioned by range has a last partition for all that is beyond the others. Bounds are no part of a snapshot, which compares partitions by scheme: for such a table the result is `error`, could not be judged.",
        "Without it a row beyond the last bound is refused.",
    ),
    rule(
        R::TtlColumnIndexedNote,
        S::Info,
        Check::Table(ttl_indexed),
        "The TTL column of a TiDB table leads an index.",
        "The job that deletes expired rows reads the whole table otherwise.",
    ),
    rule(
        R::TtlAllowed,
        S::Info,
        Check::Table(ttl_allowed),
        "Only the tables named here lose rows by TTL.",
        "Rows that vanish by themselves should be nobody's surprise.",
    )
    .with(&[param(Given::Names(&[]), "tables that may have a TTL")]),
    rule(
        R::ViewDefinerAllowed,
        S::Info,
        Check::View(definer),
        "Views run with the rights of one of these. Who the definer is, is no part of a snapshot.",
        "A view of a definer shows what its reader may not see, and breaks when that account goes.",
    )
    .with(&[param(Given::Values(Some(&["invoker"])), "invoker, definer")]),
    rule(
        R::ViewNoSelectStar,
        S::Info,
        Check::View(select_star),
        "No view selects `*`.",
        "What it shows then depends on when it was made.",
    ),
];

fn engine(on: &On<'_>, table: &Table) -> Judgement {
    if on.snapshot.server.dialect == Engine::Tidb {
        return Judgement::Skip("TiDB has one engine");
    }
    let allowed = on.params.values.join(", ");
    Judgement::wrong_if(!on.params.has_value(&table.engine), || {
        format!("is kept by {}; allowed are {allowed}", table.engine)
    })
}

fn required(on: &On<'_>, table: &Table) -> Judgement {
    let named = |column: &str| {
        let writes = on.contracts.iter().filter(|contract| contract.writes());
        let here = writes.filter(|contract| super::same_table(on, &contract.database, &on.database.name));
        let mut tables = here.flat_map(|contract| &contract.tables);
        tables.any(|t| {
            super::same_table(on, &t.name, &table.name) && t.columns.iter().any(|c| super::same(&c.name, column))
        })
    };
    let key = table.primary_key.as_ref().map(|key| key.columns.as_slice()).unwrap_or_default();
    let in_key = |name: &str| key.iter().any(|part| part.column.as_deref() == Some(name));
    each_column(table, |column| {
        (column.is_required() && !in_key(&column.name) && !named(&column.name))
            .then(|| "must be named by every INSERT, and no contract of a writer names it".to_owned())
    })
}

fn enforced(_: &On<'_>, table: &Table) -> Judgement {
    if table.checks.is_empty() {
        return Judgement::Skip("no check");
    }
    let off = table.checks.iter().filter(|check| check.enforced == Some(false));
    match Judgement::of(off.map(|check| Finding::of(&check.name, "is NOT ENFORCED"))) {
        Judgement::Pass if table.tidb.extras_unknown => {
            Judgement::Unknown("whether checks are enforced could not be read".to_owned())
        }
        judged => judged,
    }
}

fn deterministic(_: &On<'_>, table: &Table) -> Judgement {
    const BARE: [&str; 6] =
        ["current_timestamp", "current_date", "current_time", "current_user", "localtime", "utc_timestamp"];
    const CALLED: [&str; 11] = [
        "now",
        "sysdate",
        "curdate",
        "curtime",
        "unix_timestamp",
        "rand",
        "uuid",
        "uuid_short",
        "connection_id",
        "user",
        "last_insert_id",
    ];
    if !table.columns.iter().any(|column| column.generated.is_some()) {
        return Judgement::Skip("no generated column");
    }
    each_column(table, |column| {
        let expr = column.generated.as_ref()?.expr.to_lowercase();
        let bare = |name: &&&str| mentions(&expr, name) && !expr.contains(&format!("`{name}`"));
        let called = |name: &&&str| mentions(&expr, name) && expr.contains(&format!("{name}("));
        let moving = BARE.iter().find(bare).or_else(|| CALLED.iter().find(called))?;
        Some(format!("is generated with {moving}, which is not the same every time"))
    })
}

fn partition_key(_: &On<'_>, table: &Table) -> Judgement {
    let Some(partitioning) = &table.partitioning else { return Judgement::Skip("not partitioned") };
    if partitioning.method == "unknown" {
        return Judgement::Unknown("the account may not see how the table is partitioned".to_owned());
    }
    let text = format!("{} {}", partitioning.expression, partitioning.sub_expression).to_lowercase();
    let by: Vec<String> =
        table.columns.iter().map(|c| c.name.to_lowercase()).filter(|name| mentions(&text, name)).collect();
    let lacks = |parts: &[KeyPart]| {
        let has = |name: &String| parts.iter().any(|p| p.column.as_ref().is_some_and(|c| c.to_lowercase() == *name));
        by.iter().find(|name| !has(name)).map(|name| format!("lacks {name}, by which the table is partitioned"))
    };
    let primary =
        table.primary_key.as_ref().and_then(|key| lacks(&key.columns)).map(|text| format!("its primary key {text}"));
    let unique = table.indexes.iter().filter(|index| index.unique && !index.global);
    let unique = unique.filter_map(|index| Some(Finding::of(&index.name, lacks(&index.parts)?)));
    Judgement::of(primary.map(Finding::here).into_iter().chain(unique))
}

fn maxvalue(_: &On<'_>, table: &Table) -> Judgement {
    match &table.partitioning {
        Some(partitioning) if partitioning.method.starts_with("range") || partitioning.method == "unknown" => {
            Judgement::Unknown("the bounds of partitions are no part of a snapshot".to_owned())
        }
        _ => Judgement::Skip("not partitioned by range"),
    }
}

fn ttl_indexed(_: &On<'_>, table: &Table) -> Judgement {
    let Some(ttl) = &table.tidb.ttl else { return Judgement::Skip("no TTL") };
    let column = [ttl.column.clone()];
    let primary = table.primary_key.as_ref().is_some_and(|key| leads(&key.columns, &column));
    let indexed = primary || table.indexes.iter().any(|index| !index.invisible && leads(&index.parts, &column));
    Judgement::of((!indexed).then(|| Finding::of(&ttl.column, "decides which rows expire and leads no index")))
}

fn ttl_allowed(on: &On<'_>, table: &Table) -> Judgement {
    let Some(ttl) = &table.tidb.ttl else { return Judgement::Skip("no TTL") };
    let qualified = format!("{}.{}", on.database.name, table.name);
    let allowed = on.params.names(&table.name) || on.params.names(&qualified);
    Judgement::wrong_if(!allowed, || {
        format!("loses rows {} after {}, and is not among the tables that may", ttl.interval, ttl.column)
    })
}

fn definer(on: &On<'_>, view: &View) -> Judgement {
    if view.security.is_empty() {
        return Judgement::Unknown("the account may not see with whose rights the view runs".to_owned());
    }
    Judgement::wrong_if(!on.params.has_value(&view.security), || {
        format!("runs with the rights of its {}", view.security)
    })
}

fn select_star(_: &On<'_>, view: &View) -> Judgement {
    if view.definition.is_empty() {
        return Judgement::Unknown("the account may not see what the view selects".to_owned());
    }
    Judgement::wrong_if(selects_star(&view.definition), || "selects *".to_owned())
}

/// A `*` outside quotes that follows SELECT, DISTINCT, ALL, a comma or `NAME.`; a product or `count(*)` is none.
fn selects_star(definition: &str) -> bool {
    let (mut quote, mut before) = (None, String::new());
    for c in definition.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => {
                quote = Some(c);
                before.push('n');
            }
            (None, '*') => {
                let text = before.trim_end().to_ascii_lowercase();
                let word = text.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
                if matches!(word, "select" | "distinct" | "all") || text.ends_with('.') || text.ends_with(',') {
                    return true;
                }
                before.push('*');
            }
            (None, c) => before.push(c),
        }
    }
    false
}
