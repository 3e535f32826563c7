//! A source for tests: a function from statement to rows, and the statements it was asked.

use std::sync::Mutex;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::mcp::{Dialect, McpError, RawAnswer, ServerInfo, SqlSource, Transport};

type Answer = dyn Fn(&str) -> Result<Vec<Value>, McpError> + Send + Sync;

/// Answers by a function.
pub(super) struct Scripted {
    answer: Box<Answer>,
    asked: Mutex<Vec<String>>,
    info: ServerInfo,
}

impl Scripted {
    pub(super) fn new(answer: impl Fn(&str) -> Result<Vec<Value>, McpError> + Send + Sync + 'static) -> Self {
        let info = ServerInfo {
            name: "scripted".into(),
            version: "1".into(),
            protocol_version: "2025-11-25".into(),
            dialect: Dialect::Pytidb,
            transport: Transport::StreamableHttp,
            rows_pointer: None,
            packed: false,
        };
        Self { answer: Box::new(answer), asked: Mutex::default(), info }
    }

    /// Every statement so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().map(|asked| asked.clone()).unwrap_or_default()
    }
}

#[async_trait]
impl SqlSource for Scripted {
    async fn ask(&self, sql: &str) -> Result<RawAnswer, McpError> {
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(sql.to_owned());
        }
        let rows = (self.answer)(sql)?;
        let content = rows.iter().map(Value::to_string).collect();
        Ok(RawAnswer { structured: Some(json!({ "result": rows })), content, is_error: false })
    }

    fn server(&self) -> &ServerInfo {
        &self.info
    }
}
