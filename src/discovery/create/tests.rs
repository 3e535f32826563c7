#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::discovery::queries::hex;
use crate::discovery::testing::Scripted;
use crate::mcp::rows::Rows;

const EVERYTHING: &(dyn Fn(&str) -> bool + Sync) = &|_| true;

fn table(name: &str, typ: &str, altered: &str) -> Row {
    let row = json!({"t": name, "k": hex(name), "typ": typ, "tid": format!("id of {name}"), "ddl_time": altered});
    Row::new(row.as_object().unwrap().clone())
}

fn tables(names: &[&str]) -> Rows {
    names.iter().map(|name| table(name, "BASE TABLE", "2026-01-01 00:00:00")).collect()
}

fn refused(code: Option<u16>) -> McpError {
    McpError { sql_code: code, ..McpError::new(Reason::DatabaseError, "refused") }
}

/// A server whose clock stands at 00:00:10; `shown` says what it does when asked for a table.
fn server(shown: impl Fn(&str) -> Result<(), McpError> + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |sql| {
        let Some(name) = sql.strip_prefix("SHOW CREATE TABLE ") else {
            assert_eq!(sql, SETTLED);
            return Ok(vec![json!({"settled": "2026-01-01 00:00:08"})]);
        };
        shown(name)?;
        let text = format!("CREATE TABLE {name} (\n  `n` int unsigned zerofill\n) ENGINE=InnoDB").replace("`d`.", "");
        Ok(vec![json!({"Table": "t", "Create Table": text})])
    })
}

async fn read_all(source: &Scripted, rows: &[Row], known: &Memory, most: usize) -> Result<Creates, McpError> {
    read(source, "d", rows, EVERYTHING, known, &mut Allowance::new(most)).await
}

#[tokio::test]
async fn only_wanted_base_tables_are_asked_for() {
    let rows: Rows = [("a", "BASE TABLE"), ("b", "VIEW"), ("c", "SEQUENCE"), ("unwanted", "BASE TABLE")]
        .map(|(name, typ)| table(name, typ, "2026-01-01 00:00:00"))
        .into();
    let source = server(|_| Ok(()));
    let wanted: &(dyn Fn(&str) -> bool + Sync) = &|name| name != "unwanted";
    let creates = read(&source, "d", &rows, wanted, &Memory::default(), &mut Allowance::new(9)).await.unwrap();
    assert_eq!(source.asked(), [SETTLED, "SHOW CREATE TABLE `d`.`a`"]);
    assert!(creates.of(&hex("a")).unwrap().zerofill.contains("n"));
    assert!(creates.of(&hex("unwanted")).is_none());
}

#[tokio::test]
async fn a_table_is_asked_for_again_only_when_its_id_or_last_ddl_differs() {
    let source = server(|_| Ok(()));
    let rows = tables(&["a", "b"]);
    let first = read_all(&source, &rows, &Memory::default(), 9).await.unwrap();
    assert_eq!((first.memory.len(), source.asked().len()), (2, 3));
    let again = server(|_| Ok(()));
    let second = read_all(&again, &rows, &first.memory, 9).await.unwrap();
    assert_eq!((second.memory, again.asked()), (first.memory.clone(), vec![]));
    assert!(second.facts == first.facts);
    let altered = [table("a", "BASE TABLE", "2026-01-01 00:00:05"), rows[1].clone()];
    read_all(&again, &altered, &first.memory, 9).await.unwrap();
    assert_eq!(again.asked(), [SETTLED, "SHOW CREATE TABLE `d`.`a`"]);
    let elsewhere = read(&again, "e", &rows, EVERYTHING, &first.memory, &mut Allowance::new(0)).await.unwrap();
    assert!(elsewhere.facts.is_empty(), "another database's table is another table");
}

#[tokio::test]
async fn a_table_altered_this_second_is_read_but_not_remembered() {
    for (altered, remembered) in
        [("2026-01-01 00:00:07", 1), ("2026-01-01 00:00:08", 0), ("2026-01-01 00:00:10", 0), ("", 0)]
    {
        let creates = read_all(&server(|_| Ok(())), &[table("a", "BASE TABLE", altered)], &Memory::default(), 9).await;
        let creates = creates.unwrap();
        assert!(creates.of(&hex("a")).is_some());
        assert_eq!(creates.memory.len(), remembered, "{altered}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_asked_three_times_and_one_table_without_grant_is_skipped() {
    let source = server(|_| Err(refused(None)));
    let creates = read_all(&source, &tables(&["a", "b", "c", "d", "e"]), &Memory::default(), 9).await.unwrap();
    assert_eq!(source.asked().len(), 1 + 3);
    assert!(creates.facts.is_empty());
    let source = server(|name| if name == "`d`.`b`" { Err(refused(Some(1142))) } else { Ok(()) });
    let creates = read_all(&source, &tables(&["a", "b", "c"]), &Memory::default(), 9).await.unwrap();
    let known = ["a", "b", "c"].map(|name| creates.of(&hex(name)).is_some());
    assert_eq!(known, [true, false, true]);
}

#[tokio::test]
async fn an_outage_is_an_error_and_no_refusal() {
    for error in [
        McpError::new(Reason::Timeout, "late"),
        McpError::new(Reason::ConnectFailed, "down"),
        refused(Some(2013)),
        refused(Some(1040)),
        refused(Some(9005)),
    ] {
        let (reason, code) = (error.reason, error.sql_code);
        let source = server(move |_| Err(McpError { sql_code: code, ..McpError::new(reason, "outage") }));
        let found = read_all(&source, &tables(&["a"]), &Memory::default(), 9).await.unwrap_err();
        assert_eq!((found.reason, found.sql_code), (reason, code));
    }
}

#[tokio::test]
async fn statements_are_bounded_and_the_rest_is_read_by_the_next_discovery() {
    let rows = tables(&["a", "b", "c", "d", "e"]);
    let mut memory = Memory::default();
    for want in [2, 4, 5, 5] {
        let creates = read_all(&server(|_| Ok(())), &rows, &memory, 2).await.unwrap();
        assert_eq!(creates.facts.len(), want);
        memory = creates.memory;
    }
}

#[tokio::test]
async fn a_name_that_cannot_be_sent_and_a_text_of_another_form_leave_the_table_unknown() {
    let source = server(|_| Ok(()));
    let creates = read_all(&source, &tables(&["a;b", r"a\b", ":word"]), &Memory::default(), 9).await.unwrap();
    assert_eq!(source.asked(), [SETTLED, r"SHOW CREATE TABLE `d`.`\:word`"]);
    assert_eq!(creates.facts.len(), 1);
    for row in [json!({"Table": "t", "Create Table": "CREATE VIEW `v`"}), json!({"Table": "t", "Create Table": null})] {
        let rows: Vec<Value> = vec![row];
        let source = Scripted::new(move |sql| {
            Ok(if sql == SETTLED { vec![json!({"settled": "2026-01-01 00:00:08"})] } else { rows.clone() })
        });
        let creates = read_all(&source, &tables(&["a"]), &Memory::default(), 9).await.unwrap();
        assert!(creates.facts.is_empty() && creates.memory.len() == 0);
    }
}
