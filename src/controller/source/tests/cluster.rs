//! What a namespace may have of a server that belongs to the platform team.

use std::time::Duration;

use super::*;

fn named(spec: Value) -> Named {
    let mut source = ClusterSchemaSource::new("prod", serde_json::from_value(spec).unwrap());
    (source.metadata.uid, source.metadata.generation) = (Some("u".into()), Some(1));
    Named::There(Arc::new(source))
}

fn prod() -> Named {
    named(json!({
        "url": "https://mcp.db.test:8443/mcp", "dialect": "Dbhub", "requestTimeout": "9s", "maxRetries": 1,
        "secretNamespace": "mcp-schema",
        "auth": {"bearerTokenSecretRef": {"name": "mcp-token", "key": "token"}},
        "access": [
            {"namespaces": ["shop", "team-*"], "databases": ["shop*"]},
            {"namespaces": ["team-a"], "databases": ["bank"], "rows": true},
        ],
    }))
}

fn of(namespace: &str, databases: Value, source: Value, named: &Named) -> Result<Target, Failure> {
    let snapshot = snapshot(json!({"source": source, "databases": {"include": databases}}));
    super::super::target(&snapshot, namespace, &config(), named)
}

fn naming() -> Value {
    json!({"clusterSource": "prod"})
}

#[test]
fn a_source_is_refused_to_whom_it_does_not_allow_in_words_that_say_what_to_do() {
    for (namespace, databases, named, want) in [
        ("shop", json!(["*"]), Named::Unknown, "there is no ClusterSchemaSource \"prod\": create it"),
        ("shop", json!(["*"]), Named::Nothing, "there is no ClusterSchemaSource \"prod\": create it"),
        ("shop", json!(["*"]), Named::Unreadable, "rbac.clusterSources=true"),
        ("bank", json!(["*"]), prod(), "\"prod\" does not allow namespace bank: have it added to its access"),
        ("shop2", json!(["*"]), prod(), "does not allow namespace shop2"),
        ("shop", json!(["bank", "mail"]), prod(), "allows namespace shop none of the databases"),
        ("shop", json!(["*"]), with_access(json!([])), "does not allow namespace shop"),
        (
            "shop",
            json!(["*"]),
            with_access(json!([{"namespaces": ["[a"], "databases": ["*"]}])),
            "\"prod\": access.namespaces: \"[a\" is not",
        ),
    ] {
        let failure = of(namespace, databases, naming(), &named).unwrap_err();
        assert_eq!(failure.reason, Reason::InvalidSpec);
        assert!(failure.message.contains(want), "{}", failure.message);
    }
}

fn with_access(access: Value) -> Named {
    named(json!({"url": "https://mcp.db.test/mcp", "access": access}))
}

#[test]
fn an_allowed_namespace_gets_the_server_its_credential_and_no_other_databases() {
    let target = of("team-a", json!(["*"]), naming(), &prod()).unwrap();
    let names = ["shop", "shop_eu", "bank", "mail", "mysql"];
    assert_eq!(names.map(|name| target.selection.database(name, false)), [true, true, true, false, false]);
    assert_eq!(names.map(|name| target.rows.of(name, false)), [false, false, true, false, false]);
    assert_eq!((&target.label, target.secret_namespace.as_str()), (&Source::Cluster("prod".into()), "mcp-schema"));
    assert_eq!(target.wanted[0].field, "ClusterSchemaSource \"prod\": auth.bearerTokenSecretRef");
    let endpoint = target.endpoint;
    assert_eq!((endpoint.url.as_str(), endpoint.guard), ("https://mcp.db.test:8443/mcp", None));
    assert_eq!((endpoint.dialect, endpoint.request_timeout), (Some(Dialect::Dbhub), Duration::from_secs(9)));
    // What it names and what it may have: both count.
    let target = of("shop", json!(["*_eu", "bank"]), naming(), &prod()).unwrap();
    assert_eq!(names.map(|name| target.selection.database(name, false)), [false, true, false, false, false]);
}

#[test]
fn everybody_who_may_use_it_shares_it_and_nobody_else_does() {
    let identity = |namespace: &str, source: Value| of(namespace, json!(["*"]), source, &prod()).unwrap().identity;
    assert_eq!(identity("shop", naming()), identity("team-b", naming()));
    let inline =
        json!({"url": "https://mcp.db.test:8443/mcp", "dialect": "Dbhub", "requestTimeout": "9s", "maxRetries": 1});
    assert_ne!(identity("shop", naming()).owner, identity("shop", inline).owner);
    // A namespace cannot take the place of a ClusterSchemaSource by its name.
    assert_ne!(Owner::Namespace("prod".into()), Owner::ClusterSource("prod".into()));
    // Access is no part of how the server is reached.
    let other = |access: Value| {
        let named = named(json!({"url": "https://mcp.db.test/mcp", "access": access}));
        of("shop", json!(["*"]), naming(), &named).unwrap().identity
    };
    let all = json!([{"namespaces": ["*"], "databases": ["*"]}]);
    assert_eq!(other(all), other(json!([{"namespaces": ["shop"], "databases": ["shop"]}])));
}

