#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::discovery::testing::Scripted;
use crate::error::Reason;

const NAMES: [&str; 3] = ["a", "b", "S q"];

fn names() -> Vec<(&'static str, &'static str)> {
    NAMES.map(|name| ("d", name)).to_vec()
}

/// A server that answers for every sequence a statement names, or refuses those that name one in `refused`.
fn server(refused: &'static [&'static str], code: u16, start: &'static str) -> Scripted {
    Scripted::new(move |sql| {
        if refused.iter().any(|name| sql.contains(&format!("`{name}`"))) {
            let error = McpError::new(Reason::DatabaseError, "refused");
            return Err(McpError { sql_code: Some(code), ..error });
        }
        let row = |name: &&str| json!({"d": hex("d"), "k": hex(name), "st": start, "mn": "1", "mx": "9", "inc": "1", "ca": "0", "cy": 0});
        Ok(NAMES.iter().filter(|name| sql.contains(&format!("`d`.`{name}`"))).map(row).collect())
    })
}

#[tokio::test]
async fn sequences_share_a_statement() {
    let source = server(&[], 0, "1");
    assert_eq!(read(&source, &names()).await.unwrap().len(), 3);
    let asked = source.asked();
    assert_eq!((asked.len(), asked[0].matches(" UNION ALL ").count()), (1, 2));
    assert!(asked[0].starts_with("SELECT '64' AS d, '61' AS k, CAST(start_value AS CHAR) AS st, "), "{}", asked[0]);
    assert!(read(&server(&[], 0, "1"), &[]).await.unwrap().is_empty());
    let many: Vec<String> = (0..=PER_STATEMENT).map(|n| format!("s{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| ("d", name.as_str())).collect();
    let source = server(&[], 0, "1");
    read(&source, &many).await.unwrap();
    assert_eq!(source.asked().len(), 2);
    assert!(source.asked()[0].len() < 30_000, "{}", source.asked()[0].len());
}

#[tokio::test]
async fn one_that_may_not_be_read_does_not_hide_the_others() {
    let source = server(&["b"], 1142, "1");
    let rows = read(&source, &names()).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| row.text("k").unwrap()).collect();
    assert_eq!(seen, [hex("a"), hex("S q")]);
    assert_eq!(source.asked().len(), 4);
    let source = server(&["a"], 1142, "1");
    assert!(read(&source, &[("d", "a")]).await.unwrap().is_empty());
    assert_eq!(source.asked().len(), 1, "one alone is not asked twice");
}

#[tokio::test]
async fn an_outage_is_an_error_and_a_name_that_cannot_be_sent_is_left_out() {
    assert_eq!(read(&server(&["a"], 2013, "1"), &names()).await.unwrap_err().sql_code, Some(2013));
    let source = server(&[], 0, "1");
    read(&source, &[("d", "x;y"), ("d", r"\")]).await.unwrap();
    assert!(source.asked().is_empty());
}

#[tokio::test]
async fn a_poll_sees_an_altered_sequence_in_one_call_and_asks_nothing_without_one() {
    let mut memory = Memory::default();
    memory.remember_sequences("d", BTreeSet::from(["a".to_owned(), "b".to_owned(), "tmp".to_owned()]));
    let selection = Selection::new(&["*"], &[], &[], &["tmp"]).unwrap();
    let look = async |source: &Scripted, memory: &Memory| {
        let mut prints = BTreeMap::from([("d".to_owned(), "1".to_owned()), ("e".to_owned(), "2".to_owned())]);
        extend_all(source, &mut prints, memory, &selection, false).await.unwrap();
        prints
    };
    let (before, after) = (server(&[], 0, "1"), server(&[], 0, "2"));
    let known = look(&before, &memory).await;
    assert_eq!(before.asked().len(), 1);
    assert!(!before.asked()[0].contains("tmp"), "one that is not wanted");
    assert_eq!((known["e"].as_str(), known["d"].len()), ("2", 16));
    assert_eq!(look(&server(&[], 0, "1"), &memory).await, known);
    assert_ne!(look(&after, &memory).await["d"], known["d"]);
    assert_ne!(look(&server(&["b"], 1146, "1"), &memory).await["d"], known["d"], "dropped");
    let quiet = server(&[], 0, "1");
    assert_eq!(look(&quiet, &Memory::default()).await["d"], "1");
    assert!(quiet.asked().is_empty());
}
