//! Rules about foreign keys. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::builtin::{Builtin, Check, Finding, Given, Judgement, On, param, rule};
use super::{Parent, leads, parent};
use crate::api::policy::{BuiltinRule as R, Severity as S};
use crate::schema::{Column, ForeignKey, ReferentialAction, Table};

pub(super) const RULES: &[Builtin] = &[
    rule(
        R::FkIndexed,
        S::Error,
        Check::Table(indexed),
        "The columns of every foreign key are the first columns, in this order, of a visible index or of the primary key.",
        "Without it every change of a parent row reads the whole child table.",
    ),
    rule(
        R::FkTypeMatch,
        S::Error,
        Check::Table(type_match),
        "Both ends of a foreign key have the same base type, sign, length, character set and collation.",
        "Otherwise values are converted to be compared, or some can never match.",
    ),
    rule(
        R::FkParentUnique,
        S::Error,
        Check::Table(parent_unique),
        "A foreign key refers to the primary key or to exactly the columns of a unique index of its parent.",
        "A child row could otherwise have several parents.",
    ),
    rule(
        R::FkParentExists,
        S::Error,
        Check::Table(parent_exists),
        "The table and the columns a foreign key refers to are in the snapshot.",
        "With foreign_key_checks off a parent can be dropped; what then refers to it can no longer be written.",
    ),
    rule(
        R::FkNoCycle,
        S::Warn,
        Check::Database(no_cycle),
        "Foreign keys of different tables form no ring; a table may refer to itself.",
        "Rows of a ring cannot be inserted or deleted one by one.",
    ),
    rule(
        R::NoForeignKeys,
        S::Off,
        Check::Table(none),
        "No table has a foreign key.",
        "For teams that keep references in the application, or shard.",
    ),
    rule(
        R::FkCascadeAllowed,
        S::Warn,
        Check::Table(cascade),
        "What a foreign key does when the parent goes or changes is one of these actions.",
        "CASCADE deletes rows nobody named, past triggers and change feeds.",
    )
    .with(&[param(
        Given::Values(Some(&["restrict", "set_null"])),
        "allowed actions: restrict, cascade, set_null, set_default",
    )]),
    rule(
        R::FkValid,
        S::Error,
        Check::Table(valid),
        "No foreign key is shown by TiDB as FOREIGN KEY INVALID.",
        "Such a key is not enforced; orphans can be in the table already.",
    ),
];

fn each_key(table: &Table, wrong: impl Fn(&ForeignKey) -> Option<String>) -> Judgement {
    if table.foreign_keys.is_empty() {
        return Judgement::Skip("no foreign key");
    }
    Judgement::of(table.foreign_keys.iter().filter_map(|key| Some(Finding::of(&key.name, wrong(key)?))))
}

/// As above, with the parent table; a key whose parent cannot be seen makes the rule unknown for this table, unless
/// another key is wrong anyway.
fn each_parent(on: &On<'_>, table: &Table, wrong: impl Fn(&ForeignKey, &Table) -> Option<String>) -> Judgement {
    let judged = each_key(table, |key| match parent(on, key) {
        Parent::Found(target) => wrong(key, target),
        Parent::Missing | Parent::Elsewhere(_) => None,
    });
    if judged != Judgement::Pass {
        return judged;
    }
    let unseen = table.foreign_keys.iter().find_map(|key| match parent(on, key) {
        Parent::Found(_) => None,
        Parent::Missing => Some(format!("{}: the parent {} is not in the snapshot", key.name, key.ref_table)),
        Parent::Elsewhere(database) => Some(format!("{}: the database {database} is not in the snapshot", key.name)),
    });
    unseen.map_or(Judgement::Pass, Judgement::Unknown)
}

fn list(columns: &[String]) -> String {
    format!("({})", columns.join(", "))
}

fn indexed(_: &On<'_>, table: &Table) -> Judgement {
    each_key(table, |key| {
        let primary = table.primary_key.as_ref().is_some_and(|primary| leads(&primary.columns, &key.columns));
        let index = table.indexes.iter().any(|index| !index.invisible && leads(&index.parts, &key.columns));
        (!primary && !index).then(|| format!("has no index that begins with {}", list(&key.columns)))
    })
}

fn type_match(on: &On<'_>, table: &Table) -> Judgement {
    each_parent(on, table, |key, target| {
        key.columns.iter().zip(&key.ref_columns).find_map(|(name, ref_name)| {
            let (child, target) = (super::column(table, name)?, super::column(target, ref_name)?);
            difference(child, target).map(|what| format!("{name} and {ref_name} differ in {what}"))
        })
    })
}

