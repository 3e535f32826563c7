//! From a spec to an endpoint.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use serde_json::{Value, json};

use std::num::NonZeroU32;

use http::{HeaderName, HeaderValue};

use super::endpoint::MAX_EXTRA;
use super::*;
use crate::api::ClusterSchemaSource;
use crate::config::RunArgs;
use crate::mcp::{Custom, Dialect, Transport};

mod cluster;
mod network;

fn config() -> RunConfig {
    let env = [
        ("MCP_CACHE_TTL", "90"),
        ("MCP_MAX_RETRIES", "7"),
        ("MCP_REQUEST_TIMEOUT", "5"),
        ("MCP_SCHEMA_ALLOWED_HOSTS", "*"),
    ];
    RunConfig::resolve(&RunArgs::default(), env.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap()
}

/// The target of a snapshot that names no ClusterSchemaSource.
fn target(snapshot: &SchemaSnapshot, namespace: &str, config: &RunConfig) -> Result<Target, Failure> {
    super::target(snapshot, namespace, config, &Named::Nothing)
}

fn snapshot(mut spec: Value) -> SchemaSnapshot {
    if spec.get("databases").is_none() {
        spec["databases"] = json!({"include": ["shop"]});
    }
    SchemaSnapshot::new("orders", serde_json::from_value(spec).unwrap())
}

#[test]
fn the_default_server_is_shared_and_an_inline_one_belongs_to_its_namespace() {
    let of = |spec: Value, namespace: &str| target(&snapshot(spec), namespace, &config()).unwrap();
    let (default, other) = (of(json!({}), "a"), of(json!({}), "b"));
    assert_eq!((&default.identity.owner, &default.label), (&Owner::DefaultServer, &Source::Default));
    assert_eq!(default.identity, other.identity);
    assert_eq!(of(json!({"source": {}}), "a").identity, default.identity);
    let inline = json!({"source": {"url": "http://tidb-mcp-server:8000"}});
    let (one, two) = (of(inline.clone(), "a"), of(inline, "b"));
    assert_eq!((&one.identity.owner, &one.label), (&Owner::Namespace("a".into()), &Source::Inline));
    assert_ne!(one.identity, two.identity, "nobody is served through another namespace's connection");
    assert_ne!(one.identity, default.identity);
    assert_eq!(one.endpoint.url, default.endpoint.url);
    assert_eq!((one.endpoint.max_retries, one.endpoint.request_timeout), (7, Duration::from_secs(5)));
}

#[test]
fn everything_the_spec_says_reaches_the_endpoint() {
    let spec = snapshot(json!({"source": {
        "url": "https://mcp.db.svc:8443/mcp", "transport": "Sse", "dialect": "Custom",
        "custom": {"tool": "run_sql", "sqlArgument": "sql", "extraArguments": {"limit": 5}, "rowsPointer": "/rows"},
        "headers": [{"name": "X-Tenant", "value": "shop"}],
        "connectTimeout": "2s", "requestTimeout": "1m30s", "maxRetries": 0, "retryDelay": "500ms", "maxInFlight": 4,
    }}));
    let endpoint = target(&spec, "ns", &config()).unwrap().endpoint;
    let custom = Custom {
        tool: "run_sql".into(),
        sql_argument: "sql".into(),
        extra_arguments: json!({"limit": 5}).as_object().unwrap().clone(),
        rows_pointer: "/rows".into(),
    };
    let want = Endpoint {
        transport: Some(Transport::Sse),
        dialect: Some(Dialect::Custom),
        custom: Some(custom),
        headers: vec![(HeaderName::from_static("x-tenant"), HeaderValue::from_static("shop"))],
        max_in_flight: NonZeroU32::new(4),
        connect_timeout: Duration::from_secs(2),
        request_timeout: Duration::from_secs(90),
        max_retries: 0,
        retry_delay: Duration::from_millis(500),
        guard: Some(Arc::new(Guard::default())),
        ..Endpoint::new("https://mcp.db.svc:8443/mcp").unwrap()
    };
    assert_eq!(endpoint, want);
    assert_eq!(retry_delay(&spec, &config(), &Named::Nothing), Duration::from_millis(500));
    assert_eq!(retry_delay(&snapshot(json!({})), &config(), &Named::Nothing), Duration::from_secs(1));
    for word in ["StreamableHttp", "Sse", "RestTools"] {
        let spec = snapshot(json!({"source": {"url": "http://h/mcp", "transport": word, "dialect": "Auto"}}));
        let endpoint = target(&spec, "ns", &config()).unwrap().endpoint;
        assert_eq!((endpoint.transport.unwrap().to_string(), endpoint.dialect), (word.to_owned(), None));
    }
    for word in ["Pytidb", "Dbhub", "Toolbox", "Benborla", "RestTools"] {
        let spec = snapshot(json!({"source": {"url": "http://h/mcp", "transport": "Auto", "dialect": word}}));
        let endpoint = target(&spec, "ns", &config()).unwrap().endpoint;
        assert_eq!((endpoint.transport, endpoint.dialect.unwrap().to_string()), (None, word.to_owned()));
    }
}

#[test]
fn whatever_is_asked_for_differently_is_another_connection() {
    let identity = |mut source: Value| {
        source["url"] = json!("https://h/mcp");
        target(&snapshot(json!({"source": source})), "ns", &config()).unwrap().identity
    };
    let token = |key: &str| json!({"auth": {"bearerTokenSecretRef": {"name": "s", "key": key}}});
    let all = [
        json!({}),
        json!({"transport": "Sse"}),
        json!({"dialect": "Dbhub"}),
        token("a"),
        token("b"),
        json!({"headers": [{"name": "x", "value": "a"}]}),
        json!({"headers": [{"name": "x", "value": "b"}]}),
        json!({"tls": {"clientCertSecretRef": {"name": "s"}}}),
    ]
    .map(identity);
    // How patient and careful somebody is makes no other source: the databases are fetched once for all of them.
    let patient =
        json!({"requestTimeout": "1s", "connectTimeout": "1s", "maxRetries": 0, "retryDelay": "1s", "maxInFlight": 1});
    assert_eq!(identity(patient), all[0]);
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one), "{one:?}");
    }
}

