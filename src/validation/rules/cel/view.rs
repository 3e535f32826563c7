//! The model as expressions see it: every optional field is there (null, false, 0, [], ""), since a missing key is an error
//! in CEL. Each type is taken apart whole, so that a field added to the model does not compile before it stands here.

use cel::common::value::Val;
use cel::objects::Key;
use serde_json::{Value, json};

use crate::api::policy::Params;
use crate::schema::{
    Check, Column, Database, DefaultValue, ForeignKey, Index, KeyPart, Partitioning, PrimaryKey, Snapshot, Table,
    TableTidb, Ttl, Type,
};
use crate::validation::policy::{ChangeFacts, QueryFacts};

/// A value of the interpreter.
///
/// # Errors
/// Never for what the functions of this file make.
pub fn value(json: &Value) -> Result<Box<dyn Val + 'static>, String> {
    converted(json).try_into().map_err(|error: cel::ExecutionError| error.to_string())
}

/// Whole numbers are CEL's int wherever they fit: mixed with uint, arithmetic fails.
fn converted(json: &Value) -> cel::Value {
    match json {
        Value::Null => cel::Value::Null,
        Value::Bool(flag) => cel::Value::Bool(*flag),
        Value::Number(number) => number.as_i64().map_or_else(
            || number.as_u64().map_or_else(|| cel::Value::Float(number.as_f64().unwrap_or(0.0)), cel::Value::UInt),
            cel::Value::Int,
        ),
        Value::String(text) => cel::Value::String(text.clone().into()),
        Value::Array(items) => cel::Value::List(items.iter().map(converted).collect::<Vec<_>>().into()),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| (Key::String(key.clone().into()), converted(value));
            cel::Value::Map(cel::objects::Map { map: std::sync::Arc::new(map.iter().map(entry).collect()) })
        }
    }
}

/// `server`.
#[must_use]
pub fn server(snapshot: &Snapshot) -> Value {
    let crate::schema::ServerFacts { dialect, version, lower_case_table_names, sql_mode, time_zone, fk_checks } =
        &snapshot.server;
    json!({"dialect": dialect, "version": version, "lowerCaseTableNames": lower_case_table_names, "sqlMode": sql_mode,
        "timeZone": time_zone, "fkChecks": fk_checks})
}

/// `params`.
#[must_use]
pub fn params(params: &Params) -> Value {
    let Params { max, pattern, values, names } = params;
    json!({"max": max, "pattern": pattern.as_deref().unwrap_or_default(), "values": values, "names": names})
}

/// `db`: its attributes and its tables and views in a few words each; a rule about their columns has a narrower scope.
#[must_use]
pub fn database(database: &Database) -> Value {
    let Database { name, charset, collation, placement, tables, views, sequences } = database;
    let table = |t: &Table| {
        json!({"name": t.name, "engine": t.engine, "collation": t.collation, "comment": t.comment, "columns": t.columns.len(),
            "indexes": t.indexes.len(), "foreignKeys": t.foreign_keys.len(), "hasPrimaryKey": t.primary_key.is_some()})
    };
    json!({"name": name, "charset": charset, "collation": collation, "placement": placement,
        "tables": tables.iter().map(table).collect::<Vec<_>>(),
        "views": views.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(),
        "sequences": sequences.iter().map(|sequence| sequence.name.as_str()).collect::<Vec<_>>()})
}

/// `db` where only its name is known: in a change or a query.
#[must_use]
pub fn database_name(name: &str) -> Value {
    json!({"name": name})
}

/// `table`.
#[must_use]
pub fn table(table: &Table) -> Value {
    let Table {
        name,
        kind,
        engine,
        collation,
        comment,
        columns,
        primary_key,
        indexes,
        foreign_keys,
        checks,
        partitioning,
        options,
        generated_pk,
        tidb,
    } = table;
    let none = PrimaryKey { columns: Vec::new(), clustered: false };
    let PrimaryKey { columns: key, clustered } = primary_key.as_ref().unwrap_or(&none);
    json!({"name": name, "kind": kind, "engine": engine, "collation": collation, "comment": comment,
        "columns": columns.iter().map(column).collect::<Vec<_>>(),
        "primaryKey": {"columns": parts(key), "clustered": clustered},
        "indexes": indexes.iter().map(index).collect::<Vec<_>>(),
        "foreignKeys": foreign_keys.iter().map(foreign_key).collect::<Vec<_>>(),
        "checks": checks.iter().map(check).collect::<Vec<_>>(),
        "partitioning": partitioning.as_ref().map(partitioned),
        "options": options.iter().map(|(key, value)| json!({"key": key, "value": value})).collect::<Vec<_>>(),
        "generatedPk": generated_pk, "tidb": tidb_extras(tidb)})
}

