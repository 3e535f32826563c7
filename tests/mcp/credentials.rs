//! What is shown to a server and to nobody else: token, headers and client certificate; and whom a client trusts.

use std::io::Write;
use std::sync::{Arc, Mutex};

use http::{HeaderName, HeaderValue};
use mcp_schema_operator::error::Reason;
use mcp_schema_operator::mcp::{Connection, Endpoint, McpError, Secret, SqlSource, Tls, query, unobserved};

use crate::server::{Authority, Fault, Mode, Server, Speaks, When};
use crate::support::{endpoint, fit_to_show};

const TOKEN: &str = "correct-horse-battery-staple";

fn with_token(url: &str) -> Endpoint {
    let mut value = HeaderValue::from_static("tenant-of-mine");
    value.set_sensitive(true);
    Endpoint {
        // As read from a file, with the line break at its end.
        token: Some(Secret::new(format!("{TOKEN}\n"))),
        headers: vec![(HeaderName::from_static("x-tenant"), value)],
        ..endpoint(url)
    }
}

async fn refused(endpoint: Endpoint) -> McpError {
    let error = Connection::connect(endpoint, unobserved()).await.expect_err("it cannot be reached so");
    fit_to_show(&error);
    error
}

#[tokio::test]
async fn token_and_headers_go_with_every_request_of_every_transport() {
    for speaks in [Speaks::Streamable, Speaks::Stateless, Speaks::Modern(400), Speaks::Sse, Speaks::Rest] {
        let server = Server::empty().await;
        server.speak(speaks);
        let connection = Connection::connect(with_token(&server.base()), unobserved()).await.unwrap();
        query(&connection, "SELECT 1").await.unwrap();
        connection.close().await;
        let heads = server.heads();
        assert!(heads.len() > 2, "{speaks:?}");
        for head in heads {
            let sent = |name: &str| head.get(name).and_then(|value| value.to_str().ok());
            assert_eq!(sent("authorization"), Some(format!("Bearer {TOKEN}").as_str()), "{speaks:?}: {head:?}");
            assert_eq!(sent("x-tenant"), Some("tenant-of-mine"), "{speaks:?}: {head:?}");
        }
    }
}

#[tokio::test]
async fn a_credential_never_follows_to_another_origin() {
    let (server, other) = (Server::empty().await, Server::empty().await);
    for url in [other.url(), format!("{}/sse", other.base())] {
        server.set(Mode::Broken(Fault::Redirect(url), When::Always));
        assert_eq!(refused(with_token(&server.base())).await.reason, Reason::WrongEndpoint);
    }
    assert!(other.heads().is_empty());
}

