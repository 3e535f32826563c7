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
            {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch", "create", "patch", "delete"]},
            // Both verbs: a repeated event is a patch, and without it repeats are lost.
            {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["create", "patch"]},
        ])
    );
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
        let rules = json!([{"apiGroups": ["mcpschema.io"], "resources": ["schemasnapshots"], "verbs": verbs}]);
        assert_eq!(object["rules"], rules, "{role}");
    }
}

#[test]
fn no_role_holds_a_wildcard_or_a_secret_and_there_is_no_other_role() {
    let objects = helm::render(&json!({}));
    let roles: Vec<&Value> =
        objects.iter().filter(|o| matches!(o["kind"].as_str(), Some("ClusterRole" | "Role"))).collect();
    assert_eq!(roles.len(), 3);
    for role in roles {
        let rules = role["rules"].to_string();
        assert!(!rules.contains('*') && !rules.contains("secrets"), "{rules}");
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
    assert_eq!(helm::render(&json!({})).iter().filter(of_rbac).count(), 4);
}

#[test]
fn every_rule_has_a_comment_above_it() {
    let text = fs::read_to_string(helm::chart().join("templates/rbac.yaml")).unwrap();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let rules: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].starts_with("- apiGroups:")).collect();
    assert_eq!(rules.len(), 6);
    for rule in rules {
        assert!(lines[rule - 1].starts_with('#'), "line {}: {}", rule + 1, lines[rule]);
    }
}