#[test]
fn patience_is_the_snapshots_the_sources_or_the_operators_in_this_order() {
    let own = json!({"clusterSource": "prod", "requestTimeout": "2s", "retryDelay": "3s"});
    let endpoint = of("shop", json!(["*"]), own.clone(), &prod()).unwrap().endpoint;
    assert_eq!((endpoint.request_timeout, endpoint.max_retries), (Duration::from_secs(2), 1));
    assert_eq!(endpoint.connect_timeout, config().connection_timeout);
    let patient = named(json!({"url": "https://h/mcp", "retryDelay": "7s", "access": []}));
    for (source, named, want) in
        [(own, &patient, 3), (naming(), &patient, 7), (naming(), &prod(), 1), (naming(), &Named::Unknown, 1)]
    {
        assert_eq!(retry_delay(&snapshot(json!({"source": source})), &config(), named), Duration::from_secs(want));
    }
}

#[test]
fn what_is_wrong_with_the_source_itself_is_said_of_it() {
    let everybody = json!([{"namespaces": ["*"], "databases": ["*"]}]);
    for (mut spec, want) in [
        (json!({"url": "ftp://h"}), "ClusterSchemaSource \"prod\": the MCP server's URL must begin with"),
        (json!({}), "ClusterSchemaSource \"prod\": the MCP server's URL is not absolute"),
        (json!({"url": "https://h", "connectTimeout": "soon"}), "ClusterSchemaSource \"prod\": connectTimeout: "),
        (json!({"url": "https://h", "auth": {}}), "ClusterSchemaSource \"prod\": auth.bearerTokenSecretRef is missing"),
        (
            json!({"url": "https://h", "auth": {"bearerTokenSecretRef": {"name": "a", "key": "b"}}}),
            "ClusterSchemaSource \"prod\": secretNamespace is missing",
        ),
        (
            json!({"url": "http://h", "secretNamespace": "a", "auth": {"bearerTokenSecretRef": {"name": "a", "key": "b"}}}),
            "ClusterSchemaSource \"prod\": a credential is sent over https only",
        ),
    ] {
        spec["access"] = everybody.clone();
        let failure = of("shop", json!(["*"]), naming(), &named(spec)).unwrap_err();
        assert_eq!(failure.reason, Reason::InvalidSpec);
        assert!(failure.message.starts_with(want), "{}", failure.message);
    }
    let both = json!({"clusterSource": "prod", "url": "http://mcp.db.svc/mcp"});
    assert!(of("shop", json!(["*"]), both, &prod()).unwrap_err().message.contains("not both"));
}

#[test]
fn the_default_server_is_for_whom_its_flag_says_and_brings_its_files() {
    let access =
        r#"[{"namespaces":["shop"],"databases":["shop*"]},{"namespaces":["audit"],"databases":["*"],"rows":true}]"#;
    let env = [
        ("MCP_SCHEMA_DEFAULT_SOURCE_ACCESS", access),
        ("TIDB_MCP_SERVER_URL", "https://mcp"),
        ("MCP_TOKEN_FILE", "/etc/mcp/token"),
        ("MCP_CA_FILE", "/etc/mcp/ca.crt"),
    ];
    let config = RunConfig::resolve(&RunArgs::default(), env.map(|(k, v)| (k.to_owned(), v.to_owned()))).unwrap();
    let of = |namespace: &str, databases: Value| {
        target(&snapshot(json!({"databases": {"include": databases}})), namespace, &config)
    };
    let target = of("shop", json!(["*"])).unwrap();
    assert!(target.selection.database("shop_eu", false) && !target.selection.database("bank", false));
    assert!(!target.rows.of("shop", false) && of("audit", json!(["*"])).unwrap().rows.of("shop", false));
    let files: Vec<String> = target.wanted.iter().map(|one| format!("{} {}", one.field, one.reference)).collect();
    assert_eq!(files, ["--token-file File \"/etc/mcp/token\"", "--ca-file File \"/etc/mcp/ca.crt\""]);
    for (namespace, databases, want) in [
        (
            "bank",
            json!(["*"]),
            "default server does not allow namespace bank: have it added to --default-source-access",
        ),
        ("shop", json!(["bank"]), "default server allows namespace shop none of the databases"),
    ] {
        let failure = of(namespace, databases).unwrap_err();
        assert_eq!(failure.reason, Reason::InvalidSpec);
        assert!(failure.message.contains(want), "{}", failure.message);
    }
}

#[test]
fn a_source_that_comes_goes_or_changes_is_another_version() {
    let mut changed = prod();
    if let Named::There(source) = &mut changed {
        Arc::make_mut(source).metadata.generation = Some(2);
    }
    let all = [Named::Nothing, Named::Unknown, Named::Unreadable, prod(), changed].map(|named| named.version());
    for (at, one) in all.iter().enumerate() {
        assert!(all[at + 1..].iter().all(|other| other != one), "{one}");
    }
}
