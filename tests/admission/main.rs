//! Judges the manifests of this folder without a cluster, with the schema of the committed types: types and bounds by
//! a small reading of the schema, rules by a CEL interpreter. What the files mean is in README.md beside this file.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use kube::core::cel::{Validator, apply_defaults};
use mcp_schema_operator::commands::crds;
use serde_json::Value;

struct Case {
    name: String,
    refused: Option<String>,
    documents: Vec<Value>,
}

fn cases(folder: &str) -> Vec<Case> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/admission").join(folder);
    let mut files: Vec<_> = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", path.display());
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap();
        Case {
            name: file.file_name().unwrap().to_string_lossy().into_owned(),
            refused: text.lines().next().and_then(|line| line.strip_prefix("# refused: ")).map(str::to_owned),
            documents: text.split("\n---\n").map(|part| serde_saphyr::from_str(part).unwrap()).collect(),
        }
    };
    files.iter().map(read).collect()
}

/// The schemas, by kind.
fn schemas() -> BTreeMap<String, Value> {
    let read = |(_, text): (String, String)| {
        let crd: Value = serde_saphyr::from_str(&text).unwrap();
        let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind").to_owned();
        (kind, crd.pointer("/spec/versions/0/schema/openAPIV3Schema").unwrap().clone())
    };
    crds::files().unwrap().into_iter().map(read).collect()
}

/// The schema of an object's kind.
fn of<'a>(schemas: &'a BTreeMap<String, Value>, object: &Value) -> &'a Value {
    let kind = object["kind"].as_str().expect("a kind");
    schemas.get(kind).unwrap_or_else(|| unreachable!("no definition of {kind}"))
}

/// Drops nulls, as the API server does for every field that is not nullable; none of ours is.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            map.into_iter().filter(|(_, v)| !v.is_null()).map(|(k, v)| (k, without_nulls(v))).collect()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// Faults against the keywords of the schema, in the API server's words.
fn structural(path: &str, schema: &Value, value: &Value, faults: &mut Vec<String>) {
    let bound = |key: &str| schema[key].as_f64();
    let mut fault = |text: String| faults.push(format!("{path}{text}"));
    match (schema["type"].as_str().unwrap(), value) {
        ("object", Value::Object(map)) => {
            let (most, have) = (bound("maxProperties"), map.len());
            if most.is_some_and(|most| have as f64 > most) {
                fault(format!(": Too many: {have}: must have at most {} items", most.unwrap()));
            }
            let open = schema["x-kubernetes-preserve-unknown-fields"] == true;
            for (key, child) in map.iter().filter(|_| !open) {
                let child_path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                match schema["properties"].get(key).or_else(|| schema.get("additionalProperties")) {
                    Some(child_schema) => structural(&child_path, child_schema, child, faults),
                    None => assert!(path.is_empty() || path == "metadata", "{child_path} is not in the schema"),
                }
            }
        }
        ("array", Value::Array(list)) => {
            let (most, have) = (bound("maxItems"), list.len());
            if most.is_some_and(|most| have as f64 > most) {
                fault(format!(": Too many: {have}: must have at most {} items", most.unwrap()));
            }
            for (index, item) in list.iter().enumerate() {
                structural(&format!("{path}[{index}]"), &schema["items"], item, faults);
            }
        }
        ("string", Value::String(text)) => {
            let length = text.chars().count() as f64;
            if let Some(most) = bound("maxLength").filter(|most| length > *most) {
                fault(format!(": Too long: may not be more than {most} bytes"));
            }
            if let Some(least) = bound("minLength").filter(|least| length < *least) {
                fault(format!(" in body should be at least {least} chars long"));
            }
            if let Some(allowed) = schema["enum"].as_array().filter(|allowed| !allowed.contains(value)) {
                let list = allowed.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
                fault(format!(": Unsupported value: {value}: supported values: {list}"));
            }
        }
        ("integer", Value::Number(number)) => {
            let number = number.as_f64().unwrap();
            if let Some(least) = bound("minimum").filter(|least| number < *least) {
                fault(format!(" in body should be greater than or equal to {least}"));
            }
            if let Some(most) = bound("maximum").filter(|most| number > *most) {
                fault(format!(" in body should be less than or equal to {most}"));
            }
        }
        ("boolean", Value::Bool(_)) => {}
        (wanted, _) => {
            let found = if value.is_string() { "string" } else { "other" };
            let text = format!("{path} in body must be of type {wanted}: \"{found}\"");
            fault(format!(": Invalid value: \"{found}\": {text}"));
        }
    }
}

