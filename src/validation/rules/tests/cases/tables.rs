//! Cases of rules about indexes, sizes, and what else a table or a view has.

use serde_json::{Value, json};

use super::super::{Case, case};
use crate::api::policy::BuiltinRule as R;
use crate::validation::testing::{self, column, parts, table};

/// A table `t` with columns `a` and `b` and these indexes.
fn indexed(indexes: Value) -> Value {
    json!([table(
        "t",
        json!({"indexes": indexes, "columns": [column("id", "bigint unsigned", json!({})),
        column("a", "varchar(100)", json!({})), column("b", "int", json!({"nullable": true}))]})
    )])
}

fn index(name: &str, columns: &[&str], unique: bool) -> Value {
    json!({"name": name, "unique": unique, "type": "btree", "parts": parts(columns)})
}

fn with(more: Value) -> Value {
    json!([table("t", more)])
}

fn view(definition: &str, security: &str) -> Value {
    json!([{"name": "v", "definition": definition, "security": security}])
}

pub(super) fn all() -> Vec<Case> {
    let none = || json!({});
    let bare = || with(json!({}));
    let mut out = vec![
        case(R::DuplicateIndex, none(), bare(), &["skip"]),
        case(
            R::DuplicateIndex,
            none(),
            indexed(json!([index("x", &["a", "b"], false), index("y", &["b", "a"], false)])),
            &["pass"],
        ),
        case(
            R::DuplicateIndex,
            none(),
            indexed(json!([index("x", &["a"], false), index("y", &["a"], true)])),
            &["t.x: has the same parts as y"],
        ),
        case(
            R::DuplicateIndex,
            none(),
            indexed(json!([index("x", &["a"], false), index("y", &["a"], false)])),
            &["t.y: has the same parts as x"],
        ),
        case(
            R::DuplicateIndex,
            none(),
            indexed(json!([index("x", &["id"], true)])),
            &["t.x: has the same parts as the primary key"],
        ),
        case(R::RedundantIndex, none(), bare(), &["skip"]),
        case(
            R::RedundantIndex,
            none(),
            indexed(json!([index("x", &["a"], true), index("y", &["a", "b"], false)])),
            &["pass"],
        ),
        case(
            R::RedundantIndex,
            none(),
            indexed(json!([index("x", &["a"], false), index("y", &["a", "b"], false)])),
            &["t.x: is the beginning of y"],
        ),
        case(
            R::RedundantIndex,
            none(),
            indexed(json!([index("x", &["a(9)"], false), index("y", &["a", "b"], false)])),
            &["pass"],
        ),
        case(R::IndexCountMax, none(), bare(), &["pass"]),
        case(
            R::IndexCountMax,
            json!({"max": 1}),
            indexed(json!([index("x", &["a"], false), index("y", &["b"], false)])),
            &["t: has 2 indexes; at most 1"],
        ),
        case(R::IndexWidthMax, none(), bare(), &["skip"]),
        case(R::IndexWidthMax, json!({"max": 404}), indexed(json!([index("x", &["a", "b"], false)])), &["pass"]),
        case(
            R::IndexWidthMax,
            json!({"max": 403}),
            indexed(json!([index("x", &["a", "b"], false)])),
            &["t.x: can take 404 bytes; at most 403"],
        ),
        case(R::IndexWidthMax, json!({"max": 80}), indexed(json!([index("x", &["a(19)", "b"], false)])), &["pass"]),
        case(R::IndexInvisibleStale, none(), indexed(json!([index("x", &["a"], false)])), &["pass"]),
        case(
            R::IndexInvisibleStale,
            none(),
            indexed(
                json!([{"name": "x", "unique": false, "type": "btree", "invisible": true, "parts": parts(&["a"])}]),
            ),
            &["t.x: is hidden"],
        ),
        case(R::UniqueNullableColumn, none(), indexed(json!([index("x", &["b"], false)])), &["skip"]),
        case(R::UniqueNullableColumn, none(), indexed(json!([index("x", &["a"], true)])), &["pass"]),
        case(
            R::UniqueNullableColumn,
            none(),
            indexed(json!([index("x", &["a", "b"], true)])),
            &["t.x: is unique and b may be NULL"],
        ),
        case(R::ColumnCountMax, none(), bare(), &["pass"]),
        case(R::ColumnCountMax, json!({"max": 2}), indexed(json!([])), &["t: has 3 columns; at most 2"]),
        case(R::RowWidthMax, none(), bare(), &["pass"]),
        case(R::RowWidthMax, json!({"max": 400}), indexed(json!([])), &["t: has rows of up to 414 bytes; at most 400"]),
        case(R::MaxTables, none(), bare(), &["pass"]),
        case(
            R::MaxTables,
            json!({"max": 1}),
            json!([table("a", none()), table("b", none())]),
            &[": has 2 tables; at most 1"],
        ),
        case(R::EngineAllowed, none(), bare(), &["pass"]),
        case(
            R::EngineAllowed,
            none(),
            with(json!({"engine": "MyISAM"})),
            &["t: is kept by MyISAM; allowed are innodb"],
        ),
        case(R::EngineAllowed, none(), with(json!({"engine": "MyISAM"})), &["skip"]).on("tidb"),
        case(R::CheckEnforced, none(), bare(), &["skip"]),
        case(R::CheckEnforced, none(), with(json!({"checks": [{"name": "k", "expr": "1"}]})), &["pass"]),
        case(
            R::CheckEnforced,
            none(),
            with(json!({"checks": [{"name": "k", "expr": "1", "enforced": false}]})),
            &["t.k: is NOT ENFORCED"],
        ),
        case(
            R::CheckEnforced,
            none(),
            with(json!({"checks": [{"name": "k", "expr": "1"}], "tidb": {"extrasUnknown": true}})),
            &["unknown"],
        ),
    ];
    out.extend(partitions());
    out.extend(ttl_and_views());
    out
}

