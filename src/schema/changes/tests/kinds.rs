//! One case for every kind and every special verdict, by model values.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::Severity::{Critical, High, Low, Medium};
use super::*;
use crate::schema::verdict::Verdict;
use crate::schema::verdict::Verdict::{Breaking as B, Ok as O, Risky as R};

const T: &str = "/tables/1";

/// Edits of the base (old, new), and the one change they make: kind, element, readers, writers.
fn cases() -> Vec<(Vec<(String, Value)>, Vec<(String, Value)>, &'static str, &'static str, Verdict, Verdict)> {
    let at = |path: &str, value: Value| (format!("{T}{path}"), value);
    let column = |n: usize, path: &str, value: Value| (format!("{T}/columns/{n}{path}"), value);
    let added = |more: Value| {
        let column = json!({"name": "x", "ordinal": 10, "nullable": false, "type": {"base": "int"}});
        vec![at("/columns/-", merged(column, more))]
    };
    let literal = |value: &str| json!({"kind": "literal", "value": value});
    let mut out = Vec::new();
    let mut one = |new: Vec<(String, Value)>, kind, element, readers, writers| {
        out.push((vec![], new, kind, element, readers, writers));
    };
    one(vec![("/collation".into(), json!("utf8mb4_general_ci"))], "database_default_collation_changed", "", O, R);
    one(vec![("/placement".into(), json!("q"))], "placement_changed", "", O, O);
    one(vec![at("/engine", json!("MyISAM"))], "table_engine_changed", "", R, R);
    one(vec![at("/collation", json!("x"))], "table_default_collation_changed", "", O, R);
    one(vec![at("/comment", json!("p"))], "table_comment_changed", "", O, O);
    one(vec![at("/kind", json!("system_versioned"))], "table_options_changed", "", R, R);
    one(vec![at("/generatedPk", json!(true))], "table_options_changed", "", O, O);
    one(vec![at("/options/row_format", json!("COMPRESSED"))], "table_options_changed", "", O, O);
    one(vec![at("/options/temporary", json!("on commit delete rows"))], "table_options_changed", "", R, R);
    one(vec![at("/tidb/affinity", json!("table"))], "table_options_changed", "", O, O);
    one(vec![at("/tidb/placement", json!("q"))], "placement_changed", "", O, O);
    one(vec![at("/tidb/tiflashReplicas", json!(2))], "tiflash_replicas_changed", "", O, O);
    one(vec![at("/tidb/shardRowIdBits", json!(4))], "shard_bits_changed", "", O, O);
    one(vec![at("/tidb/preSplit", json!(3))], "shard_bits_changed", "", O, O);
    one(vec![at("/tidb/ttl", Value::Null)], "ttl_removed", "", O, O);
    one(vec![at("/tidb/ttl/interval", json!("1 DAY"))], "ttl_shortened", "", R, O);
    one(vec![at("/tidb/ttl/interval", json!("1 YEAR"))], "ttl_lengthened", "", O, O);
    one(vec![at("/tidb/ttl/column", json!("id"))], "ttl_shortened", "", R, O);
    one(vec![at("/tidb/ttl/enabled", json!(false))], "ttl_paused", "", O, O);
    one(vec![at("/tidb/ttl/jobInterval", json!("1h"))], "table_options_changed", "", O, O);
    one(vec![at("/partitioning/expression", json!("`n`"))], "partition_scheme_changed", "", R, R);
    one(vec![at("/partitioning", Value::Null)], "partition_scheme_changed", "", R, R);
    one(vec![at("/primaryKey/clustered", Value::Null)], "clustered_changed", "PRIMARY", O, O);
    one(vec![at("/primaryKey", Value::Null)], "primary_key_dropped", "PRIMARY", R, R);
    one(vec![at("/primaryKey/columns/0/column", json!("n"))], "primary_key_changed", "PRIMARY", B, B);
    one(added(json!({"nullable": true})), "column_added", "x", O, O);
    one(added(json!({"default": literal("1")})), "column_added", "x", O, O);
    one(added(json!({"autoIncrement": true})), "column_added", "x", O, O);
    one(added(json!({"generated": {"kind": "stored", "expr": "1"}})), "column_added", "x", O, O);
    one(added(json!({})), "column_added_required", "x", O, B);
    one(added(json!({"type": {"base": "set", "values": ["a"]}})), "column_added_required", "x", O, B);
    one(added(json!({"type": {"base": "enum", "values": ["a"]}})), "column_added_implicit_default", "x", O, R);
    one(vec![at("/columns/8", Value::Null)], "column_dropped", "spot", B, B);
    one(vec![at("/columns/4", Value::Null)], "column_dropped", "twice", B, O);
    one(vec![column(2, "/name", json!("Email"))], "column_renamed", "Email", R, O);
    one(vec![column(7, "/ordinal", json!(9)), column(8, "/ordinal", json!(8))], "column_reordered", "flag", R, R);
    one(vec![column(2, "/type/length", json!(30))], "type_widened", "email", R, O);
    one(vec![column(2, "/type/length", json!(10))], "type_narrowed", "email", O, B);
    one(vec![column(3, "/type/base", json!("json"))], "type_changed", "n", B, B);
    one(vec![column(5, "/type/base", json!("timestamp"))], "type_changed", "at", R, R);
    one(vec![column(5, "/type", json!({"base": "timestamp", "fsp": 3}))], "type_changed", "at", R, R);
    one(vec![column(3, "/type", json!({"base": "unknown", "text": "int256"}))], "type_changed", "n", B, B);
    one(vec![column(7, "/type/boolHint", Value::Null)], "bool_hint_changed", "flag", R, O);
    one(vec![column(7, "/type", json!({"base": "int"}))], "type_widened", "flag", R, O);
    one(vec![column(6, "/type/values", json!(["new", "paid", "x"]))], "enum_values_appended", "st", R, O);
    one(vec![column(6, "/type/values", json!(["x", "new", "paid"]))], "enum_values_reordered", "st", R, R);
    one(vec![column(6, "/type/values", json!(["paid", "new"]))], "enum_values_reordered", "st", R, R);
    one(vec![column(6, "/type/values", json!(["paid"]))], "enum_values_removed", "st", O, B);
    one(vec![column(3, "/nullable", json!(true))], "nullability_relaxed", "n", B, O);
    one(vec![column(1, "/nullable", json!(false))], "nullability_tightened", "customer_id", O, B);
    one(vec![column(1, "/default", literal("7"))], "default_added", "customer_id", O, O);
    one(vec![column(3, "/default", literal("2"))], "default_changed", "n", O, R);
    one(vec![column(3, "/default", json!({"kind": "expression", "value": "1"}))], "default_changed", "n", O, R);
    one(vec![column(3, "/default", Value::Null)], "default_removed", "n", O, B);
    one(vec![column(5, "/onUpdate", Value::Null)], "on_update_changed", "at", R, R);
    one(vec![column(5, "/onUpdate", json!({"kind": "current_timestamp", "fsp": 3}))], "on_update_changed", "at", R, R);
    one(vec![column(0, "/autoIncrement", Value::Null)], "auto_increment_removed", "id", O, B);
    one(vec![column(3, "/autoRandom", json!({"shardBits": 5, "rangeBits": 64}))], "auto_increment_added", "n", O, O);
    one(vec![column(3, "/generated", json!({"kind": "stored", "expr": "1"}))], "generated_added", "n", R, B);
    one(vec![column(4, "/generated", Value::Null)], "generated_removed", "twice", R, R);
    one(vec![column(4, "/generated/expr", json!("`n` * 3"))], "generated_expr_changed", "twice", R, R);
    one(vec![column(4, "/generated/kind", json!("stored"))], "generated_storage_changed", "twice", O, O);
    one(vec![column(2, "/charset", json!("latin1"))], "column_charset_changed", "email", O, B);
    one(vec![column(2, "/collation", json!("utf8mb4_0900_ai_ci"))], "column_collation_changed", "email", R, R);
    one(vec![column(2, "/invisible", json!(true))], "column_visibility_changed", "email", R, R);
    one(vec![column(2, "/comment", json!("d"))], "column_comment_changed", "email", O, O);
    one(vec![column(8, "/srid", json!(0))], "srid_changed", "spot", B, B);
    let index = |n: usize, path: &str, value: Value| (format!("{T}/indexes/{n}{path}"), value);
    let new_index = |unique: bool| {
        at("/indexes/-", json!({"name": "x", "unique": unique, "type": "btree", "parts": [{"column": "at"}]}))
    };
    one(vec![new_index(false)], "index_added", "x", O, O);
    one(vec![new_index(true)], "unique_added", "x", O, B);
    one(vec![index(0, "/unique", json!(true))], "unique_added", "k_customer", O, B);
    one(vec![index(0, "", Value::Null)], "index_dropped", "k_customer", R, O);
    one(vec![index(1, "", Value::Null)], "unique_dropped", "uq_email", R, R);
    one(vec![index(1, "/unique", json!(false))], "unique_dropped", "uq_email", R, R);
    one(vec![index(0, "/name", json!("k_x"))], "index_renamed", "k_x", O, O);
    one(vec![index(0, "/invisible", json!(true))], "index_hidden", "k_customer", R, O);
    one(vec![index(0, "/type", json!("hash"))], "index_type_changed", "k_customer", R, O);
    one(vec![index(0, "/global", json!(true))], "index_type_changed", "k_customer", R, O);
    one(vec![index(0, "/comment", json!("j"))], "index_comment_changed", "k_customer", O, O);
    one(vec![index(0, "/parts/0/column", json!("at"))], "index_columns_changed", "k_customer", R, O);
    one(vec![index(0, "/parts/0/desc", json!(true))], "index_columns_changed", "k_customer", R, O);
    one(vec![index(0, "/multiValued", json!(true))], "index_columns_changed", "k_customer", R, O);
    one(vec![index(0, "/predicate", json!("`n` > 1"))], "index_columns_changed", "k_customer", R, O);
    one(
        vec![index(1, "/parts", json!([{"column": "n"}, {"column": "email"}]))],
        "index_columns_changed",
        "uq_email",
        R,
        O,
    );
    one(vec![index(1, "/parts", json!([{"column": "email"}]))], "unique_tightened", "uq_email", O, B);
    one(vec![index(1, "/parts/0/prefix", json!(5))], "unique_tightened", "uq_email", O, B);
    one(vec![index(1, "/parts/-", json!({"column": "at"}))], "unique_loosened", "uq_email", R, R);
    one(vec![index(1, "/predicate", json!("`n` > 1"))], "unique_loosened", "uq_email", R, R);
    let key = |path: &str, value: Value| at(&format!("/foreignKeys/0{path}"), value);
    one(vec![key("", Value::Null)], "foreign_key_dropped", "fk_customer", R, O);
    one(vec![key("/name", json!("fk_x"))], "foreign_key_renamed", "fk_x", O, O);
    one(vec![key("/valid", json!(false))], "foreign_key_invalidated", "fk_customer", R, O);
    one(vec![key("/onDelete", json!("set_null"))], "foreign_key_action_changed", "fk_customer", R, R);
    one(vec![key("/refColumns/0", json!("name"))], "foreign_key_target_changed", "fk_customer", R, B);
    one(vec![key("/refDatabase", json!("crm"))], "foreign_key_target_changed", "fk_customer", R, B);
    one(vec![key("/columns/0", json!("n"))], "foreign_key_target_changed", "fk_customer", R, B);
    let check = |path: &str, value: Value| at(&format!("/checks/0{path}"), value);
    one(vec![check("", Value::Null)], "check_dropped", "ck_n", R, O);
    one(vec![check("/name", json!("ck_x"))], "check_renamed", "ck_x", O, O);
    one(vec![check("/enforced", json!(false))], "check_unenforced", "ck_n", R, O);
    one(vec![check("/expr", json!("`n` > 1"))], "check_changed", "ck_n", R, B);
    one(vec![check("/level", json!("column"))], "check_changed", "ck_n", O, O);
    let view = |path: &str, value: Value| (format!("/views/0{path}"), value);
    one(vec![view("/definition", json!("select 1"))], "view_definition_changed", "", R, R);
    one(vec![view("/security", json!("invoker"))], "view_definition_changed", "", R, R);
    one(vec![view("/updatable", Value::Null)], "view_definition_changed", "", R, B);
    one(vec![view("/columns/0/comment", json!("x"))], "view_definition_changed", "", R, R);
    one(vec![view("/columns/0/name", json!("mail"))], "view_definition_changed", "", B, B);
    one(vec![view("/columns/0/nullable", json!(true))], "view_definition_changed", "", B, R);
    one(vec![view("/invalid", json!(true)), view("/columns", Value::Null)], "view_definition_changed", "", B, B);
    one(vec![view("", Value::Null)], "view_dropped", "", B, B);
    one(vec![("/sequences/0".into(), Value::Null)], "sequence_dropped", "", O, B);
    one(vec![("/sequences/0/increment".into(), json!("2"))], "sequence_changed", "", O, R);
    one(vec![("/sequences/0/comment".into(), json!("x"))], "table_comment_changed", "", O, O);
    one(vec![("/tables/0".into(), Value::Null)], "table_dropped", "", B, B);
    let table = json!({"name": "x", "kind": "base", "columns": [{"name": "id", "ordinal": 1, "nullable": true, "type": {"base": "int"}}]});
    one(vec![("/tables/-".into(), table)], "table_created", "", O, O);
    one(vec![("/tables/1/name".into(), json!("Orders"))], "table_renamed", "", R, O);
    one(
        vec![("/tables/0".into(), Value::Null), ("/views/-".into(), json!({"name": "customers"}))],
        "table_kind_changed",
        "",
        B,
        B,
    );
    one(
        vec![("/sequences/0".into(), Value::Null), ("/views/-".into(), json!({"name": "s"}))],
        "table_kind_changed",
        "",
        B,
        B,
    );
    // The other direction, where it is another kind.
    let mut back = |old: Vec<(String, Value)>, kind, element, readers, writers| {
        out.push((old, vec![], kind, element, readers, writers));
    };
    back(vec![at("/tidb/ttl", Value::Null)], "ttl_added", "", R, O);
    back(vec![at("/tidb/ttl/enabled", json!(false))], "ttl_added", "", R, O);
    back(vec![at("/primaryKey", Value::Null)], "primary_key_added", "PRIMARY", O, B);
    back(vec![index(0, "/invisible", json!(true))], "index_added", "k_customer", O, O);
    back(vec![index(0, "/type", json!("fulltext"))], "index_type_changed", "k_customer", B, O);
    back(vec![index(1, "/predicate", json!("`n` > 1"))], "unique_tightened", "uq_email", O, B);
    back(vec![key("", Value::Null)], "foreign_key_added", "fk_customer", O, B);
    back(vec![key("/valid", json!(false))], "foreign_key_validated", "fk_customer", O, B);
    back(vec![check("", Value::Null)], "check_added", "ck_n", O, B);
    back(vec![check("/enforced", json!(false))], "check_enforced", "ck_n", O, B);
    back(vec![column(1, "/default", literal("1"))], "default_removed", "customer_id", O, R);
    back(vec![column(6, "/default", literal("new"))], "default_removed", "st", O, R);
    back(vec![column(0, "/autoIncrement", Value::Null)], "auto_increment_added", "id", O, O);
    back(vec![view("", Value::Null)], "view_created", "", O, O);
    back(vec![("/sequences/0".into(), Value::Null)], "sequence_created", "", O, O);
    let random = |bits: u32| column(0, "/autoRandom", json!({"shardBits": bits, "rangeBits": 64}));
    let no_increment = || column(0, "/autoIncrement", Value::Null);
    out.push((vec![], vec![no_increment(), random(5)], "auto_increment_changed", "id", O, B));
    out.push((vec![no_increment(), random(5)], vec![no_increment(), random(6)], "shard_bits_changed", "id", O, O));
    out
}

