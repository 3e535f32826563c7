//! REST tools as the original system's server answers them: one object with columns, rows and flags. Part of `server.rs`.

use axum::response::Response;
use serde_json::{Value, json};

use super::Shared;
use super::broken::plain;
use super::tools::Answer;

const JSON: &str = "application/json";

/// `POST /tools/execute_query_tool`.
pub(super) async fn call(shared: &Shared, arguments: &Value) -> Response {
    let (Some(sql), Some(false)) = (arguments["query"].as_str(), arguments["use_cache"].as_bool()) else {
        return plain(422, JSON, json!({"detail": [{"loc": ["body", "query"], "msg": "Field required"}]}).to_string());
    };
    match shared.ask(sql.to_owned()).await {
        Answer::Rows(rows) => {
            let columns: Vec<_> =
                rows.first().and_then(Value::as_object).map(|row| row.keys().collect()).unwrap_or_default();
            let body =
                json!({"columns": columns, "rows": rows, "row_count": rows.len(), "truncated": false, "success": true});
            plain(200, JSON, body.to_string())
        }
        Answer::Error(text) => {
            let body = json!({"columns": [], "rows": [], "row_count": 0, "truncated": false, "success": false, "error": text, "error_type": "OperationalError"});
            plain(200, JSON, body.to_string())
        }
        Answer::Raw { structured: Some(body), is_error: false, .. } => plain(200, JSON, body.to_string()),
        Answer::Raw { .. } => plain(500, JSON, json!({"detail": "hunter2"}).to_string()),
    }
}
