//! The small HTTP side: probes, metrics and the version. Only reads; knows nothing of controllers or MCP servers.
//! `/livez` says that the process turns, `/readyz` who is still waited for. An MCP outage changes neither.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::metrics::{BUILD_REVISION, Metrics};
use crate::readiness::Readiness;

/// How long open connections may go on after the stop; a client that reads slowly must not hold up the exit.
const DRAIN: Duration = Duration::from_secs(3);

/// The listener cannot be had, or serving failed.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {cause}; choose another address with --http-bind (MCP_SCHEMA_HTTP_BIND)")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// Accepting connections failed.
    #[error("serving probes and metrics failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// Takes the address. Done before anything else starts, so that probes never see a closed port.
///
/// # Errors
/// The address cannot be had.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, HttpError> {
    TcpListener::bind(address).await.map_err(|cause| HttpError::Bind { address, cause })
}

/// Serves until `stop` is cancelled, then at most three seconds more for open connections.
///
/// # Errors
/// Accepting connections failed.
pub async fn serve(
    listener: TcpListener,
    metrics: Metrics,
    readiness: Readiness,
    stop: CancellationToken,
) -> Result<(), HttpError> {
    let overdue = stop.clone();
    let server = axum::serve(listener, router(metrics, readiness)).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        ended = server.into_future() => Ok(ended?),
        () = async { overdue.cancelled().await; tokio::time::sleep(DRAIN).await } => Ok(()),
    }
}

fn router(metrics: Metrics, readiness: Readiness) -> Router {
    Router::new()
        .route("/livez", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz).with_state(readiness))
        .route("/metrics", get(scrape).with_state(metrics))
        .route("/version", get(version))
}

async fn readyz(State(readiness): State<Readiness>) -> (StatusCode, String) {
    let waiting = readiness.waiting();
    if waiting.is_empty() {
        let body = if readiness.stands_by() { "ok: standing by, another replica leads\n" } else { "ok\n" };
        return (StatusCode::OK, body.to_owned());
    }
    (StatusCode::SERVICE_UNAVAILABLE, format!("waiting for: {}\n", waiting.join(", ")))
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    match metrics.render() {
        Ok((text, content_type)) => ([(header::CONTENT_TYPE, content_type)], text).into_response(),
        Err(error) => {
            (StatusCode::INTERNAL_SERVER_ERROR, format!("metrics cannot be written: {error}\n")).into_response()
        }
    }
}

async fn version() -> impl IntoResponse {
    let body = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "revision": BUILD_REVISION,
    });
    ([(header::CONTENT_TYPE, "application/json")], body.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    async fn request(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    #[tokio::test]
    async fn the_endpoints_answer_and_the_server_stops_when_told() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (readiness, stop) = (Readiness::new(&["snapshots synced"]), CancellationToken::new());
        let server = tokio::spawn(serve(listener, Metrics::new().unwrap(), readiness.clone(), stop.clone()));
        let answer = request(address, "/readyz").await;
        assert!(answer.starts_with("HTTP/1.1 503") && answer.ends_with("waiting for: snapshots synced\n"), "{answer}");
        readiness.gate("snapshots synced").unwrap().open();
        for (path, status, part) in [
            ("/livez", "200", "ok"),
            ("/readyz", "200", "ok"),
            ("/metrics", "200", "mcp_schema_build_info{"),
            ("/metrics", "200", "content-type: text/plain; version=0.0.4"),
            ("/version", "200", "\"version\":\"0.1.0\""),
            ("/", "404", ""),
        ] {
            let answer = request(address, path).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(part), "{path}: {answer}");
        }
        readiness.stand_by(true);
        let answer = request(address, "/readyz").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("standing by"), "{answer}");
        let idle = TcpStream::connect(address).await.unwrap();
        stop.cancel();
        tokio::time::timeout(PATIENCE, server).await.unwrap().unwrap().unwrap();
        drop(idle);
    }

    #[tokio::test]
    async fn a_taken_address_is_named_with_the_flag_to_change_it() {
        let taken = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = taken.local_addr().unwrap();
        let error = bind(address).await.unwrap_err().to_string();
        assert!(error.contains(&address.to_string()) && error.contains("--http-bind"), "{error}");
    }
}
