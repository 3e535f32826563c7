//! One bed serves every test of a test binary, each with a runtime of its own: clients are made anew, processes stay.
#![expect(clippy::unwrap_used, reason = "tests")]

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::ListParams;
use mcpschema_bed::shared;

async fn every_part_answers() -> [u32; 3] {
    let bed = shared().await.unwrap();
    let namespaces: Api<Namespace> = Api::all(bed.control_plane.client().await.unwrap());
    assert!(!namespaces.list(&ListParams::default()).await.unwrap().items.is_empty());
    let reader = bed.database.connect(&bed.reader);
    let rows = reader.rows("SELECT CURRENT_USER() AS usr").await.unwrap();
    assert_eq!(rows[0]["usr"], "mcp_reader@%");
    let answer = reqwest::get(bed.mcp.url()).await.unwrap();
    assert!(answer.status().is_client_error(), "a GET without a session is refused: {}", answer.status());
    bed.control_plane.pids()
}

// Two tests, so that the second runs on another runtime than the one the bed was started on.
#[tokio::test]
async fn every_part_of_the_shared_bed_answers_the_first_test() {
    let pids = every_part_answers().await;
    assert_eq!(pids, every_part_answers().await);
}

#[tokio::test]
async fn every_part_of_the_shared_bed_answers_the_second_test() {
    let pids = every_part_answers().await;
    assert_eq!(pids, shared().await.unwrap().control_plane.pids());
}
