//! values.yaml and its schema: every value does something, and what cannot work is refused with the key's name.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::helm;

/// Maps a user fills with keys of their own; `resources` belongs to the API server.
const OPEN: [&str; 7] = [
    "/resources",
    "/podAnnotations",
    "/podLabels",
    "/nodeSelector",
    "/serviceAccount/annotations",
    "/service/annotations",
    "/service/labels",
];

/// The values that work only together with another.
const ELECTION: &str = "/leaderElection/enabled";
const CLUSTER_SOURCES: &str = "/rbac/clusterSources";

/// The values as the chart ships them.
pub(crate) fn defaults() -> Value {
    serde_saphyr::from_str(&fs::read_to_string(helm::chart().join("values.yaml")).unwrap()).unwrap()
}

/// Every key a user can set, as a JSON pointer, with its value. Maps of the user's own keys are one key.
pub(crate) fn leaves(values: &Value) -> BTreeMap<String, Value> {
    fn walk(path: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(map) if !map.is_empty() && !OPEN.contains(&path) => {
                map.iter().for_each(|(key, value)| walk(&format!("{path}/{key}"), value, found));
            }
            _ => drop(found.insert(path.to_owned(), value.clone())),
        }
    }
    let mut found = BTreeMap::new();
    walk("", values, &mut found);
    found
}

/// A values file that sets this one key and no other.
fn only(pointer: &str, value: Value) -> Value {
    pointer.split('/').skip(1).collect::<Vec<_>>().iter().rev().fold(value, |inner, key| json!({*key: inner}))
}

/// Another good value for every key.
fn others() -> Value {
    let mut all = of_who_may_reach_what();
    let rest = json!({
        "nameOverride": "other", "fullnameOverride": "whole",
        "image": {"repository": "reg.test/op", "tag": "v2", "digest": format!("sha256:{}", "ab".repeat(32)), "pullPolicy": "Always"},
        "imagePullSecrets": [{"name": "registry"}],
        "serverUrl": "https://mcp.test/mcp?x=1", "connectionTimeout": "500ms",
        "requestTimeout": "1h30m",
        "maxRetries": 10,
        "namespaces": "own", "instance": "red", "selector": "team=shop", "replicas": 3,
        "leaderElection": {"enabled": true, "leaseName": "l", "leaseDuration": "20s", "renewDeadline": "6s", "retryPeriod": "1s"},
        "podDisruptionBudget": {"enabled": false},
        "retryDelay": "2s", "cacheTtl": "10s", "enableCaching": false, "cacheBudget": 1, "fallbackEnabled": false, "maxStaleness": "1h",
        "strictMode": true, "validateTypes": false, "validateConstraints": false, "validateRelationships": false,
        "allowUnknownColumns": true, "perObjectMetrics": false,
        "breakerPeriod": "5s", "concurrency": 256, "jitter": 50, "discoveryTimeout": "1m",
        "fullEvery": "48h", "logFormat": "text", "logLevel": "trace",
        "crds": {"install": false, "keep": false}, "rbac": {"create": false, "secrets": false, "secretNamespaces": ["shop"], "clusterSources": true},
        "serviceAccount": {"create": false, "name": "own", "annotations": {"a": "true"}},
        "service": {"port": 1, "annotations": {"a": "1"}, "labels": {"l": "2"}},
        "podAnnotations": {"a": "b"}, "podLabels": {"l": "m"},
        "resources": {"limits": {"cpu": 1}}, "nodeSelector": {"disk": "ssd"},
        "tolerations": [{"key": "k", "operator": "Equal", "value": "v", "effect": "NoExecute", "tolerationSeconds": 5}],
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
    });
    all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    all
}

