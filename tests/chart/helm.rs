//! Runs `helm` on the chart, or on a copy of it, and parses what it renders. Knows nothing of what is right.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The release and the namespace every rendering is made for.
pub(crate) const RELEASE: &str = "rel";
pub(crate) const NAMESPACE: &str = "ns";

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The chart as it is in the repository.
pub(crate) fn chart() -> PathBuf {
    root().join("charts/mcp-schema-operator")
}

/// Where a tool is: the environment variable of its name in capitals, else the file `make tools` writes.
fn tool(name: &str) -> PathBuf {
    let key = name.to_uppercase();
    if let Some(path) = std::env::var_os(&key) {
        return path.into();
    }
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let file = cache.map(|cache| cache.join("mcp-schema-operator/tools/env"));
    let text = file.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(&key)?.strip_prefix('='));
    line.map(PathBuf::from).unwrap_or_else(|| panic!("{name} not found: run `make tools`"))
}

fn helm<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Output {
    let path = tool("helm");
    let output = Command::new(&path).args(args).output();
    output.unwrap_or_else(|e| panic!("{} does not run: {e}; run `make tools`", path.display()))
}

/// `helm lint --strict`: what it printed, and whether it was content.
pub(crate) fn lint(chart: &Path) -> (bool, String) {
    let output = helm([OsStr::new("lint"), OsStr::new("--strict"), chart.as_os_str()]);
    (output.status.success(), [output.stdout, output.stderr].map(|b| String::from_utf8(b).unwrap()).concat())
}

/// `helm template` with these values: the rendered text, or what helm says against it.
pub(crate) fn template(chart: &Path, values: &Value) -> Result<String, String> {
    template_as(RELEASE, NAMESPACE, chart, values)
}

/// [`template`] for another release and namespace.
pub(crate) fn template_as(release: &str, namespace: &str, chart: &Path, values: &Value) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("values.json");
    fs::write(&file, values.to_string()).unwrap();
    let args = ["template", release, "--namespace", namespace, "--values"].map(OsStr::new);
    let output = helm(args.into_iter().chain([file.as_os_str(), chart.as_os_str()]));
    if output.status.success() {
        return Ok(String::from_utf8(output.stdout).unwrap());
    }
    Err(String::from_utf8(output.stderr).unwrap())
}

/// The objects in a rendered text. A duplicate key is an error of the parser (kubectl would merge it silently).
pub(crate) fn objects(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple::<Value>(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// The objects the chart renders with these values.
pub(crate) fn render(values: &Value) -> Vec<Value> {
    objects(&template(&chart(), values).unwrap_or_else(|e| panic!("{e}")))
}

/// The one object of this kind and name.
pub(crate) fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found: Vec<_> = objects.iter().filter(|o| o["kind"] == kind && o["metadata"]["name"] == name).collect();
    assert_eq!(found.len(), 1, "{kind} {name} in {objects:#?}");
    found[0]
}

/// A copy of the chart with one more file in `crd-manifests`.
pub(crate) fn chart_with_crd(name: &str, text: &str) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&chart(), folder.path());
    fs::create_dir_all(folder.path().join("crd-manifests")).unwrap();
    fs::write(folder.path().join("crd-manifests").join(name), text).unwrap();
    folder
}

#[test]
fn a_duplicate_key_does_not_pass_the_parser() {
    assert!(serde_saphyr::from_multiple::<Value>("a: 1\nb: 2\n").is_ok());
    assert!(serde_saphyr::from_multiple::<Value>("a: 1\na: 2\n").is_err());
}

#[test]
fn lint_is_content() {
    let (content, said) = lint(&chart());
    assert!(content, "{said}");
}
