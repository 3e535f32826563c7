//! What only several rows show: keys, foreign keys, counts, order and caps.

use serde_json::json;

use super::*;

fn keyed(collation: &str) -> Table {
    let text = json!({"collation": collation});
    table(
        &[column("id int not null", json!({})), column("name varchar(9)", text), column("n int", json!({}))],
        json!({
            "primaryKey": {"columns": [{"column": "id"}]},
            "indexes": [{"name": "u", "unique": true, "type": "btree", "parts": [{"column": "name"}, {"column": "n"}]}],
        }),
    )
}

#[test]
fn a_duplicate_names_the_row_that_was_first() {
    let rows = [r#"{"id":1,"name":"a","n":1}"#, r#"{"id":2,"name":"b","n":1}"#, r#"{"id":1,"name":"A ","n":1}"#];
    let result = judge(&keyed("utf8mb4_general_ci"), Engine::Mysql, Options::default(), &rows);
    assert_eq!(found(&result), ["!DUPLICATE_PRIMARY_KEY", "!DUPLICATE_UNIQUE"]);
    let places: Vec<_> = result.errors.iter().map(|finding| (finding.row, finding.first_row)).collect();
    assert_eq!(places, [(Some(2), Some(0)), (Some(2), Some(0))]);
    assert_eq!(result.errors[1].constraint.as_deref(), Some("u"));
    assert_eq!((result.summary.rows_valid, result.summary.rows_invalid), (2, 1));
}

#[test]
fn what_may_be_equal_is_a_warning_whichever_row_is_first() {
    for (collation, a, b, want) in [
        ("utf8mb4_general_ci", "e", "é", &["POSSIBLE_DUPLICATE"][..]),
        ("utf8mb4_general_ci", "é", "e", &["POSSIBLE_DUPLICATE"]),
        ("utf8mb4_general_ci", "ß", "ss", &["POSSIBLE_DUPLICATE"]),
        ("utf8mb4_general_ci", "😀", "😁", &["POSSIBLE_DUPLICATE"]),
        ("utf8mb4_general_ci", "é", "É", &["!DUPLICATE_UNIQUE"]),
        ("utf8mb4_general_ci", "é", "f", &[]),
        ("utf8mb4_bin", "e", "é", &[]),
        ("utf8mb4_bin", "e", "e ", &["!DUPLICATE_UNIQUE"]),
        ("utf8mb4_0900_ai_ci", "e", "e ", &[]),
    ] {
        let rows = [format!(r#"{{"id":1,"name":"{a}","n":1}}"#), format!(r#"{{"id":2,"name":"{b}","n":1}}"#)];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let result = judge(&keyed(collation), Engine::Mysql, Options::default(), &rows);
        assert_eq!(found(&result), want, "{collation} {a} {b}");
    }
}

#[test]
fn operations_decide_which_keys_matter() {
    let rows = [r#"{"id":1,"name":"a","n":1}"#, r#"{"id":1,"name":"a","n":1}"#];
    for (operation, want) in [
        (Operation::Insert, &["!DUPLICATE_PRIMARY_KEY", "!DUPLICATE_UNIQUE"][..]),
        (Operation::Update, &["DUPLICATE_UNIQUE"]),
        (Operation::Upsert, &[]),
    ] {
        let result = judge(&keyed("utf8mb4_bin"), Engine::Mysql, Options { operation, ..Options::default() }, &rows);
        assert_eq!(found(&result), want, "{operation:?}");
    }
}

#[test]
fn a_key_that_cannot_be_compared_is_said_once() {
    let index = |more: Value| {
        let mut index = json!({"name": "u", "unique": true, "type": "btree", "parts": [{"column": "n"}]});
        index.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        table(&[column("n int", json!({})), column("v int", json!({}))], json!({"indexes": [index]}))
    };
    let rows = [r#"{"n":1}"#, r#"{"n":1}"#];
    for more in
        [json!({"parts": [{"expression": "`n` + 1"}]}), json!({"multiValued": true}), json!({"predicate": "`n` > 1"})]
    {
        let result = judge(&index(more.clone()), Engine::Tidb, Options::default(), &rows);
        assert_eq!(found(&result), ["KEY_NOT_CHECKED"], "{more}");
    }
    let small = Options { key_memory: 1000, ..Options::default() };
    let rows: Vec<String> = (0..300).map(|n| format!("{{\"n\":{n}}}")).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(found(&judge(&index(json!({})), Engine::Tidb, small, &rows)), ["KEY_NOT_CHECKED"]);
}

fn family(engine: Engine, own: bool) -> (Table, ServerFacts) {
    let key = json!({
        "name": "fk", "columns": ["up"], "refTable": if own { "t" } else { "p" }, "refColumns": ["id"],
        "onDelete": "restrict", "onUpdate": "restrict",
    });
    let columns = [column("id int not null", json!({})), column("up int", json!({}))];
    let more = json!({"primaryKey": {"columns": [{"column": "id"}]}, "foreignKeys": [key]});
    (table(&columns, more), server(engine))
}

#[test]
fn parents_are_looked_for_in_the_batch_first() {
    for (engine, own, rows, want) in [
        (Engine::Mysql, true, &[r#"{"id":1,"up":null}"#, r#"{"id":2,"up":1}"#][..], &[][..]),
        (Engine::Mysql, true, &[r#"{"id":1,"up":1}"#], &[]),
        (Engine::Mysql, true, &[r#"{"id":1,"up":2}"#, r#"{"id":2}"#], &["!FOREIGN_KEY_FORWARD_REFERENCE"]),
        (Engine::Tidb, true, &[r#"{"id":1,"up":2}"#, r#"{"id":2}"#], &["FOREIGN_KEY_FORWARD_REFERENCE"]),
        (Engine::Mysql, true, &[r#"{"id":1,"up":9}"#, r#"{"id":2,"up":8}"#], &["FOREIGN_KEY_NOT_CHECKED"]),
        (Engine::Mysql, false, &[r#"{"id":1,"up":9}"#, r#"{"id":2,"up":8}"#], &["FOREIGN_KEY_NOT_CHECKED"]),
        (Engine::Mysql, false, &[r#"{"id":1,"up":null}"#, r#"{"id":2}"#], &[]),
    ] {
        let (table, _) = family(engine, own);
        assert_eq!(found(&judge(&table, engine, Options::default(), rows)), want, "{engine:?} {rows:?}");
    }
}

#[test]
fn the_caller_is_asked_for_each_parent_once_and_answers_for_all_rows() {
    let (table, server) = family(Engine::Mysql, false);
    let judged = |answer: Option<&[Option<bool>]>, fk_checks: bool| {
        let server = ServerFacts { fk_checks, ..server.clone() };
        let validator = Validator::compile(&table, &server, Options { lookups: 10, ..Options::default() });
        let mut batch = validator.batch();
        for row in [r#"{"id":1,"up":7}"#, r#"{"id":2,"up":8}"#, r#"{"id":3,"up":7}"#, r#"{"id":1,"up":8}"#] {
            batch.row(row.as_bytes());
        }
        let asked = batch.lookups();
        assert_eq!(asked.len(), 1);
        assert_eq!((asked[0].table.as_str(), asked[0].columns.as_slice()), ("p", &["id".to_owned()][..]));
        let number = |text: &str| vec![KeyValue::Number(text.to_owned())];
        assert_eq!(asked[0].tuples, [number("7"), number("8")]);
        if let Some(answer) = answer {
            batch.answer("fk", answer);
        }
        batch.finish(SchemaRef::default(), 0)
    };
    let result = judged(Some(&[Some(true), Some(false)]), true);
    assert_eq!(found(&result), ["!FOREIGN_KEY_NOT_FOUND", "!DUPLICATE_PRIMARY_KEY", "!FOREIGN_KEY_NOT_FOUND"]);
    // Row 3 was invalid already and counts once.
    assert_eq!((result.summary.rows_valid, result.summary.rows_invalid), (2, 2));
    let unanswered = judged(None, true);
    assert_eq!(found(&unanswered), ["!DUPLICATE_PRIMARY_KEY", "FOREIGN_KEY_NOT_CHECKED"]);
    let lenient = judged(Some(&[Some(true), Some(false)]), false);
    assert_eq!(found(&lenient), ["!DUPLICATE_PRIMARY_KEY", "FOREIGN_KEY_NOT_FOUND", "FOREIGN_KEY_NOT_FOUND"]);
}

#[test]
fn counts_are_exact_when_the_list_is_cut() {
    let table = keyed("utf8mb4_bin");
    let rows: Vec<String> =
        (0..50).map(|id| format!(r#"{{"id":{id},"name":"a name too long","n":"{id}","x{id}":1}}"#)).collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let result = judge(&table, Engine::Mysql, Options { max_errors: 7, ..Options::default() }, &rows);
    let summary = &result.summary;
    assert_eq!((result.errors.len(), result.warnings.len()), (7, 8));
    assert_eq!(summary.by_code, [(Code::StringTooLong, 50), (Code::UnknownColumn, 50)].into_iter().collect());
    assert_eq!((summary.by_field["name"], summary.by_field["x0"], summary.by_field.len()), (50, 1, 51));
    assert!(summary.truncated && !result.is_valid);
    assert_eq!(result.warnings[0].error_code, Code::ErrorsTruncated);
    assert!(
        result.warnings[0].message.starts_with("93 more errors and 43 more warnings"),
        "{}",
        result.warnings[0].message
    );
}

#[test]
fn findings_come_by_row_column_and_code() {
    let table = table(&[column("a int", json!({})), column("b int", json!({}))], json!({}));
    let result = judge(&table, Engine::Mysql, Options::default(), &[r#"{"b":"x","a":"y"}"#, r#"{"a":"z","c":1}"#]);
    let places: Vec<_> = result.errors.iter().map(|finding| (finding.row, finding.field.as_deref())).collect();
    assert_eq!(places, [(Some(0), Some("a")), (Some(0), Some("b")), (Some(1), Some("c")), (Some(1), Some("a"))]);
    assert_eq!(result.validated_fields, ["a", "b"]);
}

#[test]
fn nothing_judged_is_never_valid_and_an_old_schema_is_said() {
    let schema = SchemaRef { database: "shop".to_owned(), table: "gone".to_owned(), ..SchemaRef::default() };
    let mut result = ValidationResult::not_judged(schema, Code::TableNotFound, "no such table");
    assert!(!result.is_valid);
    result.mark_stale("the schema was read an hour ago");
    assert!(result.schema.stale);
    assert_eq!(found(&result), ["!TABLE_NOT_FOUND", "SCHEMA_STALE"]);
    let json = serde_json::to_value(&result).unwrap();
    assert_eq!(json["errors"][0]["row"], Value::Null);
    assert_eq!(json["summary"]["by_code"], json!({"TABLE_NOT_FOUND": 1}));
    let back: ValidationResult = serde_json::from_value(json).unwrap();
    assert_eq!(back, result);
}
