//! Cases of rules about keys, foreign keys and likeness across tables.

use serde_json::{Value, json};

use super::super::{Case, case};
use crate::api::policy::BuiltinRule as R;
use crate::validation::testing::{column, parts, table, with};

/// A parent `p` and a child `c` whose column `p_id` refers to `p.id`, with `child` and `key` changed.
fn pair(child: Value, key: Value) -> Value {
    let fk = json!({"name": "fk", "columns": ["p_id"], "refTable": "p", "refColumns": ["id"], "onDelete": "restrict", "onUpdate": "restrict"});
    let more = json!({"columns": [column("id", "bigint unsigned", json!({})), column("p_id", "bigint unsigned", json!({}))],
        "foreignKeys": [with(fk, &key)], "indexes": [index("k", &["p_id"])]});
    let more = with(more, &child);
    json!([table("p", json!({})), table("c", more)])
}

fn index(name: &str, columns: &[&str]) -> Value {
    json!({"name": name, "unique": false, "type": "btree", "parts": parts(columns)})
}

fn hidden(name: &str, columns: &[&str]) -> Value {
    json!({"name": name, "unique": false, "type": "btree", "invisible": true, "parts": parts(columns)})
}

/// A child column of another type.
fn typed(r#type: &str, more: Value) -> Value {
    pair(json!({"columns": [column("p_id", r#type, more)]}), json!({}))
}

/// A table that refers to another by its id.
fn link(name: &str, to: &str) -> Value {
    table(
        name,
        json!({"foreignKeys": [{"name": "fk", "columns": ["id"], "refTable": to, "refColumns": ["id"], "onDelete": "restrict", "onUpdate": "restrict"}]}),
    )
}

const NO_KEY: &str = "skip: no foreign key";

pub(super) fn all() -> Vec<Case> {
    let none = || json!({});
    let good = || pair(none(), none());
    let mut out = vec![
        case(R::FkIndexed, none(), json!([link("a", "a")]), &["pass"]),
        case(R::FkIndexed, none(), good(), &[NO_KEY, "pass"]),
        case(
            R::FkIndexed,
            none(),
            pair(json!({"indexes": [index("k", &["id", "p_id"])]}), none()),
            &[NO_KEY, "c.fk: has no index that begins with (p_id)"],
        ),
        case(
            R::FkIndexed,
            none(),
            pair(json!({"indexes": [hidden("k", &["p_id"])]}), none()),
            &[NO_KEY, "c.fk: has no index"],
        ),
        case(R::FkTypeMatch, none(), json!([link("a", "a")]), &["pass"]),
        case(
            R::FkTypeMatch,
            none(),
            typed("int unsigned", none()),
            &[NO_KEY, "c.fk: p_id and id differ in type: int and bigint"],
        ),
        case(
            R::FkTypeMatch,
            none(),
            typed("bigint", none()),
            &[NO_KEY, "c.fk: p_id and id differ in sign: signed and unsigned"],
        ),
        case(
            R::FkTypeMatch,
            none(),
            pair(none(), json!({"refTable": "gone"})),
            &[NO_KEY, "unknown: fk: the parent gone"],
        ),
        case(R::FkParentUnique, none(), json!([link("a", "a")]), &["pass"]),
        case(
            R::FkParentUnique,
            none(),
            json!([table("p", json!({"primaryKey": null, "indexes": [index("k", &["id"])]})), pair(none(), none())[1]]),
            &[NO_KEY, "c.fk: refers to p(id), which is no key"],
        ),
        case(R::FkParentExists, none(), json!([link("a", "a")]), &["pass"]),
        case(
            R::FkParentExists,
            none(),
            pair(none(), json!({"refTable": "gone"})),
            &[NO_KEY, "c.fk: refers to gone, which is not in the snapshot"],
        ),
        case(
            R::FkParentExists,
            none(),
            pair(none(), json!({"refColumns": ["nr"]})),
            &[NO_KEY, "c.fk: refers to p.nr, which is not there"],
        ),
        case(
            R::FkParentExists,
            none(),
            pair(none(), json!({"refDatabase": "other"})),
            &[NO_KEY, "unknown: the parent's database other"],
        ),
        case(R::FkNoCycle, none(), json!([link("a", "a")]), &["skip"]),
        case(R::FkNoCycle, none(), json!([link("a", "b"), link("b", "c"), table("c", none())]), &["pass"]),
        case(
            R::FkNoCycle,
            none(),
            json!([link("a", "b"), link("b", "c"), link("c", "b"), link("d", "d")]),
            &["b: its foreign keys lead back", "c: its foreign keys lead back"],
        ),
        case(R::NoForeignKeys, none(), json!([table("a", none())]), &["pass"]),
        case(R::NoForeignKeys, none(), json!([link("a", "a")]), &["a.fk: is a foreign key; none is allowed"]),
        case(R::FkCascadeAllowed, none(), json!([link("a", "a")]), &["pass"]),
        case(
            R::FkCascadeAllowed,
            none(),
            pair(none(), json!({"onDelete": "cascade"})),
            &[NO_KEY, "c.fk: does cascade on delete; allowed are restrict, set_null"],
        ),
        case(
            R::FkCascadeAllowed,
            json!({"values": ["Cascade"]}),
            pair(none(), json!({"onDelete": "cascade", "onUpdate": "cascade"})),
            &[NO_KEY, "pass"],
        ),
        case(
            R::FkCascadeAllowed,
            none(),
            pair(none(), json!({"onDelete": "unknown"})),
            &[NO_KEY, "unknown: the account"],
        ),
        case(R::FkValid, none(), json!([link("a", "a")]), &["pass"]),
        case(
            R::FkValid,
            none(),
            pair(none(), json!({"valid": false})),
            &[NO_KEY, "c.fk: is shown by the server and not enforced"],
        ),
        case(R::FkValid, none(), pair(json!({"tidb": {"extrasUnknown": true}}), none()), &[NO_KEY, "unknown: whether"]),
    ];
    out.extend(likeness());
    out.extend(primary_keys());
    out
}

fn likeness() -> Vec<Case> {
    let none = || json!({});
    let with = |name: &str, r#type: &str, more: Value| table(name, json!({"columns": [column("sku", r#type, more)]}));
    let collation = |name: &str, collation: &str| with(name, "varchar(9)", json!({"collation": collation}));
    vec![
        case(R::CollationConsistent, none(), json!([collation("a", "x"), collation("b", "x")]), &["pass"]),
        case(
            R::CollationConsistent,
            none(),
            json!([collation("a", "y"), collation("b", "x"), collation("c", "x")]),
            &["a.sku: has the collation y; columns of this name have x"],
        ),
        case(
            R::CollationConsistent,
            none(),
            json!([
                table("p", json!({"columns": [column("id", "char(2)", json!({"collation": "x"}))]})),
                table(
                    "c",
                    json!({"columns": [column("p_id", "char(2)", json!({"collation": "y"}))],
                "foreignKeys": [{"name": "fk", "columns": ["p_id"], "refTable": "p", "refColumns": ["id"], "onDelete": "restrict", "onUpdate": "restrict"}]})
                )
            ]),
            &["c.p_id: has the collation y, and its parent x"],
        ),
        case(R::ColumnTypeConsistent, none(), json!([with("a", "int", none()), with("b", "int", none())]), &["pass"]),
        case(
            R::ColumnTypeConsistent,
            none(),
            json!([with("a", "int", none()), with("b", "bigint", none()), with("c", "int", none())]),
            &["b.sku: is bigint; columns of this name are int"],
        ),
        case(
            R::ColumnTypeConsistent,
            json!({"names": ["sku"]}),
            json!([with("a", "int", none()), with("b", "bigint", none())]),
            &["pass"],
        ),
    ]
}

fn primary_keys() -> Vec<Case> {
    let none = || json!({});
    let key = |r#type: &str, more: Value| json!([table("t", json!({"columns": [column("id", r#type, more)]}))]);
    let auto = |name: &str, r#type: &str, clustered: bool| {
        json!([table(
            name,
            json!({
        "columns": [column("id", r#type, json!({"autoIncrement": true}))], "primaryKey": {"columns": parts(&["id"]), "clustered": clustered}})
        )])
    };
    vec![
        case(R::TableHasPrimaryKey, none(), json!([table("t", none())]), &["pass"]),
        case(
            R::TableHasPrimaryKey,
            none(),
            json!([table("t", json!({"primaryKey": null}))]),
            &["t: has no primary key"],
        ),
        case(
            R::TableHasPrimaryKey,
            none(),
            json!([table("t", json!({"generatedPk": true}))]),
            &["t: its primary key is the invisible column"],
        ),
        case(R::PrimaryKeyNotNullUniqueStable, none(), json!([table("t", json!({"primaryKey": null}))]), &["skip"]),
        case(R::PrimaryKeyNotNullUniqueStable, none(), json!([table("t", none())]), &["pass"]),
        case(
            R::PrimaryKeyNotNullUniqueStable,
            none(),
            key("float", none()),
            &["t.id: is part of the primary key and has a type"],
        ),
        case(
            R::PrimaryKeyNotNullUniqueStable,
            none(),
            key("mediumtext", none()),
            &["t.id: is part of the primary key and has a type"],
        ),
        case(
            R::PrimaryKeyNotNullUniqueStable,
            none(),
            key("int", json!({"nullable": true})),
            &["t.id: is part of the primary key and may be NULL"],
        ),
        case(
            R::PrimaryKeyNotNullUniqueStable,
            none(),
            key("timestamp", json!({"onUpdate": {"kind": "current_timestamp"}})),
            &["t.id: is part of the primary key and changes"],
        ),
        case(R::PrimaryKeyType, none(), json!([table("t", none())]), &["pass"]),
        case(R::PrimaryKeyType, none(), key("binary(16)", none()), &["pass"]),
        case(
            R::PrimaryKeyType,
            none(),
            key("int", none()),
            &["t.id: is a primary key of type int; allowed are bigint"],
        ),
        case(
            R::PrimaryKeyType,
            json!({"values": ["bigint"]}),
            key("bigint unsigned", none()),
            &["t.id: is a primary key of type bigint unsigned"],
        ),
        case(R::AutoIncrementHeadroom, none(), json!([table("t", none())]), &["skip"]),
        case(R::AutoIncrementHeadroom, none(), auto("t", "int unsigned", false), &["pass"]),
        case(R::AutoIncrementHeadroom, none(), auto("t", "int", false), &["t.id: counts up to 2147483647 as int"]),
        case(
            R::AutoIncrementHeadroom,
            none(),
            auto("counted", "int unsigned", false),
            &["counted.id: has used 93% of the range of int unsigned; at most 80%"],
        ),
        case(R::AutoIncrementHeadroom, json!({"max": 95}), auto("counted", "int unsigned", false), &["pass"]),
        case(R::TidbAutoIncrementHotspot, none(), auto("t", "bigint", true), &["skip: not TiDB"]),
        case(R::TidbAutoIncrementHotspot, none(), auto("t", "bigint", false), &["pass"]).on("tidb"),
        case(R::TidbAutoIncrementHotspot, none(), auto("t", "bigint", true), &["t.id: is AUTO_INCREMENT at the head"])
            .on("tidb"),
    ]
}
