//! `crds`: prints the CustomResourceDefinitions as YAML, the very bytes committed under `crds/`. No I/O of its own.

use crate::api::crd;

/// The CustomResourceDefinitions as one YAML stream, stable from run to run.
///
/// # Errors
/// When a definition cannot be written as YAML.
pub fn render() -> Result<String, serde_saphyr::ser::Error> {
    crd::crds().iter().map(|crd| Ok(format!("---\n{}\n", serde_saphyr::to_string(crd)?.trim_end()))).collect()
}

/// One definition each, with the name of its file under `crds/`.
///
/// # Errors
/// When a definition cannot be written as YAML.
pub fn files() -> Result<Vec<(String, String)>, serde_saphyr::ser::Error> {
    let file = |crd: &_| Ok((file_name(crd), format!("{}\n", serde_saphyr::to_string(crd)?.trim_end())));
    crd::crds().iter().map(file).collect()
}

fn file_name(
    crd: &k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
) -> String {
    format!("{}.{}.yaml", crd.spec.names.plural, crd.spec.group)
}
