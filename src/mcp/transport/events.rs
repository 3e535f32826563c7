//! What arrives from a server as one message: an answer with rows goes past rmcp, any other becomes rmcp's own type.

use futures::stream::BoxStream;
use rmcp::model::RequestId;
use rmcp::transport::streamable_http_client::SseError;
use sse_stream::Sse;

use crate::mcp::answer;
use crate::mcp::seen::Exchange;

/// A stream of events.
pub(super) type Events = BoxStream<'static, Result<Sse, SseError>>;

/// Keeps an answer with rows for those above rmcp; what to give to rmcp in its place.
pub(super) fn past_rmcp(message: &[u8], id: &RequestId, exchange: &Exchange) -> Option<String> {
    exchange.keep(answer::read(message, id)?);
    Some(answer::stand_in(id))
}
