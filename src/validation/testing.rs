//! What the tests of this folder share: small schemas written as JSON, any schema at all, and the contract a schema
//! itself would sign.
#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::api::policy::contract::{Contract, Role};
use crate::schema::{Database, Engine, Snapshot, sql_type};

/// An object with fields of another added; a null takes one away.
pub(crate) fn with(mut object: Value, more: &Value) -> Value {
    let fields = object.as_object_mut().unwrap();
    for (key, value) in more.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(key)),
            value => drop(fields.insert(key.clone(), value.clone())),
        }
    }
    object
}

/// A column: `NAME TYPE [null] {more}`.
pub(crate) fn column(name: &str, r#type: &str, more: Value) -> Value {
    let parsed = sql_type::parse(r#type, Engine::Mysql).r#type;
    let text = ["char", "varchar", "text", "tinytext", "mediumtext", "longtext", "enum", "set"];
    let mut column = json!({"name": name, "ordinal": 1, "type": parsed, "nullable": false});
    if text.contains(&parsed.base.as_str()) {
        column["charset"] = json!("utf8mb4");
        column["collation"] = json!("utf8mb4_bin");
    }
    with(column, &more)
}

/// A key part per name; `a(3)` is a prefix.
pub(crate) fn parts(names: &[&str]) -> Value {
    let part = |name: &&str| match name.trim_end_matches(')').split_once('(') {
        Some((name, prefix)) => json!({"column": name, "prefix": prefix.parse::<u32>().unwrap()}),
        None => json!({"column": name}),
    };
    names.iter().map(part).collect()
}

/// A base table of InnoDB with an integer key `id`, and whatever else is given.
pub(crate) fn table(name: &str, more: Value) -> Value {
    let base = json!({"name": name, "kind": "base", "engine": "InnoDB", "collation": "utf8mb4_bin",
        "columns": [column("id", "bigint unsigned", json!({}))], "primaryKey": {"columns": parts(&["id"])}});
    with(base, &more)
}

/// A snapshot of one database `shop` with these tables and views.
pub(crate) fn snapshot(dialect: &str, tables: Value, views: Value) -> Snapshot {
    serde_json::from_value(json!({"modelVersion": 1,
        "server": {"dialect": dialect, "version": "x", "lowerCaseTableNames": 0, "timeZone": "UTC", "fkChecks": true},
        "databases": [{"name": "shop", "charset": "utf8mb4", "collation": "utf8mb4_bin", "tables": tables, "views": views}]}))
    .unwrap()
}

/// Any column type, as text.
pub(crate) fn any_type() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &[
                "int",
                "bigint unsigned",
                "tinyint(1)",
                "decimal(10,2)",
                "float",
                "double",
                "char(3)",
                "varchar(20)",
                "text",
                "longtext",
                "binary(16)",
                "varbinary(9)",
                "blob",
                "date",
                "datetime(3)",
                "timestamp",
                "time",
                "year",
                "enum('a','b''c')",
                "set('x')",
                "json",
                "vector(3)",
                "bit(8)",
                "uuid",
                "odd type",
                "point"
            ][..]
        )
        .prop_map(str::to_owned),
        (1_u32..64, 0_u32..10).prop_map(|(p, s)| format!("decimal({},{s})", p + s)),
    ]
}

