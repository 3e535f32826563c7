//! `crds`: prints the CustomResourceDefinitions as YAML, the same text that is committed under `crds/`.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::api::crd;

/// Prints every definition to standard output. Exit code 0, or 2 when standard output cannot be written.
#[must_use]
pub fn run() -> ExitCode {
    let text = match files() {
        Ok(files) => files.into_iter().map(|(_, text)| format!("---\n{text}")).collect::<String>(),
        Err(error) => return fail(&error),
    };
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        // A reader that has seen enough (`crds | head`) is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error),
        _ => ExitCode::SUCCESS,
    }
}

/// Name and text of each definition's file under `crds/`, stable from run to run.
///
/// # Errors
/// When a definition cannot be written as YAML.
pub fn files() -> Result<Vec<(String, String)>, serde_saphyr::ser::Error> {
    let mut files = Vec::new();
    for crd in crd::crds() {
        let name = format!("{}.{}.yaml", crd.spec.names.plural, crd.spec.group);
        files.push((name, format!("{}\n", serde_saphyr::to_string(&crd)?.trim_end())));
    }
    Ok(files)
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: the CustomResourceDefinitions could not be printed: {error}");
    ExitCode::from(2)
}
