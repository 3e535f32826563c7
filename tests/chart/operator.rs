//! What runs: the Deployment, its Service and its ServiceAccount.

use std::time::Duration;

use clap::Parser;
use mcp_schema_operator::cli::{Cli, Command};
use mcp_schema_operator::config::cache::Cache;
use mcp_schema_operator::config::default_server::{AccessRule, DefaultServer};
use mcp_schema_operator::config::leader::Election;
use mcp_schema_operator::config::network::Network;
use mcp_schema_operator::config::scope::{Namespaces, Scope};
use mcp_schema_operator::config::switches::Switches;
use mcp_schema_operator::config::{RunArgs, RunConfig};
use mcp_schema_operator::telemetry::LogFormat;
use serde_json::{Value, json};

use crate::helm;

const NAME: &str = "rel-mcp-schema-operator";

/// The Deployment with these values.
fn deployment(values: &Value) -> Value {
    helm::find(&helm::render(values), "Deployment", NAME).clone()
}

/// The only container of a Deployment.
fn container(deployment: &Value) -> &Value {
    let containers = deployment["spec"]["template"]["spec"]["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    &containers[0]
}

/// What the operator makes of the arguments and the environment of its container.
fn config(container: &Value) -> RunConfig {
    let args = container["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap());
    let Command::Run(args) = Cli::try_parse_from(std::iter::once("operator").chain(args)).unwrap().command else {
        panic!("the pod does not run the operator: {container}");
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let env = container["env"].as_array().unwrap().iter().map(|pair| (text(&pair["name"]), text(&pair["value"])));
    RunConfig::resolve(&args, env).unwrap()
}

#[test]
fn the_charts_defaults_are_the_operators_except_for_json_logs_and_the_election() {
    let own = RunConfig::resolve(&RunArgs::default(), []).unwrap();
    assert_eq!(config(container(&deployment(&json!({})))), own_with_election(own));
}

/// The operator's defaults but for what only makes sense in a cluster.
fn own_with_election(own: RunConfig) -> RunConfig {
    RunConfig { log_format: LogFormat::Json, leader: Election { enabled: true, ..own.leader.clone() }, ..own }
}

#[test]
fn every_setting_arrives_at_the_operator_as_written() {
    let values = json!({
        "serverUrl": "https://mcp.db.svc:8443/mcp", "connectionTimeout": "5s", "requestTimeout": "1m30s", "maxRetries": 0,
        "retryDelay": "250ms", "cacheTtl": "10m", "concurrency": 256, "jitter": 50, "discoveryTimeout": "20m",
        "enableCaching": false, "cacheBudget": 7, "fallbackEnabled": false, "maxStaleness": "3h", "breakerPeriod": "9s",
        "strictMode": true, "validateTypes": false, "validateConstraints": false, "validateRelationships": false,
        "allowUnknownColumns": true, "perObjectMetrics": false,
        "fullEvery": "6h", "logFormat": "text", "logLevel": "debug",
        "serverToken": {"secretName": "mcp-token", "key": "tok"}, "serverCa": {"secretName": "corp-ca", "key": "bundle"},
        "defaultSourceAccess": [{"namespaces": ["shop", "team-*"], "databases": ["\"<&>*"], "rows": true}],
        "allowedHosts": ["*.example.com", "fd00::1"], "allowedAddresses": ["10.0.0.0/8", "::1"],
        "namespaces": ["shop", "billing"], "instance": "red", "selector": "team in (a, b)", "replicas": 1,
        "leaderElection": {
            "enabled": false, "leaseName": "l", "leaseDuration": "20s", "renewDeadline": "9s", "retryPeriod": "3s",
        },
    });
    let want = RunConfig {
        server_url: "https://mcp.db.svc:8443/mcp".parse().unwrap(),
        connection_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(90),
        max_retries: 0,
        retry_delay: Duration::from_millis(250),
        cache_ttl: Duration::from_secs(600),
        http_bind: "0.0.0.0:8080".parse().unwrap(),
        concurrency: 256,
        jitter_percent: 50,
        discovery_timeout: Duration::from_secs(1200),
        full_every: Duration::from_secs(6 * 3600),
        log_format: LogFormat::Text,
        log_level: "debug".to_owned(),
        per_object_metrics: false,
        default_server: DefaultServer {
            token_file: Some("/etc/mcp-schema/token".into()),
            ca_file: Some("/etc/mcp-schema/ca.crt".into()),
            access: vec![AccessRule {
                namespaces: vec!["shop".into(), "team-*".into()],
                databases: vec!["\"<&>*".into()],
                rows: true,
            }],
        },
        network: Network {
            allowed_hosts: vec!["*.example.com".into(), "fd00::1".into()],
            allowed_addresses: vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
            api_server: Vec::new(),
        },
        scope: Scope {
            namespaces: Namespaces::List(vec!["billing".into(), "shop".into()]),
            instance: "red".to_owned(),
            selector: "team in (a, b)".to_owned(),
        },
        leader: Election {
            enabled: false,
            lease_name: "l".to_owned(),
            namespace: String::new(),
            duration: Duration::from_secs(20),
            renew_deadline: Duration::from_secs(9),
            retry: Duration::from_secs(3),
        },
        cache: Cache {
            enabled: false,
            budget: 7 << 20,
            fallback: false,
            max_staleness: Duration::from_secs(3 * 3600),
            breaker_period: Duration::from_secs(9),
        },
        switches: Switches {
            strict_mode: true,
            validate_types: false,
            validate_constraints: false,
            validate_relationships: false,
            allow_unknown_columns: true,
        },
    };
    assert_eq!(config(container(&deployment(&values))), want);
}

#[test]
fn the_credential_of_the_default_server_is_mounted_where_the_flags_look_for_it() {
    let secret = |name: &str, key: &str| json!({"secretName": name, "key": key});
    let source =
        |name: &str, key: &str, path: &str| json!({"secret": {"name": name, "items": [{"key": key, "path": path}]}});
    let (token, ca) = (source("mcp-token", "tok", "token"), source("corp-ca", "bundle", "ca.crt"));
    for (values, want) in [
        (json!({"serverToken": secret("mcp-token", "tok")}), vec![&token]),
        (json!({"serverCa": secret("corp-ca", "bundle")}), vec![&ca]),
        (
            json!({"serverToken": secret("mcp-token", "tok"), "serverCa": secret("corp-ca", "bundle")}),
            vec![&token, &ca],
        ),
    ] {
        let deployment = deployment(&values);
        let volumes = &deployment["spec"]["template"]["spec"]["volumes"];
        assert_eq!(*volumes, json!([{"name": "default-server", "projected": {"sources": want}}]));
        let mounts = json!([{"name": "default-server", "mountPath": "/etc/mcp-schema", "readOnly": true}]);
        assert_eq!(container(&deployment)["volumeMounts"], mounts);
    }
    let none = deployment(&json!({}));
    assert_eq!(
        (&none["spec"]["template"]["spec"]["volumes"], &container(&none)["volumeMounts"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn nobody_and_nothing_can_be_said_with_empty_lists() {
    let values = json!({"defaultSourceAccess": [], "allowedHosts": [], "allowedAddresses": []});
    let config = config(&container(&deployment(&values)).clone());
    assert_eq!(config.default_server.access, []);
    assert_eq!(config.network, Network::default());
}

#[test]
fn the_pod_gets_its_name_and_nothing_from_the_services_around_it() {
    let deployment = deployment(&json!({}));
    let name = json!({"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}});
    let namespace = json!({"name": "POD_NAMESPACE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}});
    let env = container(&deployment)["env"].as_array().unwrap();
    assert!(env.contains(&name) && env.contains(&namespace));
    assert_eq!(deployment["spec"]["template"]["spec"]["enableServiceLinks"], false);
}

#[test]
fn a_digest_wins_over_a_tag_and_a_tag_over_the_version() {
    let digest = format!("sha256:{}", "0a".repeat(32));
    let version = env!("CARGO_PKG_VERSION");
    let cases = [
        (json!({}), format!("mcp-schema-operator:{version}")),
        (json!({"repository": "reg.test:5000/a/b"}), format!("reg.test:5000/a/b:{version}")),
        (json!({"tag": "1"}), "mcp-schema-operator:1".to_owned()),
        (json!({"tag": "1", "digest": digest}), format!("mcp-schema-operator@{digest}")),
    ];
    for (image, want) in cases {
        assert_eq!(container(&deployment(&json!({"image": image})))["image"], want);
    }
}

#[test]
fn the_pod_passes_the_restricted_pod_security_standard() {
    let deployment = deployment(&json!({}));
    let pod = &deployment["spec"]["template"]["spec"];
    assert_eq!(
        pod["securityContext"],
        json!({"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}})
    );
    assert_eq!(
        container(&deployment)["securityContext"],
        json!({"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": {"drop": ["ALL"]}})
    );
    for host in ["hostNetwork", "hostPID", "hostIPC", "volumes", "initContainers"] {
        assert_eq!(pod[host], Value::Null, "{host}");
    }
}

#[test]
fn two_replicas_elect_a_leader_and_one_without_an_election_never_meets_another() {
    let spec = &deployment(&json!({}))["spec"];
    let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}});
    assert_eq!((&spec["replicas"], &spec["strategy"]), (&json!(2), &rolling));
    let alone = json!({"replicas": 1, "leaderElection": {"enabled": false}});
    let spec = &deployment(&alone)["spec"];
    assert_eq!((&spec["replicas"], &spec["strategy"]), (&json!(1), &json!({"type": "Recreate"})));
    let said = helm::template(&helm::chart(), &json!({"leaderElection": {"enabled": false}})).unwrap_err();
    assert!(said.contains("more than one needs leaderElection.enabled=true"), "{said}");
}

#[test]
fn replicas_prefer_different_nodes_and_a_drain_takes_one_at_a_time() {
    let objects = helm::render(&json!({}));
    let deployment = helm::find(&objects, "Deployment", NAME);
    let own = &deployment["spec"]["selector"]["matchLabels"];
    let affinity = &deployment["spec"]["template"]["spec"]["affinity"]["podAntiAffinity"];
    let term = &affinity["preferredDuringSchedulingIgnoredDuringExecution"][0]["podAffinityTerm"];
    assert_eq!(term["topologyKey"], "kubernetes.io/hostname");
    assert_eq!(&term["labelSelector"]["matchLabels"], own);
    let budget = &helm::find(&objects, "PodDisruptionBudget", NAME)["spec"];
    assert_eq!((&budget["maxUnavailable"], &budget["selector"]["matchLabels"]), (&json!(1), own));
    for values in [json!({"replicas": 1}), json!({"podDisruptionBudget": {"enabled": false}})] {
        let objects = helm::render(&values);
        assert!(objects.iter().all(|o| o["kind"] != "PodDisruptionBudget"), "{values}");
    }
    let own = deployment_affinity(&json!({"affinity": {"nodeAffinity": {"a": 1}}}));
    assert_eq!(own, json!({"nodeAffinity": {"a": 1}}), "one's own affinity replaces it");
}

fn deployment_affinity(values: &Value) -> Value {
    deployment(values)["spec"]["template"]["spec"]["affinity"].clone()
}

#[test]
fn probes_and_service_reach_the_one_port() {
    let objects = helm::render(&json!({"service": {"port": 9090}}));
    let deployment = helm::find(&objects, "Deployment", NAME);
    let container = container(deployment);
    assert_eq!(container["ports"], json!([{"name": "http", "containerPort": 8080, "protocol": "TCP"}]));
    assert_eq!(container["livenessProbe"]["httpGet"], json!({"path": "/livez", "port": "http"}));
    assert_eq!(container["readinessProbe"]["httpGet"], json!({"path": "/readyz", "port": "http"}));
    let service = &helm::find(&objects, "Service", NAME)["spec"];
    assert_eq!(service["ports"], json!([{"name": "http", "port": 9090, "targetPort": "http", "protocol": "TCP"}]));
    assert_eq!(service["selector"], deployment["spec"]["selector"]["matchLabels"]);
}

/// A selector is immutable: a release of an older chart could not be upgraded if these two ever changed.
#[test]
fn the_selector_is_the_name_and_the_release_and_user_labels_cannot_break_it() {
    let own = json!({"app.kubernetes.io/name": "mcp-schema-operator", "app.kubernetes.io/instance": "rel"});
    let deployment = deployment(&json!({"podLabels": {"app.kubernetes.io/name": "other", "team": "true"}}));
    assert_eq!(deployment["spec"]["selector"]["matchLabels"], own);
    let mut labels = own;
    labels["team"] = json!("true");
    assert_eq!(deployment["spec"]["template"]["metadata"]["labels"], labels);
}

#[test]
fn names_that_look_like_numbers_stay_strings() {
    let values = json!({"fullnameOverride": "123", "nameOverride": "456", "serviceAccount": {"name": "1e3"}, "crds": {"install": false}});
    let text = helm::template_as("5", "789", &helm::chart(), &values).unwrap();
    for object in helm::objects(&text) {
        assert!(object["metadata"]["name"].is_string(), "{object}");
        let labels = object["metadata"]["labels"].as_object().unwrap();
        assert!(labels.values().all(Value::is_string), "{object}");
    }
}

#[test]
fn long_names_are_cut_to_what_a_label_and_a_service_allow() {
    let text =
        helm::template_as(&"r".repeat(53), "n", &helm::chart(), &json!({"nameOverride": "n".repeat(63)})).unwrap();
    let namespaced: Vec<Value> =
        helm::objects(&text).into_iter().filter(|o| !o["metadata"]["namespace"].is_null()).collect();
    assert_eq!(namespaced.len(), 6);
    for object in namespaced {
        assert_eq!(object["metadata"]["name"].as_str().unwrap().len(), 63);
        assert!(object["metadata"]["labels"].as_object().unwrap().values().all(|l| l.as_str().unwrap().len() <= 63));
    }
}