fn difference(child: &Column, parent: &Column) -> Option<String> {
    let (one, other) = (&child.r#type, &parent.r#type);
    let sign = |unsigned: bool| if unsigned { "unsigned" } else { "signed" };
    if one.base != other.base {
        Some(format!("type: {} and {}", one.base, other.base))
    } else if one.unsigned != other.unsigned {
        Some(format!("sign: {} and {}", sign(one.unsigned), sign(other.unsigned)))
    } else if (one.length, one.precision, one.scale, one.fsp) != (other.length, other.precision, other.scale, other.fsp)
    {
        Some(format!("length: {one} and {other}"))
    } else if child.charset != parent.charset {
        Some(format!("character set: {} and {}", child.charset, parent.charset))
    } else if child.collation != parent.collation {
        Some(format!("collation: {} and {}", child.collation, parent.collation))
    } else {
        None
    }
}

fn parent_unique(on: &On<'_>, table: &Table) -> Judgement {
    each_parent(on, table, |key, target| {
        let exactly = |parts: &[crate::schema::KeyPart]| {
            let whole = parts.iter().all(|part| part.prefix.is_none() && part.column.is_some());
            let names = |names: Vec<&String>| names.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>();
            let columns = names(parts.iter().filter_map(|part| part.column.as_ref()).collect());
            whole && columns == names(key.ref_columns.iter().collect())
        };
        let unique = target.primary_key.as_ref().is_some_and(|primary| exactly(&primary.columns))
            || target.indexes.iter().any(|index| index.unique && exactly(&index.parts));
        let text = || {
            format!(
                "refers to {}{}, which is no key: a row can have several parents",
                target.name,
                list(&key.ref_columns)
            )
        };
        (!unique).then(text)
    })
}

fn parent_exists(on: &On<'_>, table: &Table) -> Judgement {
    let judged = each_key(table, |key| match parent(on, key) {
        Parent::Missing => Some(format!("refers to {}, which is not in the snapshot", key.ref_table)),
        Parent::Found(target) => {
            let gone = key.ref_columns.iter().find(|name| super::column(target, name).is_none())?;
            Some(format!("refers to {}.{gone}, which is not there", target.name))
        }
        Parent::Elsewhere(_) => None,
    });
    let elsewhere = table.foreign_keys.iter().find_map(|key| match parent(on, key) {
        Parent::Elsewhere(database) => Some(database),
        _ => None,
    });
    match (judged, elsewhere) {
        (Judgement::Pass, Some(database)) => {
            Judgement::Unknown(format!("the parent's database {database} is not in the snapshot"))
        }
        (judged, _) => judged,
    }
}

/// The tables of each ring, each once: tables that can be reached from themselves over at least one other.
fn no_cycle(on: &On<'_>) -> Judgement {
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for table in &on.database.tables {
        for key in &table.foreign_keys {
            let here = key.ref_database.as_ref().is_none_or(|name| super::same_table(on, name, &on.database.name));
            let target = on.database.tables.iter().find(|t| super::same_table(on, &t.name, &key.ref_table));
            if let Some(target) = target.filter(|target| here && target.name != table.name) {
                edges.entry(table.name.as_str()).or_default().insert(target.name.as_str());
            }
        }
    }
    if edges.is_empty() {
        return Judgement::Skip("no foreign key between tables");
    }
    let ring = on_rings(&edges);
    let named = ring.iter().filter(|name| (on.selected)(name));
    Judgement::of(named.map(|name| Finding::in_table(name, None, "its foreign keys lead back to it over other tables")))
}

/// Nodes on rings: what is left when nodes without a way in or without a way out are taken away, again and again, holds
/// every ring, and the ways between two of them; those are told apart by looking for the way back.
fn on_rings<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut left: BTreeMap<&str, BTreeSet<&str>> = edges.clone();
    loop {
        let entered: BTreeSet<&str> = left.values().flatten().copied().collect();
        let nodes: BTreeSet<&str> = left.keys().copied().filter(|node| entered.contains(node)).collect();
        let before: usize = left.values().map(BTreeSet::len).sum();
        left.retain(|node, targets| {
            targets.retain(|target| nodes.contains(target));
            nodes.contains(node) && !targets.is_empty()
        });
        if left.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    let back = |start: &&str| {
        let (mut seen, mut open): (BTreeSet<&str>, Vec<&str>) = (BTreeSet::new(), vec![*start]);
        while let Some(node) = open.pop() {
            for target in left.get(node).into_iter().flatten() {
                if target == start {
                    return true;
                }
                if seen.insert(target) {
                    open.push(target);
                }
            }
        }
        false
    };
    left.keys().copied().filter(back).collect()
}

fn none(_: &On<'_>, table: &Table) -> Judgement {
    Judgement::of(table.foreign_keys.iter().map(|key| Finding::of(&key.name, "is a foreign key; none is allowed")))
}

fn cascade(on: &On<'_>, table: &Table) -> Judgement {
    const fn word(action: ReferentialAction) -> &'static str {
        match action {
            ReferentialAction::Restrict => "restrict",
            ReferentialAction::Cascade => "cascade",
            ReferentialAction::SetNull => "set_null",
            ReferentialAction::SetDefault => "set_default",
            ReferentialAction::Unknown => "unknown",
        }
    }
    let judged = each_key(table, |key| {
        [("delete", key.on_delete), ("update", key.on_update)].into_iter().find_map(|(event, action)| {
            let wrong = action != ReferentialAction::Unknown && !on.params.has_value(word(action));
            let allowed = on.params.values.join(", ");
            wrong.then(|| format!("does {} on {event}; allowed are {allowed}", word(action)))
        })
    });
    let hidden = |key: &ForeignKey| [key.on_delete, key.on_update].contains(&ReferentialAction::Unknown);
    if judged == Judgement::Pass && table.foreign_keys.iter().any(hidden) {
        return Judgement::Unknown("the account may not see the rules of foreign keys".to_owned());
    }
    judged
}

fn valid(_: &On<'_>, table: &Table) -> Judgement {
    let judged = each_key(table, |key| {
        (key.valid == Some(false)).then(|| "is shown by the server and not enforced (FOREIGN KEY INVALID)".to_owned())
    });
    if judged == Judgement::Pass && table.tidb.extras_unknown {
        return Judgement::Unknown("whether foreign keys are enforced could not be read".to_owned());
    }
    judged
}
