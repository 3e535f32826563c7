//! The CustomResourceDefinitions as they are installed: the derived ones, brought into the form this project promises
//! (no `nullable`, integer formats Kubernetes knows, a status default that tells a fresh object from a healthy one).

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::CustomResourceExt;
use serde_json::{Value, json};

use super::{ClusterSchemaSource, SchemaSnapshot, SchemaValidationPolicy};

/// Every CustomResourceDefinition of the operator, in the order they are printed.
#[must_use]
pub fn crds() -> Vec<CustomResourceDefinition> {
    vec![cluster_schema_source(), schema_snapshot(), schema_validation_policy()]
}

/// The definition of policies alone, for `check`, which asks it which fields there are.
#[must_use]
pub fn schema_validation_policy() -> CustomResourceDefinition {
    finish(SchemaValidationPolicy::crd(), LABEL)
}

fn cluster_schema_source() -> CustomResourceDefinition {
    finish(ClusterSchemaSource::crd(), "Neither default nor inline: metrics call other servers so.")
}

fn schema_snapshot() -> CustomResourceDefinition {
    finish(SchemaSnapshot::crd(), LABEL)
}

/// What is asked of a name that is told in labels.
const LABEL: &str = "At most 63 characters, since it becomes a label value.";

/// `name` says what is asked of `metadata.name`.
fn finish(mut crd: CustomResourceDefinition, name: &str) -> CustomResourceDefinition {
    for version in &mut crd.spec.versions {
        let Some(root) = version.schema.as_mut().and_then(|s| s.open_api_v3_schema.as_mut()) else { continue };
        visit(root, &clean);
        root.properties.get_or_insert_default().insert("metadata".to_owned(), metadata(name));
        if let Some(status) = root.properties.as_mut().and_then(|p| p.get_mut("status")) {
            // What the operator writes has no defaults: they would state facts nobody has looked at.
            visit(status, &|schema| schema.default = None);
            // A fresh object must not be taken for a healthy one whose generation was seen.
            status.default = Some(JSON(json!({"observedGeneration": -1})));
        }
    }
    crd
}

/// The one part of `metadata` a schema may speak of; without it no rule can name `metadata.name` as its field, and the
/// error would start with `<nil>`.
fn metadata(name: &str) -> JSONSchemaProps {
    let name = JSONSchemaProps {
        type_: Some("string".to_owned()),
        max_length: Some(253),
        description: Some(name.to_owned()),
        ..Default::default()
    };
    JSONSchemaProps {
        type_: Some("object".to_owned()),
        properties: Some([("name".to_owned(), name)].into()),
        ..Default::default()
    }
}

/// Joins the lines of a description, as wrapped in the source, into paragraphs: `kubectl explain` wraps by itself.
/// Drops `nullable` and a null among enum values: without them the API server drops a null before it validates, so a
/// null from a template means "left out". Unsigned formats, which Kubernetes does not know, become `int64`.
fn clean(schema: &mut JSONSchemaProps) {
    if let Some(text) = &mut schema.description {
        *text = text.split("\n\n").map(|p| p.replace('\n', " ")).collect::<Vec<_>>().join("\n\n");
    }
    schema.nullable = None;
    if let Some(values) = &mut schema.enum_ {
        values.retain(|value| value.0 != Value::Null);
    }
    if schema.format.as_deref().is_some_and(|format| format.starts_with("uint")) {
        schema.format = Some("int64".to_owned());
    }
}

fn visit(schema: &mut JSONSchemaProps, change: &dyn Fn(&mut JSONSchemaProps)) {
    change(schema);
    schema.properties.iter_mut().flat_map(|p| p.values_mut()).for_each(|child| visit(child, change));
    if let Some(JSONSchemaPropsOrArray::Schema(items)) = &mut schema.items {
        visit(items, change);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        visit(values, change);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::api::{GROUP, VERSION};

    #[test]
    fn the_names_are_those_of_the_constants() {
        for crd in crds() {
            assert_eq!(crd.spec.group, GROUP);
            assert_eq!(crd.spec.versions.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), [VERSION]);
            assert_eq!(crd.spec.names.categories.as_deref(), Some(&["schemas".to_owned()][..]));
        }
    }

    #[test]
    fn a_fresh_object_is_not_taken_for_a_healthy_one() {
        for crd in serde_json::to_value(crds()).unwrap().as_array().unwrap() {
            let status = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/status").unwrap();
            assert_eq!(status["default"], json!({"observedGeneration": -1}));
            assert!(!status["properties"].to_string().contains("\"default\":"), "{}", crd["metadata"]["name"]);
        }
    }
}
