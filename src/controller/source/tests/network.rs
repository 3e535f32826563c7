//! Where the URL of a snapshot may point, as far as that can be told before a name is resolved.

use super::*;

fn inline(url: &str, flags: &[(&str, &str)]) -> Result<Target, Failure> {
    let env = flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = RunConfig::resolve(&RunArgs::default(), env).unwrap();
    target(&snapshot(json!({"source": {"url": url}})), "shop", &config)
}

const HOSTS: &str = "MCP_SCHEMA_ALLOWED_HOSTS";
const NETWORKS: &str = "MCP_SCHEMA_ALLOWED_ADDRESSES";

#[test]
fn a_host_that_is_not_allowed_is_refused_with_its_name_and_the_flag() {
    for (url, flags, allowed) in [
        ("http://mcp.db.svc:8000/mcp", &[][..], true),
        ("http://mcp.db.svc.cluster.local/mcp", &[], true),
        ("http://MCP.DB.SVC./mcp", &[], true),
        ("http://tidb-mcp-server:9000/other", &[], true),
        ("http://tidb-mcp-server.evil.test/mcp", &[], false),
        ("http://mcp.example.com/mcp", &[], false),
        ("http://db.svc.example.com/mcp", &[], false),
        ("http://svc/mcp", &[], false),
        ("http://10.0.0.1/mcp", &[], false),
        ("http://mcp.db.svc/mcp", &[(HOSTS, "*.example.com")], false),
        ("http://mcp.example.com/mcp", &[(HOSTS, "*.example.com")], true),
        ("http://example.com/mcp", &[(HOSTS, "*.example.com")], false),
        ("http://10.0.0.1/mcp", &[(HOSTS, "10.0.0.*")], true),
        ("http://[fd00::1]/mcp", &[(HOSTS, "fd00::1")], true),
    ] {
        match inline(url, flags) {
            Ok(target) => assert!(allowed && target.endpoint.guard.is_some(), "{url} {flags:?}"),
            Err(failure) => {
                assert!(!allowed, "{url} {flags:?}: {}", failure.message);
                assert_eq!(failure.reason, Reason::AddressRefused);
                let host = host_of(&url.parse().unwrap()).unwrap();
                assert!(failure.message.contains(&format!("the host {host},")), "{}", failure.message);
                assert!(failure.message.contains("--allowed-hosts"), "{}", failure.message);
            }
        }
    }
}

#[test]
fn an_allowed_host_that_is_a_forbidden_address_is_refused_with_the_other_flag() {
    for (url, networks, why) in [
        ("http://127.0.0.1:8000/mcp", "", Some("a loopback address")),
        ("http://2130706433/mcp", "", Some("a loopback address")),
        ("http://[::ffff:127.0.0.1]/mcp", "", Some("a loopback address")),
        ("http://169.254.169.254/mcp", "127.0.0.0/8", Some("the cloud's metadata service")),
        ("http://10.96.0.1/mcp", "", Some("the Kubernetes API server")),
        ("http://127.0.0.1:8000/mcp", "127.0.0.0/8", None),
        ("http://10.96.0.2/mcp", "", None),
    ] {
        let flags = [(HOSTS, "*"), (NETWORKS, networks), ("KUBERNETES_SERVICE_HOST", "10.96.0.1")];
        let failure = inline(url, &flags).err();
        let told = failure.as_ref().map(|failure| (failure.reason, failure.message.as_str()));
        match (told, why) {
            (None, None) => {}
            (Some((Reason::AddressRefused, text)), Some(why)) => {
                assert!(text.contains(why) && text.contains("--allowed-addresses"), "{text}");
            }
            other => unreachable!("{url}: {other:?}"),
        }
    }
}

#[test]
fn the_servers_of_the_platform_team_may_be_anywhere() {
    let env = [("TIDB_MCP_SERVER_URL", "http://127.0.0.1:8000"), (HOSTS, "*.svc")];
    let config = RunConfig::resolve(&RunArgs::default(), env.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap();
    let default = target(&snapshot(json!({})), "shop", &config).unwrap();
    assert_eq!((default.endpoint.url.as_str(), default.endpoint.guard), ("http://127.0.0.1:8000/", None));
}

#[test]
fn globs_that_are_none_are_found_at_start() {
    for (name, value, good) in [
        (HOSTS, "*.svc", true),
        (HOSTS, "[a", false),
        ("MCP_SCHEMA_DEFAULT_SOURCE_ACCESS", r#"[{"namespaces":["[a"],"databases":["b"]}]"#, false),
        ("MCP_SCHEMA_DEFAULT_SOURCE_ACCESS", "[]", true),
    ] {
        let config = RunConfig::resolve(&RunArgs::default(), [(name.to_owned(), value.to_owned())]).unwrap();
        let checked = check(&config).map_err(|error| error.to_string());
        assert_eq!(checked.is_ok(), good, "{name}={value}: {checked:?}");
        assert!(checked.err().is_none_or(|text| text.starts_with("--")));
    }
}
