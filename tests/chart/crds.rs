//! The CRDs the chart carries: copies of the generated ones, upgraded with the release and kept when it goes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::helm;

/// What descriptions may hold and a template engine must not touch, and numbers beyond what a float prints plainly.
const CRD: &str = r#"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: fixtures.example.test
  annotations:
    example.test/own: stays
spec:
  description: "braces {{ .Values.image.tag }} and {{ fail \"no\" }}"
  maximum: 1048576000
"#;
const NAME: &str = "fixtures.example.test";

/// The fixture as the chart renders it.
fn rendered(values: &Value) -> Value {
    let chart = helm::chart_with_crd("fixture.yaml", CRD);
    let text = helm::template(chart.path(), values).unwrap();
    helm::find(&helm::objects(&text), "CustomResourceDefinition", NAME).clone()
}

#[test]
fn a_crd_is_rendered_as_it_is_with_the_keep_annotation_and_labels() {
    let source: Value = serde_saphyr::from_str(CRD).unwrap();
    let crd = rendered(&json!({}));
    assert_eq!(crd["spec"], source["spec"]);
    assert_eq!(crd["metadata"]["annotations"], json!({"helm.sh/resource-policy": "keep", "example.test/own": "stays"}));
    assert_eq!(crd["metadata"]["labels"]["app.kubernetes.io/managed-by"], "Helm");
}

#[test]
fn without_keep_a_crd_goes_with_the_release() {
    assert_eq!(
        rendered(&json!({"crds": {"keep": false}}))["metadata"]["annotations"],
        json!({"example.test/own": "stays"})
    );
}

#[test]
fn without_install_no_crd_is_rendered() {
    let chart = helm::chart_with_crd("fixture.yaml", CRD);
    let text = helm::template(chart.path(), &json!({"crds": {"install": false}})).unwrap();
    let objects = helm::objects(&text);
    assert!(objects.iter().all(|o| o["kind"] != "CustomResourceDefinition"), "{objects:#?}");
    assert!(objects.iter().any(|o| o["kind"] == "Deployment"));
}

#[test]
fn a_file_that_holds_no_crd_stops_the_rendering_with_its_name() {
    for text in ["kind: ConfigMap\n", "", "a: b: c\n"] {
        let chart = helm::chart_with_crd("odd.yaml", text);
        let said = helm::template(chart.path(), &json!({})).unwrap_err();
        assert!(said.contains("crd-manifests/odd.yaml must hold exactly one CustomResourceDefinition"), "{said}");
    }
}

#[test]
fn the_charts_crds_are_byte_equal_copies_of_the_generated_ones() {
    let generated = files(&helm::root().join("crds"));
    let copies = files(&helm::chart().join("crd-manifests"));
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&generated), names(&copies), "run `make golden`");
    for (name, text) in &generated {
        assert_eq!(Some(text), copies.get(name), "{name}: run `make golden`");
    }
}

#[test]
fn the_charts_own_crds_come_out_as_they_went_in() {
    let objects = helm::render(&json!({}));
    let copies = files(&helm::chart().join("crd-manifests"));
    for (name, text) in &copies {
        let source: Value = serde_saphyr::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let crd = helm::find(&objects, "CustomResourceDefinition", source["metadata"]["name"].as_str().unwrap());
        assert!(plain(&crd["spec"]) == plain(&source["spec"]), "{name} is altered on its way through the chart");
        assert_eq!(crd["metadata"]["annotations"]["helm.sh/resource-policy"], "keep", "{name}");
    }
    let rendered = objects.iter().filter(|o| o["kind"] == "CustomResourceDefinition").count();
    assert_eq!(rendered, copies.len());
}

/// The same value with every number as a float: 16 and 16.0 are one number in YAML and two in `serde_json`.
fn plain(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// Name and text of every file in a folder; a folder that is not there holds none.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = fs::read_dir(folder) else { return BTreeMap::new() };
    let pair =
        |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap());
    entries.map(|entry| pair(&entry.unwrap().path())).collect()
}