fn of_who_may_reach_what() -> Value {
    json!({
        "serverToken": {"secretName": "mcp-token", "key": "token"}, "serverCa": {"secretName": "corp-ca", "key": "ca.crt"},
        "serverAllowInsecureAuth": true, "defaultSourceAccess": [{"namespaces": ["shop"], "databases": ["shop*"]}],
        "allowedHosts": ["*.example.com"], "allowedAddresses": ["10.0.0.0/8"],
    })
}

#[test]
fn every_value_changes_what_is_rendered() {
    let crd = "kind: CustomResourceDefinition\nmetadata: {name: x}\n";
    let chart = helm::chart_with_crd("fixture.yaml", crd);
    let own = json!({"namespaces": "own"});
    let [plain, some] = [&json!({}), &own].map(|values| helm::template(chart.path(), values).unwrap());
    for (key, value) in leaves(&defaults()) {
        let other = others().pointer(&key).cloned().unwrap_or_else(|| panic!("{key}: add it to `others`"));
        // The election cannot be turned off alone: more than one replica needs it.
        let alone = if key == ELECTION {
            json!({"replicas": 1, "leaderElection": {"enabled": false}})
        } else {
            assert_ne!(other, value, "{key}");
            only(&key, other)
        };
        // Where all namespaces are served there is nothing to add.
        let (before, alone) = if key == CLUSTER_SOURCES {
            (&some, json!({"namespaces": "own", "rbac": {"clusterSources": true}}))
        } else {
            (&plain, alone)
        };
        let changed = helm::template(chart.path(), &alone).unwrap_or_else(|e| panic!("{key}: {e}"));
        assert_ne!(*before, changed, "{key} does nothing");
    }
}

#[test]
fn all_values_can_be_set_at_once() {
    let objects = helm::render(&others());
    let kinds: Vec<_> = objects.iter().map(|o| o["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Service", "Deployment"]);
    let pod = &helm::find(&objects, "Deployment", "whole")["spec"]["template"]["spec"];
    assert_eq!(pod["tolerations"], others()["tolerations"]);
    assert_eq!(pod["nodeSelector"], others()["nodeSelector"]);
    // Helm merges maps: what is not set keeps its default.
    assert_eq!(pod["containers"][0]["resources"]["limits"], json!({"cpu": 1, "memory": "256Mi"}));
}

#[test]
fn a_value_of_the_wrong_type_is_refused_by_its_name() {
    for (key, value) in leaves(&defaults()) {
        let wrong = match value {
            Value::String(_) => json!(7),
            Value::Array(_) => json!({"a": "b"}),
            Value::Number(_) | Value::Bool(_) => json!("yes"),
            Value::Object(_) | Value::Null => json!(["a"]),
        };
        refused(&only(&key, wrong), &format!("at '{key}'"));
    }
}

#[test]
fn an_unknown_key_is_refused_by_its_name_at_every_level() {
    let defaults = defaults();
    let groups = defaults.as_object().unwrap().iter().filter(|(key, value)| {
        value.as_object().is_some_and(|map| !map.is_empty()) && !OPEN.contains(&format!("/{key}").as_str())
    });
    let mut cases: Vec<String> = groups.map(|(key, _)| format!("/{key}/tpyo")).collect();
    assert_eq!(cases.len(), 7, "{cases:?}");
    cases.extend(["/tpyo", "/affinity/tpyo"].map(str::to_owned));
    for key in cases {
        refused(&only(&key, json!("x")), "additional properties 'tpyo' not allowed");
    }
    for key in ["imagePullSecrets", "tolerations"] {
        refused(&json!({key: [{"name": "a", "tpyo": "x"}]}), "'tpyo'");
    }
}