#[tokio::test]
async fn a_refused_credential_is_told_from_a_missing_one() {
    let server = Server::empty().await;
    for fault in [Fault::Status(401), Fault::Challenge] {
        server.set(Mode::Broken(fault, When::Always));
        let missing = refused(endpoint(&server.url())).await;
        let wrong = refused(with_token(&server.url())).await;
        assert_eq!((missing.reason, wrong.reason), (Reason::AuthenticationFailed, Reason::AuthenticationFailed));
        assert!(missing.message.contains("and none is given"), "{missing}");
        assert!(wrong.message.contains("check that the token is the server's current one"), "{wrong}");
    }
    server.set(Mode::Broken(Fault::Status(403), When::Always));
    assert_eq!(refused(with_token(&server.url())).await.reason, Reason::PermissionDenied);
    server.set(Mode::Broken(Fault::HostRefused, When::Always));
    let host = refused(with_token(&server.url())).await;
    assert_eq!(host.reason, Reason::WrongEndpoint);
    assert!(host.message.contains("dbhub and MCP Toolbox: --allowed-hosts"), "{host}");
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_given_and_then_no_other() {
    let (own, foreign) = (Authority::new(), Authority::new());
    let server = Server::start_tls(|_| async { None }, &own, false).await;
    let trusting = |pem: &str| Endpoint {
        tls: Tls { ca_pem: Some(pem.as_bytes().to_vec()), ..Tls::default() },
        ..with_token(&server.base())
    };
    for speaks in [Speaks::Streamable, Speaks::Sse, Speaks::Rest] {
        server.speak(speaks);
        let connection = Connection::connect(trusting(&own.pem()), unobserved()).await.unwrap();
        query(&connection, "SELECT 1").await.unwrap();
    }
    let both = foreign.pem() + &own.pem();
    Connection::connect(trusting(&both), unobserved()).await.unwrap();

    let error = refused(trusting(&foreign.pem())).await;
    assert_eq!(error.reason, Reason::TlsFailed);
    assert!(error.message.contains("an authority that is not trusted here"), "{error}");
    assert_eq!(
        refused(with_token(&server.base())).await.reason,
        Reason::TlsFailed,
        "the system does not trust it either"
    );
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_one_is_wanted() {
    let (own, foreign) = (Authority::new(), Authority::new());
    let server = Server::start_tls(|_| async { None }, &own, true).await;
    let showing = |pem: Option<String>| Endpoint {
        tls: Tls { ca_pem: Some(own.pem().into_bytes()), identity_pem: pem.map(Secret::new) },
        ..endpoint(&server.base())
    };
    let connection = Connection::connect(showing(Some(own.client_pem())), unobserved()).await.unwrap();
    query(&connection, "SELECT 1").await.unwrap();
    for pem in [None, Some(foreign.client_pem())] {
        let error = refused(showing(pem)).await;
        assert_eq!(error.reason, Reason::TlsFailed, "{error}");
        assert!(error.message.contains("wants a client certificate of an authority it trusts"), "{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_used_of_the_settings_is_named_and_nothing_is_sent() {
    let (server, authority) = (Server::empty().await, Authority::new());
    let (client, other) = (authority.client_pem(), authority.client_pem());
    let key = |pem: &str| pem[pem.find("-----BEGIN PRIVATE KEY").unwrap()..].to_owned();
    let crossed = client.replace(&key(&client), &key(&other));
    let broken = authority.pem().replacen("MI", "AA", 1);
    let tls = |ca: Option<&str>, identity: Option<&str>| Tls {
        ca_pem: ca.map(|pem| pem.as_bytes().to_vec()),
        identity_pem: identity.map(|pem| Secret::new(pem.to_owned())),
    };
    let (ca, identity) = ("the certificate authorities for TLS", "the client certificate for TLS");
    for (tls, says) in [
        (tls(Some("hunter2"), None), ca),
        (tls(Some(""), None), ca),
        (tls(Some(&broken), None), ca),
        (tls(None, Some("hunter2")), identity),
        (tls(None, Some(&authority.pem())), identity),
        (tls(None, Some(&crossed)), identity),
        (tls(Some(&authority.pem()), Some(&crossed)), identity),
    ] {
        for url in [server.base(), server.base().replace("http:", "https:")] {
            let error = refused(Endpoint { tls: tls.clone(), ..endpoint(&url) }).await;
            assert_eq!(error.reason, Reason::InvalidSpec, "{error}");
            assert!(error.message.starts_with(says), "{error}");
        }
    }
    let split = Endpoint { token: Some(Secret::new("hunter2\nX-Other: y".into())), ..endpoint(&server.base()) };
    let error = refused(split).await;
    assert_eq!(error.reason, Reason::InvalidSpec);
    assert!(error.message.starts_with("the token has characters"), "{error}");
    assert!(server.calls().is_empty());
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_that_is_logged_or_shown_holds_a_secret() {
    let logged = Logged::default();
    let sink = logged.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || sink.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let authority = Authority::new();
    let client = authority.client_pem();
    let key = client.lines().skip_while(|line| !line.contains("PRIVATE KEY")).nth(1).unwrap().to_owned();
    let mut shown = String::new();
    for speaks in [Speaks::Streamable, Speaks::Sse, Speaks::Rest, Speaks::Modern(400)] {
        let server = Server::empty().await;
        server.speak(speaks);
        let identity_pem = Some(Secret::new(client.clone()));
        let endpoint = Endpoint { tls: Tls { identity_pem, ..Tls::default() }, ..with_token(&server.base()) };
        shown += &format!("{endpoint:?}");
        let connection = Connection::connect(endpoint, unobserved()).await.unwrap();
        shown += &format!("{connection:?} {:?}", connection.server());
        for fault in [Fault::Status(401), Fault::Challenge, Fault::Status(500), Fault::OtherJson] {
            server.set(Mode::Broken(fault, When::Calls));
            let error = connection.ask("SELECT 1").await.expect_err("broken");
            shown += &format!("{error} {error:?} {:#?}", error.cause);
            server.set(Mode::Healthy);
        }
    }
    let logged = String::from_utf8_lossy(&logged.0.lock().unwrap()).into_owned();
    assert!(logged.len() > 1_000 && shown.len() > 1_000, "something was logged and shown");
    for secret in [TOKEN, "tenant-of-mine", key.as_str()] {
        for text in [&logged, &shown] {
            assert!(!text.contains(secret), "{}", text.lines().find(|line| line.contains(secret)).unwrap_or_default());
        }
    }
}