fn apply(edits: &[(String, Value)]) -> Value {
    edited(&edits.iter().map(|(pointer, value)| (pointer.as_str(), value.clone())).collect::<Vec<_>>())
}

#[test]
fn each_difference_is_one_change_of_its_kind_with_its_verdicts() {
    for (old, new, kind, element, readers, writers) in cases() {
        let changes = between(apply(&old), apply(&new));
        let context = format!("{old:?} -> {new:?}: {:?}", found(&changes));
        assert_eq!(changes.items.len(), 1, "{context}");
        let change = &changes.items[0];
        assert_eq!((change.kind.as_str(), change.element.as_str()), (kind, element), "{context}");
        assert_eq!((change.readers, change.writers), (readers, writers), "{context}");
        assert!(changes.unknown.is_empty() && !change.message.is_empty(), "{context}");
    }
}

#[test]
fn every_kind_of_the_model_has_a_case() {
    let mut covered: BTreeSet<&str> = cases().into_iter().map(|case| case.2).collect();
    let (empty, base) = ([], [database(base())]);
    let other = |name: &str| Database { name: name.into(), ..Database::default() };
    for (old, new) in [(&empty[..], &base[..]), (&base[..], &empty[..]), (&[other("a")][..], &[other("A")][..])] {
        covered.extend(changes(old, new).items.iter().map(|change| change.kind.as_str()));
    }
    let all: BTreeSet<&str> = ChangeKind::ALL.iter().filter(|kind| kind.in_model()).map(|kind| kind.as_str()).collect();
    assert_eq!(covered, all);
}

