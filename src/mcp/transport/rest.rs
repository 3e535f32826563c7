//! REST tools: `POST {base}/tools/{tool}` with the arguments as JSON, the tool's own JSON back. No handshake, no
//! session, no list of tools.

use serde_json::{Map, Value};
use url::Url;

use super::Http;
use super::client::{MAX_ANSWER, read, sent};
use crate::mcp::RawAnswer;
use crate::mcp::fault::Fault;

const JSON: &str = "application/json";

/// A server of REST tools.
#[derive(Debug)]
pub(in crate::mcp) struct Rest {
    pub(in crate::mcp) http: Http,
    /// What `/tools/` is below.
    pub(in crate::mcp) base: Url,
}

impl Rest {
    /// Calls a tool. Whatever JSON comes is an answer, also one that tells of an error.
    pub(in crate::mcp) async fn call(&self, tool: &str, arguments: &Map<String, Value>) -> Result<RawAnswer, Fault> {
        let exchange = self.http.seen.exchange();
        let response = sent(self.http.client.post(self.tool(tool)).json(arguments), JSON).await?;
        let body = read(response, MAX_ANSWER, &exchange).await?;
        let structured = serde_json::from_slice(&body).map_err(|_| Fault::Garbage)?;
        Ok(RawAnswer { structured: Some(structured), ..RawAnswer::default() })
    }

    fn tool(&self, name: &str) -> Url {
        let mut url = self.base.clone();
        // Only a URL without a host has no segments, and an endpoint has a host.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["tools", name]);
        }
        url
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::mcp::Endpoint;

    #[test]
    fn a_tool_is_below_the_base_whatever_it_is_called() {
        for (base, tool, want) in [
            ("http://h:1", "execute_query_tool", "http://h:1/tools/execute_query_tool"),
            ("http://h/api/", "t", "http://h/api/tools/t"),
            ("http://h/api?key=1", "t", "http://h/api/tools/t?key=1"),
            ("http://h", "../a/b?c", "http://h/tools/..%2Fa%2Fb%3Fc"),
        ] {
            let endpoint = Endpoint::new(base).unwrap();
            let rest = Rest { http: Http::new(&endpoint, false).unwrap(), base: endpoint.url };
            assert_eq!(rest.tool(tool).as_str(), want);
        }
    }
}