#[test]
fn the_interval_in_force_is_the_specs_as_written_or_the_operators() {
    for (given, want, text) in [(None, 90, "90s"), (Some("1h30m"), 5400, "1h30m"), (Some("10s"), 10, "10s")] {
        let got = interval(&snapshot(json!({"refresh": {"interval": given}})), &config()).unwrap();
        assert_eq!(got, (Duration::from_secs(want), text.to_owned()), "{given:?}");
    }
}

#[test]
fn a_spec_that_cannot_work_says_which_field_and_what_is_right() {
    let (databases, include) = (json!({"include": ["[a"]}), json!({"include": ["{"]}));
    let auth = json!({"bearerTokenSecretRef": {"name": "mcp", "key": "token"}});
    let source = |mut fields: Value| {
        fields["url"] = json!(fields.get("url").and_then(Value::as_str).unwrap_or("https://h/mcp"));
        json!({"source": fields})
    };
    let tool = |extra: Value| json!({"dialect": "Custom", "custom": {"tool": "t", "sqlArgument": "sql", "extraArguments": extra}});
    for (spec, want) in [
        (source(json!({"url": "http://h/mcp", "auth": auth})), "a credential is sent over https only"),
        (
            source(json!({"url": "http://h/mcp", "headers": [{"name": "authorization", "value": "Basic x"}]})),
            "over https only",
        ),
        (source(json!({"auth": {}})), "source.auth.bearerTokenSecretRef is missing"),
        (
            source(json!({"auth": {"bearerTokenSecretRef": {"name": "a"}}})),
            "source.auth.bearerTokenSecretRef needs name and key",
        ),
        (source(json!({"tls": {"caBundleRef": {"name": "a", "key": "b"}}})), "source.tls.caBundleRef needs kind"),
        (source(json!({"headers": [{"name": "a b", "value": "c"}]})), "source.headers[0].name"),
        (source(json!({"headers": [{"name": "a", "value": "c\n"}]})), "source.headers[0].value"),
        (source(json!({"dialect": "Custom"})), "source.custom goes with dialect: Custom"),
        (source(json!({"custom": {"tool": "t", "sqlArgument": "sql"}})), "source.custom goes with dialect: Custom"),
        (source(json!({"dialect": "Custom", "custom": {"tool": "t"}})), "source.custom needs tool and sqlArgument"),
        (source(tool(json!({"sql": "x"}))), "extraArguments holds \"sql\", which carries the SQL text"),
        (source(tool(json!({"x": "y".repeat(MAX_EXTRA)}))), "16384 is the most"),
        (source(json!({"connectTimeout": "soon"})), "source.connectTimeout: \"soon\" is not a duration"),
        (source(json!({"requestTimeout": "1d"})), "source.requestTimeout: "),
        (source(json!({"retryDelay": "x"})), "source.retryDelay: "),
        (json!({"source": {"url": "mcp:8000"}}), "write it with scheme and host, as in http://"),
        (json!({"source": {"url": "ftp://mcp/x"}}), "must begin with http:// or https://"),
        (json!({"source": {"url": "http://me:secret@mcp/"}}), "remove the part before @"),
        (json!({"databases": databases}), "databases.include: \"[a\" is not a valid glob"),
        (json!({"tables": include}), "tables.include: \"{\" is not a valid glob"),
    ] {
        let failure = target(&snapshot(spec), "ns", &config()).unwrap_err();
        assert_eq!((failure.reason, failure.retry_after), (Reason::InvalidSpec, None));
        assert!(failure.message.contains(want) && !failure.message.contains("secret"), "{}", failure.message);
    }
    let allowed = source(json!({"url": "http://h/mcp", "auth": auth, "allowInsecureAuth": true}));
    assert_eq!(target(&snapshot(allowed), "ns", &config()).unwrap().wanted.len(), 1);
    for (text, want) in [("soon", "as in 30s, 5m or 1h30m"), ("0s", "10s"), ("9999ms", "10s")] {
        let failure = interval(&snapshot(json!({"refresh": {"interval": text}})), &config()).unwrap_err();
        assert_eq!(failure.reason, Reason::InvalidSpec);
        let message = failure.message;
        assert!(message.starts_with("refresh.interval: ") && message.contains(want), "{message}");
    }
}