#[test]
fn words_are_those_of_the_json_and_unique() {
    let words: BTreeSet<_> = ChangeKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(words.len(), ChangeKind::ALL.len());
    for kind in ChangeKind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        assert_eq!(ChangeKind::named(kind.as_str()), Some(*kind));
        let meaning = kind.meaning();
        let breaks = [meaning.readers, meaning.writers].contains(&B);
        assert!(!breaks || !meaning.why.is_empty(), "{kind:?}");
    }
    assert_eq!(ChangeKind::named("column_vanished"), None);
}

#[test]
fn severity_follows_the_class_and_the_seed_is_told_beside_it() {
    for (new, severity, class, seed_type, seed) in [
        (vec![(format!("{T}/columns/8"), Value::Null)], Critical, "breaking_both", "column_dropped", High),
        (vec![(format!("{T}/columns/2/type/length"), json!(10))], High, "breaking_writers", "data_type_changed", High),
        (vec![(format!("{T}/columns/3/nullable"), json!(true))], High, "breaking_readers", "column_modified", Low),
        (vec![(format!("{T}/engine"), json!("x"))], Medium, "risky", "table_modified", Medium),
        (vec![(format!("{T}/comment"), json!("x"))], Low, "compatible", "comment_changed", Low),
        (vec![(format!("{T}/primaryKey"), Value::Null)], Critical, "risky", "column_modified", Critical),
        (vec![(format!("{T}/columns/2/name"), json!("EMAIL"))], Medium, "risky", "column_renamed", Low),
    ] {
        let changes = between(base(), apply(&new));
        let value = serde_json::to_value(&changes.items[0]).unwrap();
        assert_eq!(changes.items[0].severity, severity, "{new:?}");
        assert_eq!(value["class"], class, "{new:?}");
        let words = json!({"change_type": seed_type, "severity": serde_json::to_value(seed).unwrap()});
        assert_eq!(value["seed"], words, "{new:?}");
    }
}

