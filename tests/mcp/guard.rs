//! A forbidden address gets no connection, however it is written, found or named by a server; counted where it would
//! arrive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::guard::Guard;
use mcp_schema_operator::mcp::{Connection, Endpoint, McpError, Transport, unobserved};
use tokio::net::TcpListener;

use crate::server::{Fault, Mode, Server, Speaks, When};
use crate::support::{endpoint, fit_to_show};

/// Somewhere nobody should arrive.
struct Trap {
    address: SocketAddr,
    arrived: Arc<AtomicUsize>,
}

impl Trap {
    async fn at(ip: &str) -> Self {
        let listener = TcpListener::bind(format!("{ip}:0")).await.unwrap();
        let (address, arrived) = (listener.local_addr().unwrap(), Arc::<AtomicUsize>::default());
        let counting = Arc::clone(&arrived);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counting.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, arrived }
    }

    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }
}

/// An endpoint of a stranger's, with these networks allowed.
fn guarded(url: &str, allowed: &[&str]) -> Endpoint {
    let allowed = allowed.iter().map(|network| network.parse().unwrap()).collect();
    let guard = Guard { allowed, api_server: vec!["127.0.0.9".parse().unwrap()] };
    Endpoint { guard: Some(Arc::new(guard)), ..endpoint(url) }
}

async fn refused(endpoint: Endpoint) -> McpError {
    let error = Connection::connect(endpoint, unobserved()).await.expect_err("no server is there");
    fit_to_show(&error);
    error
}

#[tokio::test]
async fn a_forbidden_address_gets_no_connection_however_it_is_written() {
    let (trap, six) = (Trap::at("127.0.0.1").await, Trap::at("[::1]").await);
    let (port, port_of_six) = (trap.address.port(), six.address.port());
    let urls = [
        format!("http://127.0.0.1:{port}/mcp"),
        format!("http://2130706433:{port}/mcp"),
        format!("http://127.1:{port}/mcp"),
        format!("http://localhost:{port}/mcp"),
        format!("http://LOCALHOST:{port}/mcp"),
        format!("https://localhost:{port}/mcp"),
        format!("http://[::ffff:127.0.0.1]:{port}/mcp"),
        format!("http://[::ffff:7f00:1]:{port}/mcp"),
        format!("http://0.0.0.0:{port}/mcp"),
        format!("http://[::1]:{port_of_six}/mcp"),
        format!("http://[::]:{port_of_six}/mcp"),
    ];
    let transports = [None, Some(Transport::StreamableHttp), Some(Transport::Sse), Some(Transport::RestTools)];
    for url in &urls {
        for transport in transports {
            let error = refused(Endpoint { transport, ..guarded(url, &[]) }).await;
            assert_eq!(error.reason, Reason::AddressRefused, "{url} {transport:?}: {error}");
            assert!(error.message.contains("--allowed-addresses"), "{error}");
        }
    }
    assert_eq!((trap.arrived(), six.arrived()), (0, 0));
    // The same with an allowance arrives, so that what was counted above could have been more than nothing.
    let impatient = |url: &str| Endpoint {
        connect_timeout: std::time::Duration::from_millis(300),
        max_retries: 0,
        ..guarded(url, &["127.0.0.0/8", "::1"])
    };
    for url in [&urls[0], &urls[3], &urls[9]] {
        assert_ne!(refused(impatient(url)).await.reason, Reason::AddressRefused, "{url}");
    }
    assert!(trap.arrived() >= 2 && six.arrived() >= 1);
}

#[tokio::test]
async fn the_api_server_gets_no_connection() {
    let trap = Trap::at("127.0.0.9").await;
    let url = format!("http://{}/mcp", trap.address);
    // Everything else of that network is allowed where the bits say so.
    let error = refused(guarded(&url, &["127.0.0.0/29"])).await;
    assert_eq!((error.reason, trap.arrived()), (Reason::AddressRefused, 0));
}

#[tokio::test]
async fn a_redirect_to_a_forbidden_address_is_not_followed() {
    let (server, trap) = (Server::empty().await, Trap::at("127.0.0.2").await);
    for place in
        [format!("http://{}/mcp", trap.address), format!("http://[::ffff:127.0.0.2]:{}/mcp", trap.address.port())]
    {
        server.set(Mode::Broken(Fault::Redirect(place.clone()), When::Always));
        for transport in [None, Some(Transport::StreamableHttp), Some(Transport::Sse), Some(Transport::RestTools)] {
            let error = refused(Endpoint { transport, ..guarded(&server.base(), &["127.0.0.1"]) }).await;
            assert_eq!(error.reason, Reason::AddressRefused, "{place} {transport:?}: {error}");
        }
    }
    // A name is not even resolved: the redirect leads to another origin.
    server.set(Mode::Broken(Fault::Redirect(format!("http://localhost:{}/mcp", trap.address.port())), When::Always));
    assert_eq!(refused(guarded(&server.base(), &["127.0.0.1"])).await.reason, Reason::WrongEndpoint);
    assert_eq!(trap.arrived(), 0);
}

#[tokio::test]
async fn an_event_stream_cannot_send_messages_elsewhere() {
    let server = Server::empty().await;
    server.speak(Speaks::SseElsewhere);
    let error = refused(Endpoint { transport: Some(Transport::Sse), ..guarded(&server.base(), &["127.0.0.1"]) }).await;
    assert_eq!(error.reason, Reason::WrongEndpoint, "{error}");
}

#[tokio::test]
async fn what_is_allowed_works_as_without_a_guard_over_every_transport() {
    for speaks in [Speaks::Streamable, Speaks::Sse, Speaks::Rest] {
        let server = Server::empty().await;
        server.speak(speaks);
        let port = server.address().port();
        for url in [server.base(), format!("http://localhost:{port}")] {
            Connection::connect(guarded(&url, &["127.0.0.1"]), unobserved()).await.unwrap();
        }
    }
}