fn partitions() -> Vec<Case> {
    let none = || json!({});
    let by = |method: &str, expression: &str, more: Value| {
        let base = json!({"partitioning": {"method": method, "expression": expression}, "columns": [
            column("id", "bigint unsigned", json!({})), column("day", "date", json!({})), column("id2", "int", json!({}))]});
        json!([table("t", testing::with(base, &more))])
    };
    vec![
        case(R::PartitionKeyInUniqueKeys, none(), with(none()), &["skip"]),
        case(R::PartitionKeyInUniqueKeys, none(), by("hash", "`id`", none()), &["pass"]),
        case(
            R::PartitionKeyInUniqueKeys,
            none(),
            by("range", "year(`day`)", none()),
            &["t: its primary key lacks day"],
        ),
        case(
            R::PartitionKeyInUniqueKeys,
            none(),
            by("hash", "`id`", json!({"indexes": [index("u", &["id2"], true)]})),
            &["t.u: lacks id"],
        ),
        case(R::PartitionKeyInUniqueKeys, none(), by("unknown", "", none()), &["unknown"]),
        case(R::PartitionHasMaxvalue, none(), by("hash", "`id`", none()), &["skip"]),
        case(
            R::PartitionHasMaxvalue,
            none(),
            by("range columns", "`id`", none()),
            &["unknown: the bounds of partitions"],
        ),
    ]
}

fn ttl_and_views() -> Vec<Case> {
    let none = || json!({});
    let ttl = |indexes: Value| {
        with(json!({"indexes": indexes, "tidb": {"ttl": {"column": "at", "interval": "3 MONTH", "enabled": true}}}))
    };
    let empty = || json!([]);
    vec![
        case(R::TtlColumnIndexedNote, none(), with(none()), &["skip"]).on("tidb"),
        case(R::TtlColumnIndexedNote, none(), ttl(json!([index("k", &["at"], false)])), &["pass"]).on("tidb"),
        case(
            R::TtlColumnIndexedNote,
            none(),
            ttl(json!([index("k", &["id", "at"], false)])),
            &["t.at: decides which rows expire"],
        )
        .on("tidb"),
        case(R::TtlAllowed, none(), with(none()), &["skip"]).on("tidb"),
        case(R::TtlAllowed, json!({"names": ["shop.t"]}), ttl(empty()), &["pass"]).on("tidb"),
        case(R::TtlAllowed, none(), ttl(empty()), &["t: loses rows 3 MONTH after at"]).on("tidb"),
        case(R::ViewDefinerAllowed, none(), empty(), &["pass"]).views(view("select 1", "invoker")),
        case(R::ViewDefinerAllowed, none(), empty(), &["v: runs with the rights of its definer"])
            .views(view("select 1", "definer")),
        case(R::ViewDefinerAllowed, none(), empty(), &["unknown"]).views(view("select 1", "")),
        case(R::ViewNoSelectStar, none(), empty(), &["pass"]).views(view("select 2 * `a`, count(*), '.*' from t", "")),
        case(R::ViewNoSelectStar, none(), empty(), &["v: selects *"]).views(view("select `t`.* from `t`", "")),
        case(R::ViewNoSelectStar, none(), empty(), &["v: selects *"]).views(view("SELECT DISTINCT * FROM t", "")),
        case(R::ViewNoSelectStar, none(), empty(), &["unknown"]).views(view("", "")),
    ]
}
