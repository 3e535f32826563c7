//! The yardstick: the least a client must do to get an answer out of an MCP server. One HTTP client, one session, one
//! POST per statement, the body read to its end and thrown away. Decodes nothing and checks nothing but the status.

use std::error::Error;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Response};
use serde_json::{Value, json};

const SESSION_ID: &str = "mcp-session-id";
const PROTOCOL: &str = "2025-06-18";

/// An open session.
pub(crate) struct Raw {
    client: Client,
    url: String,
    session: String,
}

impl Raw {
    /// Opens a session; not part of what is timed, on either side.
    pub(crate) async fn open(url: String) -> Result<Self, Box<dyn Error>> {
        let client = Client::builder().no_proxy().tls_certs_only([]).build()?;
        let mut raw = Self { client, url, session: String::new() };
        let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": {"name": "bench", "version": "0"}}});
        let answer = raw.post(&hello).await?;
        let session = answer.headers().get(SESSION_ID).ok_or("the MCP server gave no session")?;
        raw.session = session.to_str()?.to_owned();
        answer.bytes().await?;
        raw.post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await?.bytes().await?;
        Ok(raw)
    }

    /// Sends the statements one after the other; the bytes of all bodies.
    pub(crate) async fn send(&self, texts: &[String]) -> Result<u64, Box<dyn Error>> {
        let mut total = 0;
        for (at, sql) in texts.iter().enumerate() {
            let call = json!({"jsonrpc": "2.0", "id": at + 1, "method": "tools/call", "params": {
                "name": "db_query", "arguments": {"sql_stmt": sql}}});
            let mut answer = self.post(&call).await?;
            while let Some(chunk) = answer.chunk().await? {
                total += chunk.len() as u64;
            }
        }
        Ok(total)
    }

    async fn post(&self, message: &Value) -> Result<Response, Box<dyn Error>> {
        let mut request = self.client.post(&self.url).header(ACCEPT, "application/json, text/event-stream");
        if !self.session.is_empty() {
            request = request.header(SESSION_ID, &self.session).header("mcp-protocol-version", PROTOCOL);
        }
        let request = request.header(CONTENT_TYPE, "application/json").body(message.to_string());
        Ok(request.send().await?.error_for_status()?)
    }
}