prop_compose! {
    fn any_column()(
        r#type in any_type(), nullable: bool, filled in 0..5, comment in "[a-z 'ß]{0,5}",
    ) -> Value {
        let mut more = json!({"nullable": nullable, "comment": comment});
        match filled {
            0 => more["default"] = json!({"kind": "literal", "value": "1"}),
            1 => more["autoIncrement"] = json!(true),
            2 => more["generated"] = json!({"kind": "stored", "expr": "rand()"}),
            3 => more["invisible"] = json!(true),
            _ => {}
        }
        column("", &r#type, more)
    }
}

prop_compose! {
    fn any_table()(
        columns in prop::collection::vec(any_column(), 1..6), keyed: bool, indexes in prop::collection::vec((any::<bool>(), any::<bool>(), 0_usize..6, prop::option::of(1_u32..9)), 0..4),
        parent in prop::option::of((0_usize..4, 0_usize..6, prop::sample::select(&["restrict", "cascade", "unknown"][..]))),
    ) -> Value {
        let mut columns = columns;
        for (at, column) in columns.iter_mut().enumerate() {
            column["name"] = json!(format!("c{at}"));
            column["ordinal"] = json!(at + 1);
        }
        let name = |at: usize| format!("c{}", at % columns.len());
        let index = |(at, (unique, invisible, part, prefix)): (usize, &(bool, bool, usize, Option<u32>))| json!({
            "name": format!("k{at}"), "unique": unique, "invisible": invisible, "type": "btree",
            "parts": [{"column": name(*part), "prefix": prefix}, {"column": name(part + 1)}, {"expression": "lower(c0)"}]});
        let indexes: Vec<Value> = indexes.iter().enumerate().map(index).collect();
        let key = parent.map(|(table, at, action)| json!({"name": "fk", "columns": [name(at)], "refTable": format!("t{table}"),
            "refColumns": ["c0"], "onDelete": action, "onUpdate": "restrict"}));
        let primary = keyed.then(|| json!({"columns": parts(&["c0"])}));
        json!({"kind": "base", "engine": "InnoDB", "columns": columns, "indexes": indexes, "primaryKey": primary,
            "foreignKeys": key.into_iter().collect::<Vec<_>>()})
    }
}

prop_compose! {
    /// Any snapshot of one database `shop` with tables `t0`, `t1` … and a view.
    pub(crate) fn any_snapshot()(
        tables in prop::collection::vec(any_table(), 0..5), view in prop::collection::vec(any_column(), 0..3),
        dialect in prop::sample::select(&["tidb", "mariadb", "mysql"][..]),
    ) -> Snapshot {
        let named = |(at, mut table): (usize, Value)| { table["name"] = json!(format!("t{at}")); table };
        let tables: Vec<Value> = tables.into_iter().enumerate().map(named).collect();
        let mut view = view;
        view.iter_mut().enumerate().for_each(|(at, column)| column["name"] = json!(format!("v{at}")));
        let view = json!([{"name": "v", "definition": "select 1", "columns": view}]);
        snapshot(dialect, json!(tables), view)
    }
}

/// The contract in which a database promises all it has to a consumer of that role: what it cannot promise is left out
/// (types nobody knows, rules nobody may see, what only the server writes).
pub(crate) fn contract_of(database: &Database, role: Role, dialect: Engine) -> Contract {
    let tidb = dialect == Engine::Tidb;
    let columns = |columns: &[crate::schema::Column], is_view: bool| -> Vec<Value> {
        let writable = |c: &&crate::schema::Column| role != Role::Writer || c.is_writable();
        columns
            .iter()
            .filter(writable)
            .map(|c| {
                let mut column = json!({"name": c.name});
                if !(is_view && tidb) {
                    column["nullable"] = json!(c.nullable);
                }
                if c.r#type.base != "unknown" {
                    column["type"] = json!(c.r#type.to_string());
                }
                column
            })
            .collect()
    };
    let plain = |parts: &[crate::schema::KeyPart]| -> Vec<String> {
        parts.iter().map_while(|part| part.column.clone()).collect()
    };
    let tables = database.tables.iter().map(|table| {
        let index = |index: &crate::schema::Index| {
            let names = plain(&index.parts);
            let exact = names.len() == index.parts.len() && index.parts.iter().all(|part| part.prefix.is_none());
            let promised = !names.is_empty() && if index.unique { exact } else { !index.invisible };
            promised.then(|| json!({"columns": names, "unique": index.unique}))
        };
        let keys = table.foreign_keys.iter().map(|key| {
            let word = |action| match action {
                crate::schema::ReferentialAction::Cascade => json!("Cascade"),
                crate::schema::ReferentialAction::Unknown => Value::Null,
                _ => json!("Restrict"),
            };
            json!({"columns": key.columns, "ref": format!("{}({})", key.ref_table, key.ref_columns.join(", ")),
                "onDelete": word(key.on_delete), "onUpdate": word(key.on_update)})
        });
        json!({"name": table.name, "columns": columns(&table.columns, false),
            "primaryKey": table.primary_key.as_ref().map(|key| plain(&key.columns)).unwrap_or_default(),
            "indexes": table.indexes.iter().filter_map(index).collect::<Vec<_>>(),
            "foreignKeys": keys.collect::<Vec<_>>()})
    });
    let views = database.views.iter().map(|view| json!({"name": view.name, "columns": columns(&view.columns, true)}));
    let mut contract: Contract = serde_json::from_value(json!({"name": "all", "database": database.name, "role": role,
        "extraTables": "Forbid", "extraColumns": if role == Role::Writer { "Allow" } else { "Forbid" },
        "tables": tables.chain(views).collect::<Vec<_>>()}))
    .unwrap();
    contract.owner = "team".to_owned();
    contract
}