#[test]
fn several_differences_of_one_column_are_one_change_each() {
    let path = |path: &str| format!("{T}/columns/2{path}");
    let (length, charset, collation, nullable) =
        (path("/type/length"), path("/charset"), path("/collation"), path("/nullable"));
    let new = edited(&[
        (&length, json!(10)),
        (&charset, json!("latin1")),
        (&collation, json!("latin1_bin")),
        (&nullable, json!(true)),
        (&path("/comment"), json!("x")),
    ]);
    let kinds: BTreeSet<_> = found(&between(base(), new)).into_iter().map(|(kind, _)| kind).collect();
    let want = ["column_charset_changed", "column_comment_changed", "nullability_relaxed", "type_narrowed"];
    assert_eq!(kinds, BTreeSet::from(want));
    let both = edited(&[(&path("/type"), json!({"base": "int"})), (&charset, Value::Null), (&collation, Value::Null)]);
    assert_eq!(found(&between(base(), both)), [("type_changed", "shop.orders.email".to_owned())]);
    let members = edited(&[(&format!("{T}/columns/6/type/values"), json!(["paid", "x"]))]);
    let kinds: Vec<_> = found(&between(base(), members)).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["enum_values_removed", "enum_values_appended"]);
}

#[test]
fn a_message_says_what_was_and_what_is_within_bounds() {
    let length = format!("{T}/columns/2/type/length");
    let message = |new: Value| between(base(), new).items[0].message.clone();
    assert_eq!(message(edited(&[(&length, json!(10))])), "varchar(20) -> varchar(10)");
    assert_eq!(message(edited(&[(&format!("{T}/columns/8"), Value::Null)])), "point removed");
    assert_eq!(
        message(edited(&[(&format!("{T}/foreignKeys/0/onDelete"), json!("cascade"))])),
        "on delete restrict on update cascade -> on delete cascade on update cascade"
    );
    let hostile = "é\n\u{1b}[31m".repeat(300);
    let text = message(edited(&[(&format!("{T}/comment"), json!(hostile))]));
    assert!(text.len() <= MESSAGE && text.starts_with("o -> é") && !text.contains(['\n', '\u{1b}']), "{text}");
}