/// `column`.
#[must_use]
pub fn column(column: &Column) -> Value {
    let Column {
        name,
        ordinal,
        r#type,
        nullable,
        default,
        on_update,
        auto_increment,
        auto_random,
        generated,
        invisible,
        charset,
        collation,
        srid,
        comment,
    } = column;
    json!({"name": name, "ordinal": ordinal, "type": type_(r#type), "nullable": nullable,
        "default": default_value(default.as_ref()), "onUpdate": default_value(on_update.as_ref()), "autoIncrement": auto_increment, "autoRandom": auto_random, "generated": generated,
        "invisible": invisible, "charset": charset, "collation": collation, "srid": srid, "comment": comment,
        "required": column.is_required()})
}

fn default_value(default: Option<&DefaultValue>) -> Value {
    match default {
        None => Value::Null,
        Some(DefaultValue::Literal { value }) => json!({"kind": "literal", "value": value, "fsp": 0}),
        Some(DefaultValue::Expression { value }) => json!({"kind": "expression", "value": value, "fsp": 0}),
        Some(DefaultValue::CurrentTimestamp { fsp }) => json!({"kind": "current_timestamp", "value": "", "fsp": fsp}),
    }
}

fn type_(r#type: &Type) -> Value {
    let Type { base, length, unit, precision, scale, fsp, unsigned, zerofill, values, dims, bool_hint, text } = r#type;
    json!({"base": base, "length": length, "unit": unit, "precision": precision, "scale": scale, "fsp": fsp.unwrap_or(0),
        "unsigned": unsigned, "zerofill": zerofill, "values": values, "dims": dims, "boolHint": bool_hint, "text": text,
        "sql": r#type.to_string()})
}

fn parts(parts: &[KeyPart]) -> Vec<Value> {
    let part = |part: &KeyPart| {
        let KeyPart { column, expression, desc, prefix } = part;
        json!({"column": column.as_deref().unwrap_or_default(), "expression": expression.as_deref().unwrap_or_default(),
            "desc": desc, "prefix": prefix})
    };
    parts.iter().map(part).collect()
}

/// `index`.
#[must_use]
pub fn index(index: &Index) -> Value {
    let Index { name, unique, r#type, parts: key, invisible, global, multi_valued, predicate, comment } = index;
    json!({"name": name, "unique": unique, "type": r#type, "parts": parts(key), "invisible": invisible, "global": global,
        "multiValued": multi_valued, "predicate": predicate, "comment": comment})
}

/// `fk`.
#[must_use]
pub fn foreign_key(key: &ForeignKey) -> Value {
    let ForeignKey { name, columns, ref_database, ref_table, ref_columns, on_delete, on_update, valid } = key;
    json!({"name": name, "columns": columns, "refDatabase": ref_database.as_deref().unwrap_or_default(),
        "refTable": ref_table, "refColumns": ref_columns, "onDelete": on_delete, "onUpdate": on_update,
        "valid": valid.unwrap_or(true)})
}

fn check(check: &Check) -> Value {
    let Check { name, expr, columns, enforced, level } = check;
    json!({"name": name, "expr": expr, "columns": columns, "enforced": enforced.unwrap_or(true), "level": level})
}

fn partitioned(partitioning: &Partitioning) -> Value {
    let Partitioning { method, expression, sub_method, sub_expression } = partitioning;
    json!({"method": method, "expression": expression, "subMethod": sub_method, "subExpression": sub_expression})
}

fn tidb_extras(tidb: &TableTidb) -> Value {
    let TableTidb { shard_row_id_bits, pre_split, ttl, placement, tiflash_replicas, affinity, extras_unknown } = tidb;
    let ttl = ttl.as_ref().map(|Ttl { column, interval, enabled, job_interval }| {
        json!({"column": column, "interval": interval, "enabled": enabled, "jobInterval": job_interval})
    });
    json!({"shardRowIdBits": shard_row_id_bits, "preSplit": pre_split, "ttl": ttl, "placement": placement,
        "tiflashReplicas": tiflash_replicas, "affinity": affinity, "extrasUnknown": extras_unknown})
}

/// `change`.
#[must_use]
pub fn change(change: &ChangeFacts) -> Value {
    let ChangeFacts { kind, database, table, element, readers, writers, class, severity, message } = change;
    json!({"kind": kind, "database": database, "table": table, "element": element, "readers": readers, "writers": writers,
        "class": class, "severity": severity, "message": message})
}

/// `query`.
#[must_use]
pub fn query(query: &QueryFacts) -> Value {
    let QueryFacts { name, database, kind, read_only, tables, columns } = query;
    json!({"name": name, "database": database, "kind": kind, "readOnly": read_only, "tables": tables, "columns": columns})
}
