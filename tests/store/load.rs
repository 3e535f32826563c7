//! What is stored read back, whole or damaged.

use std::collections::BTreeMap;

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::schema::Snapshot;
use mcp_schema_operator::store::layout::{Layout, placement};
use mcp_schema_operator::store::{Content, Stored};
use serde_json::{Value, json};

use crate::support::{Ask, INDEX, Step, failure, laid_out, resource, run, schema, step};

/// The ConfigMap of one part as the API server gives it.
fn config_map(layout: &Layout, name: &str) -> Value {
    let part = layout.parts.iter().find(|part| part.name == name).unwrap();
    let server = serde_json::to_string(&schema().server).unwrap();
    json!({"apiVersion": "v1", "kind": "ConfigMap", "data": part.data, "metadata": {"name": name,
        "labels": {"mcpschema.io/snapshot": "orders"},
        "annotations": {"mcpschema.io/server": server, "mcpschema.io/fingerprints": r#"{"shop":"00"}"#}}})
}

async fn load(answer: Step) -> Result<Option<Stored>, mcp_schema_operator::store::StoreError> {
    run(vec![answer], async |store| store.load(&resource(json!({}))).await).await
}

async fn stored(index: Value) -> Stored {
    load(step(Ask::Get, INDEX, 200, index)).await.unwrap().unwrap()
}

async fn content(stored: &Stored, steps: Vec<Step>) -> Content {
    run(steps, async |store| store.content(&resource(json!({})), stored).await).await.unwrap()
}

#[tokio::test]
async fn what_was_laid_out_is_read_back_whole() {
    for shards in [1, 2, 3] {
        let layout = laid_out(shards);
        let stored = stored(config_map(&layout, INDEX)).await;
        assert_eq!(stored.index.as_ref(), Some(&layout.index));
        assert_eq!(stored.placement(), placement(&layout.index));
        assert_eq!(stored.fingerprints, BTreeMap::from([("shop".to_owned(), "00".to_owned())]));
        let names: Vec<&str> = layout.parts.iter().filter(|p| !p.index).map(|p| p.name.as_str()).collect();
        let reads = names.into_iter().map(|name| step(Ask::Get, name, 200, config_map(&layout, name))).collect();
        assert_eq!(content(&stored, reads).await, Content { snapshot: schema(), damaged: vec![] }, "{shards}");
    }
}

#[tokio::test]
async fn nothing_and_what_is_not_ours_is_nothing() {
    assert_eq!(load(failure(Ask::Get, INDEX, 404, "not found")).await.unwrap(), None);
    let mut theirs = config_map(&laid_out(1), INDEX);
    theirs["metadata"]["labels"] = json!({"mcpschema.io/snapshot": "billing"});
    assert_eq!(load(step(Ask::Get, INDEX, 200, theirs)).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_newer_operator_wrote_is_refused_with_its_version() {
    for (index, says) in [
        (r#"{"format":2,"modelVersion":1}"#, "format 2, modelVersion 1"),
        (r#"{"format":1,"modelVersion":9,"databases":7}"#, "format 1, modelVersion 9"),
    ] {
        let mut newer = config_map(&laid_out(1), INDEX);
        newer["data"]["index.json"] = json!(index);
        let error = load(step(Ask::Get, INDEX, 200, newer)).await.unwrap_err();
        assert_eq!(error.reason(), Reason::NewerFormat);
        assert!(error.to_string().contains(says) && error.to_string().contains("upgrade"), "{error}");
    }
}

#[tokio::test]
async fn a_damaged_index_tells_nothing_and_says_so() {
    for index in [json!("broken by hand"), json!("{}"), Value::Null] {
        let mut broken = config_map(&laid_out(1), INDEX);
        broken["data"]["index.json"] = index.clone();
        if index.is_null() {
            broken.as_object_mut().unwrap().remove("data");
        }
        let stored = stored(broken).await;
        assert!(stored.index.is_none() && stored.placement().is_empty() && stored.fingerprints.is_empty(), "{index}");
        let content = content(&stored, vec![]).await;
        assert_eq!(problems(&content), [("index.json", "is not a readable index")]);
    }
}

fn problems(content: &Content) -> Vec<(&str, &str)> {
    content.damaged.iter().map(|damage| (damage.key.as_str(), damage.problem)).collect()
}

fn without(table: &str) -> Snapshot {
    let mut snapshot = schema();
    snapshot.databases[0].tables.retain(|t| t.name != table);
    snapshot
}

#[tokio::test]
async fn a_damaged_table_is_reported_and_the_others_are_still_there() {
    let key = "shop.orders.json";
    let good = laid_out(1).parts[0].data[key].clone();
    let other_bytes = "is not what the index has the hash of";
    for (text, problem) in [
        (json!(good.replace("\"int\"", "\"bigint\"")), other_bytes),
        (json!(good.replace(':', ": ")), other_bytes),
        (json!("{"), "is not readable"),
        (json!(""), "is not readable"),
        (Value::Null, "is not there"),
    ] {
        let mut damaged = config_map(&laid_out(1), INDEX);
        damaged["data"][key] = text.clone();
        if text.is_null() {
            damaged["data"].as_object_mut().unwrap().remove(key);
        }
        let content = content(&stored(damaged).await, vec![]).await;
        assert_eq!(problems(&content), [(key, problem)], "{text}");
        assert_eq!(content.snapshot, without("orders"));
    }
}

#[tokio::test]
async fn a_shard_that_is_gone_is_damage_and_not_a_dropped_table() {
    let layout = laid_out(3);
    let index = stored(config_map(&layout, INDEX)).await;
    let at = placement(&layout.index)[&("shop".to_owned(), "orders".to_owned())].clone();
    let reads = layout.parts.iter().filter(|part| !part.index).map(|part| match part.name == at {
        true => failure(Ask::Get, &part.name, 404, "not found"),
        false => step(Ask::Get, &part.name, 200, config_map(&layout, &part.name)),
    });
    let content = content(&index, reads.collect()).await;
    assert_eq!(problems(&content), [("shop.orders.json", "is not there")]);
    assert_eq!(content.damaged[0].config_map, at);
}

#[tokio::test]
async fn an_index_edited_by_hand_does_not_add_up() {
    let edits: [fn(&mut Value); 4] = [
        |index| index["contentHash"] = json!("sha256:00"),
        |index| index["lowerCaseTableNames"] = json!(0),
        |index| index["databases"][0]["charset"] = json!("latin1"),
        |index| {
            index["databases"][0]["tables"].as_array_mut().unwrap().pop();
        },
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let mut map = config_map(&laid_out(1), INDEX);
        let mut index: Value = serde_json::from_str(map["data"]["index.json"].as_str().unwrap()).unwrap();
        edit(&mut index);
        map["data"]["index.json"] = json!(index.to_string());
        let content = content(&stored(map).await, vec![]).await;
        assert_eq!(problems(&content), [("index.json", "has hashes that do not add up")], "edit {number}");
    }
}
