//! From a spec to an endpoint.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};

use super::*;
use crate::config::RunArgs;

fn config() -> RunConfig {
    let env = [("MCP_CACHE_TTL", "90"), ("MCP_MAX_RETRIES", "7"), ("MCP_REQUEST_TIMEOUT", "5")];
    RunConfig::resolve(&RunArgs::default(), env.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap()
}

fn snapshot(mut spec: Value) -> SchemaSnapshot {
    if spec.get("databases").is_none() {
        spec["databases"] = json!({"include": ["shop"]});
    }
    SchemaSnapshot::new("orders", serde_json::from_value(spec).unwrap())
}

#[test]
fn the_default_server_is_shared_and_an_inline_one_belongs_to_its_namespace() {
    let default = target(&snapshot(json!({})), "ns", &config()).unwrap();
    let url = "http://tidb-mcp-server:8000/mcp";
    assert_eq!(default.identity, Identity { namespace: None, url: url.to_owned() });
    assert_eq!(default.label, Source::Default);
    let inline = snapshot(json!({"source": {"url": "http://tidb-mcp-server:8000"}}));
    let (one, two) = (target(&inline, "a", &config()).unwrap(), target(&inline, "b", &config()).unwrap());
    assert_eq!(one.identity, Identity { namespace: Some("a".to_owned()), url: url.to_owned() });
    assert_eq!(one.label, Source::Inline);
    assert_ne!(one.identity, two.identity, "nobody is served through another namespace's connection");
    assert_ne!(one.identity, default.identity);
    assert_eq!(target(&snapshot(json!({"source": {}})), "a", &config()).unwrap().identity, default.identity);
    assert_eq!(one.endpoint.url.as_str(), url);
    assert_eq!((one.endpoint.max_retries, one.endpoint.request_timeout), (7, Duration::from_secs(5)));
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
    for (spec, want) in [
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
    for (text, want) in [("soon", "as in 30s, 5m or 1h30m"), ("0s", "10s"), ("9999ms", "10s")] {
        let failure = interval(&snapshot(json!({"refresh": {"interval": text}})), &config()).unwrap_err();
        assert_eq!(failure.reason, Reason::InvalidSpec);
        let message = failure.message;
        assert!(message.starts_with("refresh.interval: ") && message.contains(want), "{message}");
    }
}
