//! The manifest of `check`: one policy, and the ConfigMaps beside it. What the API server would refuse for its fields is
//! refused here too: a field nobody knows is a typo.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::api::SchemaValidationPolicySpec;
use crate::api::crd;
use crate::api::policy::KeyRef;
use crate::validation::Fault;

/// Largest manifest that is read.
const MAX_BYTES: u64 = 16 << 20;

/// What a manifest holds.
#[derive(Debug)]
pub(super) struct Manifest {
    pub name: String,
    pub spec: SchemaValidationPolicySpec,
    /// The text of each key of each ConfigMap.
    pub config_maps: BTreeMap<(String, String), String>,
}

impl Manifest {
    /// The text of a key of a ConfigMap that stands beside the policy.
    pub(super) fn text(&self, key: &KeyRef) -> Result<&str, String> {
        let text = self.config_maps.get(&(key.name.clone(), key.key.clone()));
        text.map(String::as_str).ok_or_else(|| {
            format!(
                "the ConfigMap {} with the key {} is not in the manifest; put it beside the policy",
                key.name, key.key
            )
        })
    }
}

pub(super) fn read(path: &Path) -> Result<Manifest, String> {
    let shown = path.display();
    let size = std::fs::metadata(path).map_err(|error| format!("{shown}: {error}"))?.len();
    if size > MAX_BYTES {
        return Err(format!("{shown}: has {size} bytes; a manifest has at most {MAX_BYTES}"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    parse(&text).map_err(|problem| format!("{shown}: {problem}"))
}

fn parse(text: &str) -> Result<Manifest, String> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).map_err(|error| {
        let text = error.to_string();
        format!("is no YAML: {}", text.lines().next().unwrap_or_default())
    })?;
    let (mut policies, mut config_maps) = (Vec::new(), BTreeMap::new());
    for document in documents.into_iter().filter(|document| !document.is_null()) {
        match document["kind"].as_str() {
            Some("SchemaValidationPolicy") => policies.push(document),
            Some("ConfigMap") => config_maps.extend(keys(&document)),
            _ => {}
        }
    }
    let mut policies = policies.into_iter();
    let (Some(document), None) = (policies.next(), policies.next()) else {
        return Err("must hold exactly one object of kind SchemaValidationPolicy".to_owned());
    };
    let document = without_nulls(document);
    let faults = unknown_fields(&document);
    if !faults.is_empty() {
        return Err(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "));
    }
    let name = document["metadata"]["name"].as_str().unwrap_or("policy").to_owned();
    let spec = document.get("spec").cloned().unwrap_or_default();
    let spec = serde_json::from_value(spec).map_err(|error| format!("spec: {error}"))?;
    Ok(Manifest { name, spec, config_maps })
}

fn keys(config_map: &Value) -> Vec<((String, String), String)> {
    let name = config_map["metadata"]["name"].as_str().unwrap_or_default();
    let data = config_map["data"].as_object().into_iter().flatten();
    data.filter_map(|(key, text)| Some(((name.to_owned(), key.clone()), text.as_str()?.to_owned()))).collect()
}

/// As the API server does: a null from a template means "left out".
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// Fields of the spec that the resource does not have.
fn unknown_fields(document: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let version = crd::schema_validation_policy().spec.versions.into_iter().next();
    let schema = version.and_then(|version| version.schema?.open_api_v3_schema);
    if let Some(schema) = schema.and_then(|schema| serde_json::to_value(schema).ok()) {
        compare("spec", &schema["properties"]["spec"], &document["spec"], &mut faults);
    }
    faults
}

fn compare(path: &str, schema: &Value, value: &Value, faults: &mut Vec<Fault>) {
    match value {
        Value::Object(map) => {
            let Some(fields) = schema["properties"].as_object() else { return };
            for (key, child) in map {
                let field = format!("{path}.{key}");
                match fields.get(key) {
                    Some(child_schema) => compare(&field, child_schema, child, faults),
                    None => {
                        let known = crate::validation::suggest::closest(key, fields.keys().map(String::as_str));
                        let hint = known.map(|word| format!("; did you mean {word}?")).unwrap_or_default();
                        faults.push(Fault::new(field, format!("there is no such field{hint}")));
                    }
                }
            }
        }
        Value::Array(list) => {
            for (at, item) in list.iter().enumerate() {
                compare(&format!("{path}[{at}]"), &schema["items"], item, faults);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const HEAD: &str = "apiVersion: mcpschema.io/v1alpha1\nkind: SchemaValidationPolicy\nmetadata: {name: p}\n";

    #[test]
    fn a_policy_and_the_config_maps_beside_it_are_read() {
        let text = format!(
            "---\nkind: ConfigMap\nmetadata: {{name: rows}}\ndata: {{a: '[]'}}\n---\n{HEAD}spec: {{snapshots: null, strictMode: true}}\n---\nkind: Secret\n"
        );
        let manifest = parse(&text).unwrap();
        assert_eq!((manifest.name.as_str(), manifest.spec.strict_mode), ("p", Some(true)));
        assert_eq!(manifest.config_maps[&("rows".to_owned(), "a".to_owned())], "[]");
    }

    #[test]
    fn what_is_no_manifest_of_one_policy_says_why() {
        for (text, want) in [
            (String::new(), "exactly one object of kind SchemaValidationPolicy"),
            (format!("{HEAD}---\n{HEAD}"), "exactly one object"),
            ("a: [".to_owned(), "is no YAML: "),
            (format!("{HEAD}spec: {{rules: [{{builtin: no-sets}}]}}"), "spec: unknown variant `no-sets`"),
            (
                format!("{HEAD}spec: {{rules: [{{builtin: no-set, severty: Warn}}]}}"),
                "spec.rules[0].severty: there is no such field; did you mean severity?",
            ),
            (format!("{HEAD}spec: {{wholly: 1}}"), "spec.wholly: there is no such field"),
        ] {
            let error = parse(&text).unwrap_err();
            assert!(error.contains(want), "{text}: {error}");
        }
    }
}
