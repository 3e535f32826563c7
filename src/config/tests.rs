//! Tests of `config`, beside it so that the table stays readable.
#![expect(clippy::unwrap_used, reason = "tests")]

use clap::{Args, Command, FromArgMatches};

use super::default_server::DefaultServer;
use super::switches::Switches;
use super::*;

fn resolve(flags: &[&str], env: &[(&str, &str)]) -> Result<RunConfig, ConfigError> {
    let matches = RunArgs::augment_args(Command::new("run").no_binary_name(true)).get_matches_from(flags);
    let args = RunArgs::from_arg_matches(&matches).unwrap();
    RunConfig::resolve(&args, env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn the_defaults_are_those_of_the_system_it_replaces() {
    let config = resolve(&[], &[("HOME", "/root")]).unwrap();
    assert_eq!(config.server_url.as_str(), "http://tidb-mcp-server:8000/");
    assert_eq!(config.connection_timeout, Duration::from_secs(30));
    assert_eq!(config.request_timeout, Duration::from_secs(60));
    assert_eq!(config.max_retries, 3);
    assert_eq!(config.retry_delay, Duration::from_secs(1));
    assert_eq!(config.cache_ttl, Duration::from_secs(300));
    assert_eq!(config.http_bind.to_string(), "0.0.0.0:8080");
    assert_eq!((config.concurrency, config.jitter_percent), (16, 10));
    assert_eq!(config.discovery_timeout, Duration::from_secs(300));
    assert_eq!(config.full_every, Duration::from_secs(86_400));
    assert_eq!((config.log_format, config.log_level.as_str()), (LogFormat::Text, "info"));
    assert_eq!(config.scope, scope::Scope::default());
    let cache = config.cache;
    assert!(cache.enabled && cache.fallback && cache.budget == 64 << 20);
    assert_eq!([cache.max_staleness, cache.breaker_period].map(|time| time.as_secs()), [86_400, 30]);
    assert_eq!(config.switches, Switches::default());
    assert_eq!(config.network.allowed_hosts, ["*.svc", "*.svc.cluster.local", "tidb-mcp-server"]);
    assert_eq!((config.network.allowed_addresses.len(), config.network.api_server.len()), (0, 0));
    let everybody =
        default_server::AccessRule { namespaces: vec!["*".into()], databases: vec!["*".into()], rows: false };
    assert_eq!(config.default_server, DefaultServer { access: vec![everybody], ..DefaultServer::default() });
    let election = config.leader;
    assert!(!election.enabled && election.lease_name.is_empty() && election.namespace.is_empty());
    let seconds = [election.duration, election.renew_deadline, election.retry].map(|time| time.as_secs());
    assert_eq!(seconds, [10, 7, 2]);
}

#[test]
fn a_switch_may_stand_alone() {
    for (flags, want) in [
        (&["--leader-elect"][..], true),
        (&["--leader-elect=true"], true),
        (&["--leader-elect=false"], false),
        (&["--leader-elect", "--jitter", "5"], true),
    ] {
        assert_eq!(resolve(flags, &[]).unwrap().leader.enabled, want, "{flags:?}");
    }
}

#[test]
fn each_switch_of_rows_is_set_by_its_own_flag_and_name() {
    let own = Switches::default();
    for (flag, env, want) in [
        ("--strict-mode", "SCHEMA_STRICT_MODE", Switches { strict_mode: true, ..own }),
        ("--validate-types", "SCHEMA_VALIDATE_TYPES", Switches { validate_types: false, ..own }),
        ("--validate-constraints", "SCHEMA_VALIDATE_CONSTRAINTS", Switches { validate_constraints: false, ..own }),
        (
            "--validate-relationships",
            "SCHEMA_VALIDATE_RELATIONSHIPS",
            Switches { validate_relationships: false, ..own },
        ),
        ("--allow-unknown-columns", "SCHEMA_ALLOW_UNKNOWN_COLUMNS", Switches { allow_unknown_columns: true, ..own }),
    ] {
        let turned = (want.strict_mode || want.allow_unknown_columns).to_string();
        let [given, against] = [turned.clone(), (turned != "true").to_string()].map(|value| format!("{flag}={value}"));
        assert_eq!(resolve(&[&given], &[]).unwrap().switches, want, "{given}");
        assert_eq!(resolve(&[], &[(env, &turned)]).unwrap().switches, want, "{env}");
        assert_eq!(resolve(&[&against], &[(env, &turned)]).unwrap().switches, own, "{against} wins over {env}");
        let alone = |value: &str| Switches::from_environment(&BTreeMap::from([(env.to_owned(), value.to_owned())]));
        assert_eq!((alone(&turned).unwrap(), alone("").unwrap()), (want, own), "{env}");
        assert_eq!(alone("2").unwrap_err().env, env);
        assert!(Switches::environment().contains(&env));
    }
}

#[test]
fn times_of_an_election_that_do_not_fit_together_are_refused() {
    for (flags, refused) in [
        (&["--lease-duration", "3s"][..], Some("--lease-duration")),
        (&["--lease-duration", "3s", "--renew-deadline", "2s"], Some("--renew-deadline")),
        (&["--lease-duration", "3s", "--renew-deadline", "2s", "--lease-retry", "500ms"], None),
        (&["--lease-duration", "3s", "--renew-deadline", "2501ms", "--lease-retry", "500ms"], Some("--lease-duration")),
        (&["--renew-deadline", "10s"], Some("--lease-duration")),
        (&["--lease-retry", "3s"], Some("--renew-deadline")),
    ] {
        let error = resolve(flags, &[]).err().map(|error| error.to_string());
        let good = match (&error, refused) {
            (None, None) => true,
            (Some(error), Some(name)) => error.starts_with(name),
            _ => false,
        };
        assert!(good, "{flags:?}: {error:?}");
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_an_empty_value_counts_as_left_out() {
    for (flags, env, want) in [
        (&["--cache-ttl", "20s"][..], &[("MCP_CACHE_TTL", "30")][..], 20),
        (&[], &[("MCP_CACHE_TTL", "30")], 30),
        (&[], &[("MCP_CACHE_TTL", " 30.0 ")], 30),
        (&[], &[("MCP_CACHE_TTL", "1h30m")], 5400),
        (&[], &[("MCP_CACHE_TTL", "")], 300),
    ] {
        assert_eq!(resolve(flags, env).unwrap().cache_ttl, Duration::from_secs(want), "{flags:?} {env:?}");
    }
}

#[test]
fn the_ends_of_each_range_are_allowed() {
    for (name, low, high) in [
        ("MCP_CONNECTION_TIMEOUT", "0.1", "10m"),
        ("MCP_REQUEST_TIMEOUT", "100ms", "1h"),
        ("MCP_MAX_RETRIES", "0", "10"),
        ("MCP_RETRY_DELAY", "0.01", "5m"),
        ("MCP_CACHE_TTL", "10", "720h"),
        ("MCP_SCHEMA_HTTP_BIND", "127.0.0.1:0", "[::]:65535"),
        ("MCP_SCHEMA_CONCURRENCY", "1", "256"),
        ("MCP_SCHEMA_JITTER", "0", "50"),
        ("MCP_SCHEMA_DISCOVERY_TIMEOUT", "1", "1h"),
        ("MCP_SCHEMA_FULL_EVERY", "1m", "720h"),
        ("MCP_SCHEMA_LOG_FORMAT", "text", "json"),
        ("MCP_SCHEMA_LOG_LEVEL", "error", "trace"),
        ("MCP_SCHEMA_PER_OBJECT_METRICS", "off", "on"),
        ("MCP_SCHEMA_NAMESPACES", "own", "shop,billing"),
        ("MCP_SCHEMA_INSTANCE", "red", "a-1"),
        ("MCP_SCHEMA_SELECTOR", "team", "team=shop,tier notin (test)"),
        ("MCP_SCHEMA_LEADER_ELECT", "false", "true"),
        ("MCP_SCHEMA_LEASE_NAME", "a", "schema-operator"),
        ("POD_NAMESPACE", "a", "mcp-schema"),
        ("MCP_ENABLE_CACHING", "false", "true"),
        ("MCP_FALLBACK_ENABLED", "false", "true"),
        ("SCHEMA_STRICT_MODE", "false", "true"),
        ("SCHEMA_VALIDATE_TYPES", "false", "true"),
        ("SCHEMA_VALIDATE_CONSTRAINTS", "false", "true"),
        ("SCHEMA_VALIDATE_RELATIONSHIPS", "false", "true"),
        ("SCHEMA_ALLOW_UNKNOWN_COLUMNS", "false", "true"),
        ("MCP_SCHEMA_MAX_STALENESS", "10s", "8760h"),
        ("MCP_SCHEMA_CACHE_BUDGET", "1", "4096"),
        ("MCP_SCHEMA_BREAKER_PERIOD", "1s", "10m"),
        ("MCP_SCHEMA_LEASE_DURATION", "7500ms", "5m"),
        ("MCP_SCHEMA_RENEW_DEADLINE", "6s", "9500ms"),
        ("MCP_SCHEMA_LEASE_RETRY", "100ms", "2333ms"),
        ("TIDB_MCP_SERVER_URL", "http://a", "https://[::1]:8443/mcp?tenant=x"),
        ("MCP_ALLOW_INSECURE_AUTH", "false", "true"),
        ("MCP_SCHEMA_DEFAULT_SOURCE_ACCESS", "[]", r#"[{"namespaces":["shop"],"databases":["shop*"],"rows":true}]"#),
        ("MCP_SCHEMA_ALLOWED_HOSTS", "*", "*.svc, MCP.example.com.,10.0.0.1,::1"),
        ("MCP_SCHEMA_ALLOWED_ADDRESSES", "127.0.0.0/8", "10.0.0.1, fd00::/8"),
    ] {
        for value in [low, high] {
            assert!(resolve(&[], &[(name, value)]).is_ok(), "{name}={value}");
        }
    }
}

#[test]
fn a_bad_value_is_refused_in_one_sentence_that_says_what_is_allowed() {
    for (name, value) in [
        ("MCP_CONNECTION_TIMEOUT", "0"),
        ("MCP_CONNECTION_TIMEOUT", "11m"),
        ("MCP_REQUEST_TIMEOUT", "soon"),
        ("MCP_MAX_RETRIES", "11"),
        ("MCP_MAX_RETRIES", "-1"),
        ("MCP_ENABLE_CACHING", "yes"),
        ("MCP_SCHEMA_PER_OBJECT_METRICS", "false"),
        ("MCP_FALLBACK_ENABLED", "1"),
        ("SCHEMA_STRICT_MODE", "yes"),
        ("SCHEMA_VALIDATE_TYPES", "0"),
        ("SCHEMA_VALIDATE_CONSTRAINTS", "True"),
        ("SCHEMA_VALIDATE_RELATIONSHIPS", "off"),
        ("SCHEMA_ALLOW_UNKNOWN_COLUMNS", "no"),
        ("MCP_SCHEMA_MAX_STALENESS", "9s"),
        ("MCP_SCHEMA_CACHE_BUDGET", "0"),
        ("MCP_SCHEMA_CACHE_BUDGET", "1.5"),
        ("MCP_SCHEMA_BREAKER_PERIOD", "11m"),
        ("MCP_MAX_RETRIES", "3.0"),
        ("MCP_RETRY_DELAY", "0"),
        ("MCP_CACHE_TTL", "9.99"),
        ("MCP_CACHE_TTL", "NaN"),
        ("MCP_SCHEMA_HTTP_BIND", "localhost"),
        ("MCP_SCHEMA_CONCURRENCY", "0"),
        ("MCP_SCHEMA_CONCURRENCY", "257"),
        ("MCP_SCHEMA_JITTER", "51"),
        ("MCP_SCHEMA_DISCOVERY_TIMEOUT", "999ms"),
        ("MCP_SCHEMA_FULL_EVERY", "2d"),
        ("MCP_SCHEMA_LOG_FORMAT", "xml"),
        ("MCP_SCHEMA_LOG_LEVEL", "info,kube=trace"),
        ("MCP_SCHEMA_NAMESPACES", "all,shop"),
        ("MCP_SCHEMA_NAMESPACES", "*"),
        ("MCP_SCHEMA_INSTANCE", "Red"),
        ("MCP_SCHEMA_SELECTOR", "a in b"),
        ("MCP_SCHEMA_LEADER_ELECT", "yes"),
        ("MCP_SCHEMA_LEASE_NAME", "a.b"),
        ("POD_NAMESPACE", "A"),
        ("MCP_SCHEMA_LEASE_DURATION", "2s"),
        ("MCP_SCHEMA_RENEW_DEADLINE", "500ms"),
        ("MCP_SCHEMA_LEASE_RETRY", "10ms"),
        ("TIDB_MCP_SERVER_URL", "ftp://a"),
        ("TIDB_MCP_SERVER_URL", "tidb-mcp-server:8000"),
        ("TIDB_MCP_SERVER_URL", "http://a#b"),
        ("MCP_TOKEN_FILE", "/etc/mcp/token"),
        ("MCP_CA_FILE", "/etc/mcp/ca.crt"),
        ("MCP_ALLOW_INSECURE_AUTH", "1"),
        ("MCP_SCHEMA_DEFAULT_SOURCE_ACCESS", "*"),
        ("MCP_SCHEMA_ALLOWED_HOSTS", "http://a"),
        ("MCP_SCHEMA_ALLOWED_HOSTS", "a,,b"),
        ("MCP_SCHEMA_ALLOWED_ADDRESSES", "10.0.0.0/33"),
        ("MCP_SCHEMA_ALLOWED_ADDRESSES", "localhost"),
    ] {
        let setting = SETTINGS.iter().find(|s| s.env == name).unwrap();
        let want = format!("--{} ({name}) is {value:?}: it must be {}", setting.flag, setting.allowed);
        assert_eq!(resolve(&[], &[(name, value)]).unwrap_err().to_string(), want);
    }
}

#[test]
fn hosts_of_ones_own_replace_all_of_the_default_ones() {
    let hosts = |flags: &[&str]| resolve(flags, &[]).unwrap().network.allowed_hosts;
    assert_eq!(hosts(&["--server-url", "http://MCP.test./"]), ["*.svc", "*.svc.cluster.local", "mcp.test"]);
    assert_eq!(hosts(&["--server-url", "http://mcp.test/", "--allowed-hosts", "*.Svc"]), ["*.svc"]);
    assert_eq!(hosts(&["--allowed-hosts="]), Vec::<String>::new());
}

#[test]
fn the_api_server_of_a_pod_is_taken_from_its_environment() {
    for (host, want) in [("10.96.0.1", 1), ("fd00::1", 1), ("kubernetes.default", 0), ("", 0)] {
        let found = resolve(&[], &[("KUBERNETES_SERVICE_HOST", host)]).unwrap().network.api_server;
        assert_eq!(found.len(), want, "{host}");
    }
}

#[test]
fn the_token_of_the_default_server_travels_in_clear_text_only_when_it_is_said() {
    for (flags, good) in [
        (&["--server-url", "https://a", "--token-file", "t", "--ca-file", "c"][..], true),
        (&["--server-url", "http://a", "--token-file", "t"], false),
        (&["--server-url", "http://a", "--token-file", "t", "--allow-insecure-auth"], true),
        (&["--server-url", "http://127.0.0.1:1", "--token-file", "t"], true),
        (&["--server-url", "http://a", "--ca-file", "c"], false),
    ] {
        assert_eq!(resolve(flags, &[]).is_ok(), good, "{flags:?}");
    }
}

#[test]
fn a_password_in_the_server_url_is_not_repeated() {
    let error = resolve(&["--server-url", "http://root:secret@a/mcp"], &[]).unwrap_err().to_string();
    assert!(!error.contains("secret") && error.contains("without user name"), "{error}");
}

#[test]
fn every_flag_is_in_the_table_and_in_the_help() {
    let help = RunArgs::augment_args(Command::new("run")).render_long_help().to_string();
    let table = flags_markdown();
    assert_eq!(table.lines().count(), SETTINGS.len() + 2);
    for s in &SETTINGS {
        for text in [s.env, s.default, s.flag] {
            assert!(help.contains(text) && table.contains(text), "{text}");
        }
    }
}
