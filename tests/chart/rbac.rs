//! Least privilege: the rules are exactly these, and every one says which code needs it.

use std::fs;

use serde_json::{Value, json};

use crate::helm;

const NAME: &str = "ns-rel-mcp-schema-operator";

#[test]
fn the_operator_may_do_exactly_what_its_calls_need() {
    let objects = helm::render(&json!({}));
    assert_eq!(
        helm::find(&objects, "ClusterRole", NAME)["rules"],
        json!([
            {"apiGroups": ["mcpschema.io"], "resources": ["schemasnapshots"], "verbs": ["get", "list", "watch"]},
            {"apiGroups": ["mcpschema.io"], "resources": ["schemasnapshots/status"], "verbs": ["patch"]},
            {"apiGroups": ["mcpschema.io"], "resources": ["schemavalidationpolicies"], "verbs": ["list", "watch"]},
            {"apiGroups": ["mcpschema.io"], "resources": ["schemavalidationpolicies/status"], "verbs": ["patch"]},
            {"apiGroups": ["mcpschema.io"], "resources": ["clusterschemasources"], "verbs": ["list", "watch"]},
            {"apiGroups": ["mcpschema.io"], "resources": ["clusterschemasources/status"], "verbs": ["patch"]},
            {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch", "create", "patch", "delete"]},
            {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
            // Both verbs: a repeated event is a patch, and without it repeats are lost.
            {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["create", "patch"]},
            {"apiGroups": ["openreports.io"], "resources": ["reports"], "verbs": ["get", "create", "patch", "delete"]},
            {"apiGroups": ["wgpolicyk8s.io"], "resources": ["policyreports"], "verbs": ["get", "create", "patch", "delete"]},
        ])
    );
}

#[test]
fn a_list_of_namespaces_gives_a_role_in_each_and_none_in_the_cluster() {
    let everywhere = helm::render(&json!({}));
    let mut rules = helm::find(&everywhere, "ClusterRole", NAME)["rules"].clone();
    // What is not in a namespace cannot be had by a Role.
    rules.as_array_mut().unwrap().retain(|rule| !rule["resources"].to_string().contains("clusterschemasources"));
    for (namespaces, want) in [(json!("own"), vec!["ns"]), (json!(["shop", "billing"]), vec!["shop", "billing"])] {
        let objects = helm::render(&json!({"namespaces": namespaces}));
        for kind in ["Role", "RoleBinding"] {
            let found: Vec<&Value> =
                objects.iter().filter(|o| o["kind"] == kind && o["metadata"]["name"] == NAME).collect();
            let places: Vec<&str> = found.iter().map(|o| o["metadata"]["namespace"].as_str().unwrap()).collect();
            assert_eq!(places, want, "{kind}");
            let account = json!([{"kind": "ServiceAccount", "name": "rel-mcp-schema-operator", "namespace": "ns"}]);
            for object in found {
                match kind {
                    "Role" => assert_eq!(object["rules"], rules),
                    _ => {
                        assert_eq!((&object["subjects"], &object["roleRef"]["kind"]), (&account, &json!("Role")));
                    }
                }
            }
        }
        let in_cluster = |o: &&Value| o["kind"] == "ClusterRoleBinding" || o["metadata"]["name"] == NAME;
        let left: Vec<&Value> =
            objects.iter().filter(in_cluster).filter(|o| o["metadata"]["namespace"].is_null()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn an_operator_of_some_namespaces_reads_cluster_sources_when_it_is_said_and_writes_none() {
    let sources = format!("{NAME}-sources");
    let rendered = |values: &Value| {
        let objects = helm::render(values);
        let ours: Vec<Value> = objects.into_iter().filter(|o| o["metadata"]["name"] == sources.as_str()).collect();
        ours
    };
    let said = rendered(&json!({"namespaces": ["shop"], "rbac": {"clusterSources": true}}));
    assert_eq!(
        said.iter().map(|o| o["kind"].as_str().unwrap()).collect::<Vec<_>>(),
        ["ClusterRole", "ClusterRoleBinding"]
    );
    let read =
        json!([{"apiGroups": ["mcpschema.io"], "resources": ["clusterschemasources"], "verbs": ["list", "watch"]}]);
    assert_eq!((&said[0]["rules"], &said[1]["roleRef"]["name"]), (&read, &json!(sources)));
    for values in [json!({}), json!({"namespaces": "own"}), json!({"rbac": {"clusterSources": true}})] {
        assert!(rendered(&values).is_empty(), "{values}");
    }
}

#[test]
fn the_lease_is_the_only_one_the_operator_may_touch() {
    let role = "rel-mcp-schema-operator-lease";
    for (values, lease) in [
        (json!({}), "mcp-schema-operator"),
        (json!({"instance": "red"}), "mcp-schema-operator-red"),
        (json!({"instance": "red", "leaderElection": {"leaseName": "mine"}}), "mine"),
    ] {
        let objects = helm::render(&values);
        assert_eq!(
            helm::find(&objects, "Role", role)["rules"],
            json!([
                {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["create"]},
                {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "resourceNames": [lease], "verbs": ["get", "watch", "update"]},
            ])
        );
        let binding = helm::find(&objects, "RoleBinding", role);
        assert_eq!((&binding["roleRef"]["name"], &binding["metadata"]["namespace"]), (&json!(role), &json!("ns")));
    }
    let alone = helm::render(&json!({"replicas": 1, "leaderElection": {"enabled": false}}));
    assert!(alone.iter().all(|o| o["kind"] != "Role"), "without an election there is no lease");
}

#[test]
fn the_built_in_roles_of_people_gain_the_custom_resources() {
    let objects = helm::render(&json!({}));
    let cases = [
        ("view", json!(["get", "list", "watch"])),
        ("edit", json!(["create", "update", "patch", "delete", "deletecollection"])),
    ];
    for (role, verbs) in cases {
        let object = helm::find(&objects, "ClusterRole", &format!("{NAME}-{role}"));
        let label = format!("rbac.authorization.k8s.io/aggregate-to-{role}");
        assert_eq!(object["metadata"]["labels"][label], "true");
        // Writing a ClusterSchemaSource is for cluster administrators.
        let resources = if role == "view" {
            json!(["schemasnapshots", "schemavalidationpolicies", "clusterschemasources"])
        } else {
            json!(["schemasnapshots", "schemavalidationpolicies"])
        };
        let rules = json!([{"apiGroups": ["mcpschema.io"], "resources": resources, "verbs": verbs}]);
        assert_eq!(object["rules"], rules, "{role}");
    }
}

/// Rules that speak of Secrets, with the kind and namespace of the role they stand in.
fn secret_rules(values: &Value) -> Vec<(String, Value, Value)> {
    let mut found = Vec::new();
    for object in helm::render(values) {
        for rule in object["rules"].as_array().into_iter().flatten() {
            if rule["resources"].as_array().unwrap().contains(&json!("secrets")) {
                let kind = object["kind"].as_str().unwrap().to_owned();
                found.push((kind, object["metadata"]["namespace"].clone(), rule["verbs"].clone()));
            }
        }
    }
    found
}

#[test]
fn secrets_are_only_got_by_name_everywhere_in_some_namespaces_or_not_at_all() {
    let get = json!(["get"]);
    assert_eq!(secret_rules(&json!({})), [("ClusterRole".to_owned(), Value::Null, get.clone())]);
    assert_eq!(secret_rules(&json!({"rbac": {"secrets": false}})), []);
    assert_eq!(secret_rules(&json!({"rbac": {"secrets": false, "secretNamespaces": ["shop"]}})), []);
    let some = json!({"rbac": {"secretNamespaces": ["shop", "billing"]}});
    let role = |namespace: &str| ("Role".to_owned(), json!(namespace), get.clone());
    assert_eq!(secret_rules(&some), [role("shop"), role("billing")]);
    let objects = helm::render(&some);
    let ours = format!("{NAME}-secrets");
    let bindings: Vec<&Value> =
        objects.iter().filter(|o| o["kind"] == "RoleBinding" && o["metadata"]["name"] == ours.as_str()).collect();
    assert_eq!(bindings.len(), 2);
    for binding in bindings {
        let namespace = binding["metadata"]["namespace"].as_str().unwrap();
        assert!(["shop", "billing"].contains(&namespace), "{namespace}");
        assert_eq!((&binding["roleRef"]["kind"], &binding["roleRef"]["name"]), (&json!("Role"), &json!(ours)));
        let account = json!([{"kind": "ServiceAccount", "name": "rel-mcp-schema-operator", "namespace": "ns"}]);
        assert_eq!(binding["subjects"], account);
    }
}

#[test]
fn no_role_holds_a_wildcard_and_there_is_no_other_role() {
    let objects = helm::render(&json!({}));
    let roles: Vec<&Value> =
        objects.iter().filter(|o| matches!(o["kind"].as_str(), Some("ClusterRole" | "Role"))).collect();
    assert_eq!(roles.len(), 4);
    for role in roles {
        assert!(!role["rules"].to_string().contains('*'), "{}", role["rules"]);
    }
}

#[test]
fn the_role_is_bound_to_the_account_the_pod_runs_as() {
    for (values, account) in [
        (json!({}), "rel-mcp-schema-operator"),
        (json!({"serviceAccount": {"name": "own"}}), "own"),
        (json!({"serviceAccount": {"create": false}}), "default"),
        (json!({"serviceAccount": {"create": false, "name": "theirs"}}), "theirs"),
    ] {
        let objects = helm::render(&values);
        let binding = helm::find(&objects, "ClusterRoleBinding", NAME);
        assert_eq!(binding["roleRef"]["name"], NAME);
        assert_eq!(binding["subjects"], json!([{"kind": "ServiceAccount", "name": account, "namespace": "ns"}]));
        let pod = &helm::find(&objects, "Deployment", "rel-mcp-schema-operator")["spec"]["template"]["spec"];
        assert_eq!(pod["serviceAccountName"], account);
        let created =
            objects.iter().filter(|o| o["kind"] == "ServiceAccount" && o["metadata"]["name"] == account).count();
        assert_eq!(created == 1, values["serviceAccount"]["create"] != false, "{values}");
    }
}

#[test]
fn two_releases_of_one_name_share_no_cluster_scoped_object() {
    let names = |namespace: &str| -> Vec<Value> {
        let text = helm::template_as("rel", namespace, &helm::chart(), &json!({"crds": {"install": false}})).unwrap();
        let cluster_scoped = helm::objects(&text).into_iter().filter(|o| o["metadata"]["namespace"].is_null());
        cluster_scoped.map(|o| o["metadata"]["name"].clone()).collect()
    };
    let (one, other) = (names("a"), names("b"));
    assert_eq!(one.len(), 4, "{one:?}");
    assert!(one.iter().all(|name| !other.contains(name)), "{one:?} {other:?}");
}

#[test]
fn without_rbac_no_role_is_rendered() {
    let objects = helm::render(&json!({"rbac": {"create": false}}));
    let of_rbac = |o: &&Value| o["apiVersion"] == "rbac.authorization.k8s.io/v1";
    assert_eq!(objects.iter().filter(of_rbac).count(), 0);
    assert_eq!(helm::render(&json!({})).iter().filter(of_rbac).count(), 6);
}

#[test]
fn every_rule_has_a_comment_above_it() {
    let text = fs::read_to_string(helm::chart().join("templates/rbac.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let rules: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].starts_with("- apiGroups:")).collect();
    assert_eq!(rules.len(), 17);
    for rule in rules {
        assert!(lines[rule - 1].starts_with('#'), "line {}: {}", rule + 1, lines[rule]);
    }
}