/// What the API server would say, nothing when it lets the object in. Rules run only on a sound structure.
fn judge(schema: &Value, object: &Value, old: Option<&Value>) -> Vec<String> {
    let prepare = |value: &Value| apply_defaults(schema, &without_nulls(value.clone()));
    let object = prepare(object);
    let mut faults = Vec::new();
    structural("", schema, &object, &mut faults);
    if faults.is_empty() {
        let old = old.map(prepare);
        let errors = Validator::new().validate(schema, &object, old.as_ref()).err();
        faults.extend(errors.into_iter().flat_map(|list| list.into_vec()).map(|error| error.message));
    }
    faults
}

fn judge_case(schemas: &BTreeMap<String, Value>, case: &Case) -> Vec<String> {
    match case.documents.as_slice() {
        [only] => judge(of(schemas, only), only, None),
        [first, second] => {
            let schema = of(schemas, first);
            let faults = judge(schema, first, None);
            assert!(faults.is_empty(), "{}: the first document must be good: {faults:?}", case.name);
            assert_eq!(first["metadata"]["name"], second["metadata"]["name"], "{}", case.name);
            judge(schema, second, Some(first))
        }
        other => unreachable!("{} has {} documents", case.name, other.len()),
    }
}

#[test]
fn good_manifests_are_let_in() {
    let schemas = schemas();
    for folder in ["good", "good-updates"] {
        for case in cases(folder) {
            assert_eq!(case.refused, None, "{}", case.name);
            assert_eq!(judge_case(&schemas, &case), Vec::<String>::new(), "{folder}/{}", case.name);
        }
    }
}

#[test]
fn our_objects_among_the_examples_are_let_in() {
    let schemas = schemas();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut seen = 0;
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        for object in serde_saphyr::from_multiple::<Value>(&fs::read_to_string(&file).unwrap()).unwrap() {
            if let Some(schema) = object["kind"].as_str().and_then(|kind| schemas.get(kind)) {
                assert_eq!(judge(schema, &object, None), Vec::<String>::new(), "{}", file.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}

#[test]
fn bad_manifests_are_refused_with_exactly_one_message_and_it_is_the_promised_one() {
    let schemas = schemas();
    for folder in ["bad", "bad-updates"] {
        for case in cases(folder) {
            let want = case.refused.as_ref().expect("the first line is `# refused: …`");
            let faults = judge_case(&schemas, &case);
            assert_eq!(faults.len(), 1, "{folder}/{}: {faults:?}", case.name);
            assert!(faults[0].contains(want.as_str()), "{folder}/{}: {} instead of {want}", case.name, faults[0]);
        }
    }
}

#[test]
fn every_rule_refuses_some_manifest() {
    fn messages(schema: &Value, into: &mut BTreeSet<String>) {
        let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
        into.extend(rules.map(|rule| rule["message"].as_str().expect("a rule has a message").to_owned()));
        let children = schema["properties"].as_object().into_iter().flat_map(|map| map.values());
        children.chain(schema.get("items")).chain(schema.get("additionalProperties")).for_each(|c| messages(c, into));
    }
    let mut rules = BTreeSet::new();
    schemas().values().for_each(|schema| messages(schema, &mut rules));
    assert!(rules.len() >= 10, "{rules:?}");
    let shown: BTreeSet<String> =
        ["bad", "bad-updates"].into_iter().flat_map(cases).filter_map(|case| case.refused).collect();
    let missing: Vec<_> = rules.difference(&shown).collect();
    assert!(missing.is_empty(), "no manifest shows: {missing:#?}");
}

#[test]
fn a_password_in_a_url_is_not_echoed() {
    let schemas = schemas();
    let user_info: Vec<_> = cases("bad").into_iter().filter(|case| case.name.contains("url-user")).collect();
    assert!(user_info.len() > 2);
    for case in user_info {
        assert!(judge_case(&schemas, &case).iter().all(|fault| !fault.contains("secret")), "{}", case.name);
    }
    // A rule on the text itself would have the API server print its value; on the parent only the message shows.
    for (kind, place) in [
        ("SchemaSnapshot", "/properties/spec/properties/source/properties/url"),
        ("ClusterSchemaSource", "/properties/spec/properties/url"),
    ] {
        assert_eq!(schemas[kind].pointer(place).unwrap().get("x-kubernetes-validations"), None);
    }
}
