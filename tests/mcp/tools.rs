//! The MCP server proper: tools, and answers as pytidb words them. Part of `server.rs`.

use std::sync::Arc;

use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, InitializeResult,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value, json};

use super::{Mode, Shared, lock};

/// What the SQL tool answers.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A row set, sent as pytidb does: structured, and one text per row.
    Rows(Vec<Value>),
    /// `isError` with this text.
    Error(String),
    /// Exactly this.
    Raw { structured: Option<Value>, content: Vec<String>, is_error: bool },
}

impl Answer {
    /// An error of the database as pytidb words it.
    pub(crate) fn database_error(code: u16, text: &str, sql: &str) -> Self {
        Self::Error(format!(
            "Error executing tool db_query: (pymysql.err.OperationalError) ({code}, \"{text}\")\n[SQL: {sql}]\n(Background on this error at: https://sqlalche.me/e/21/e3q8)"
        ))
    }
}

impl Shared {
    pub(super) async fn ask(&self, sql: String) -> Answer {
        lock(&self.queries).push(sql.clone());
        let answered = (self.handler)(sql.clone()).await;
        let answer = answered.unwrap_or_else(|| Answer::Rows(if is_canary(&sql) { canary() } else { vec![] }));
        match (lock(&self.mode).clone(), answer) {
            (Mode::Masked, Answer::Rows(rows)) => Answer::Rows(rows.into_iter().map(masked).collect()),
            (Mode::Rounded, Answer::Rows(rows)) => Answer::Rows(rows.into_iter().map(rounded).collect()),
            (_, answer) => answer,
        }
    }
}

/// Whether this is the query with which every session begins.
pub(crate) fn is_canary(sql: &str) -> bool {
    sql.starts_with("SELECT 1 AS i, CAST('a' AS CHAR(16)) AS s")
}

/// The right answer to it.
pub(crate) fn canary() -> Vec<Value> {
    vec![
        json!({"i": 1, "s": "a", "z": null, "u": "18446744073709551615", "p": "1.5"}),
        json!({"i": 2, "s": "b", "z": null, "u": "x", "p": "0.5"}),
    ]
}

fn masked(mut row: Value) -> Value {
    if row.get("k").is_some() {
        row["k"] = json!("***-***-4552");
    }
    row
}

fn rounded(row: Value) -> Value {
    let cell = |value: Value| match value.as_str().and_then(|text| text.parse::<u64>().ok()) {
        Some(big) if big > 1 << 53 => json!(big as f64),
        _ => value,
    };
    let Value::Object(cells) = row else { return row };
    Value::Object(cells.into_iter().map(|(label, value)| (label, cell(value))).collect())
}

/// The MCP server proper.
#[derive(Clone)]
pub(super) struct Tools(pub(super) Arc<Shared>);

impl ServerHandler for Tools {
    fn get_info(&self) -> InitializeResult {
        InitializeResult::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("tidb", "1.30.0"))
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, rmcp::ErrorData> {
        let mode = lock(&self.0.mode).clone();
        let page = request.and_then(|request| request.cursor).and_then(|page| page.parse().ok()).unwrap_or(0_u64);
        let mut tools = vec![tool("show_tables", None), tool("db_execute", Some("sql_stmts"))];
        match mode {
            Mode::NoSqlTool => tools.extend((0..12).map(|n| tool(&format!("evil\n{n}"), None))),
            Mode::TwoSqlTools => tools.extend([tool("db_query", Some("sql_stmt")), tool("db_query", Some("sql_stmt"))]),
            _ => {
                let (name, argument) = lock(&self.0.tool).clone();
                tools.push(tool(&name, Some(&argument)));
            }
        }
        let mut listed = ListToolsResult::with_all_items(tools);
        listed.next_cursor = match mode {
            Mode::RepeatedCursor => Some("1".into()),
            Mode::EndlessTools => Some((page + 1).to_string()),
            _ => None,
        };
        Ok(listed)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, rmcp::ErrorData> {
        let (name, argument) = lock(&self.0.tool).clone();
        let sql = request.arguments.as_ref().and_then(|all| all.get(&argument)?.as_str());
        let answer = match (request.name == name, sql) {
            (true, Some(sql)) => self.0.ask(sql.to_owned()).await,
            (true, None) => {
                Answer::Error(format!("Error executing tool {name}: 1 validation error for {name}Arguments"))
            }
            (false, _) => Answer::Error(format!("Unknown tool: {}", request.name)),
        };
        Ok(CallToolResponse::Complete(result(answer)))
    }
}

fn tool(name: &str, argument: Option<&str>) -> Tool {
    let properties: Map<_, _> = argument.into_iter().map(|name| (name.to_owned(), json!({"type": "string"}))).collect();
    let schema = json!({"type": "object", "properties": properties});
    Tool::new(name.to_owned(), "for tests", schema.as_object().cloned().unwrap_or_default())
}

fn result(answer: Answer) -> CallToolResult {
    let (structured, content, is_error) = match answer {
        Answer::Rows(rows) => {
            let texts = rows.iter().map(|row| format!("{row:#}")).collect();
            (Some(json!({ "result": rows })), texts, false)
        }
        Answer::Error(text) => (None, vec![text], true),
        Answer::Raw { structured, content, is_error } => (structured, content, is_error),
    };
    let mut result = CallToolResult::success(content.into_iter().map(ContentBlock::text).collect());
    result.structured_content = structured;
    result.is_error = Some(is_error);
    result
}