#[test]
fn a_value_out_of_range_is_refused_by_its_name() {
    let cases: &[(&str, &[Value])] = &[
        (
            "/connectionTimeout",
            &[json!("30"), json!("1d"), json!("1.5s"), json!("s"), json!(""), json!("0s"), json!("123456s")],
        ),
        ("/cacheTtl", &[json!("5m "), json!("1h1m1s1ms1h"), json!("0h0m")]),
        (
            "/serverUrl",
            &[json!(""), json!("mcp:8000"), json!("http://user:secret@mcp"), json!("http://u@mcp"), json!("http://")],
        ),
        ("/serverToken", &[json!({"secretName": "a"}), json!({"key": "a"}), json!({"secretName": "A", "key": "a"})]),
        ("/serverCa", &[json!({"secretName": "a", "key": "a/b"}), json!({"secretName": "a", "key": "b", "tpyo": 1})]),
        (
            "/defaultSourceAccess",
            &[
                json!([{"namespaces": ["*"]}]),
                json!([{"namespaces": [], "databases": ["*"]}]),
                json!([{"namespaces": ["*"], "databases": [""]}]),
                json!([{"namespaces": ["*"], "databases": ["*"], "row": true}]),
                json!(["*"]),
            ],
        ),
        ("/allowedHosts", &[json!(["http://a"]), json!(["a b"]), json!([""]), json!(["a,b"])]),
        ("/allowedAddresses", &[json!(["localhost"]), json!(["10.0.0.0/"]), json!([""]), json!(["10.0.0.0/8,::/0"])]),
        ("/maxRetries", &[json!(-1), json!(11), json!(1.5)]),
        ("/enableCaching", &[json!("false"), json!(0)]),
        ("/cacheBudget", &[json!(0), json!(4097)]),
        ("/fallbackEnabled", &[json!("no")]),
        ("/maxStaleness", &[json!("1d"), json!("")]),
        ("/breakerPeriod", &[json!("soon")]),
        ("/strictMode", &[json!("true"), json!(1)]),
        ("/validateTypes", &[json!("")]),
        ("/validateConstraints", &[json!("false")]),
        ("/validateRelationships", &[json!(0)]),
        ("/allowUnknownColumns", &[json!("*")]),
        ("/perObjectMetrics", &[json!("off"), json!(0)]),
        ("/concurrency", &[json!(0), json!(257)]),
        ("/jitter", &[json!(-1), json!(51)]),
        ("/namespaces", &[json!("shop"), json!([]), json!(["A"]), json!(["a", "a"]), json!(["all"]), json!("")]),
        ("/instance", &[json!("Red"), json!("a".repeat(41)), json!("a.b")]),
        ("/replicas", &[json!(0), json!(6)]),
        ("/leaderElection/leaseDuration", &[json!("10"), json!("0s")]),
        ("/leaderElection/leaseName", &[json!("a.b")]),
        ("/logFormat", &[json!("xml")]),
        ("/logLevel", &[json!("verbose")]),
        ("/image/pullPolicy", &[json!("Sometimes")]),
        ("/image/digest", &[json!("latest"), json!("sha256:abc")]),
        ("/image/tag", &[json!("a:b"), json!("@x")]),
        ("/image/repository", &[json!(""), json!("Upper/Case"), json!("a b")]),
        ("/service/port", &[json!(0), json!(65536)]),
        ("/fullnameOverride", &[json!("Upper"), json!("a_b"), json!("a".repeat(64))]),
        ("/rbac/secretNamespaces", &[json!(["Shop"]), json!(["a/b"]), json!([""]), json!(["a", "a"])]),
        ("/podLabels", &[json!({"a": 1}), json!({"a": true})]),
    ];
    for (key, values) in cases {
        for value in *values {
            refused(&only(key, value.clone()), &format!("at '{key}"));
        }
    }
}

#[test]
fn what_a_parent_chart_sets_globally_is_let_through() {
    assert!(helm::template(&helm::chart(), &json!({"global": {"anything": [1]}})).is_ok());
}

/// The chart must not render with these values, and what helm says must name this.
fn refused(values: &Value, name: &str) {
    let said = helm::template(&helm::chart(), values).err().unwrap_or_else(|| panic!("let through: {values}"));
    assert!(said.contains("meet the specifications of the schema") && said.contains(name), "{values}: {said}");
}
