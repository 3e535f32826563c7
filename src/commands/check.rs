//! `check`: a policy evaluated without a cluster, by the engine the operator uses.

mod manifest;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::ExitCode;

use k8s_openapi::jiff::Timestamp;

use super::EXIT_ERROR;
use super::snapshot_file::read_snapshot;
use crate::cli::check::{CheckArgs, CheckFormat};
use crate::config::switches::Switches;
use crate::validation::policy::{Candidate, Changes, Engines, Policy, Report, Verdict, engines, evaluate, render};

/// Prints the report; exit code 0 compliant, 1 not, 2 could not be judged or an input cannot be used.
#[must_use]
pub fn run(args: &CheckArgs) -> ExitCode {
    match check(args) {
        Ok(report) => {
            print(args.format, &report);
            match report.compliant {
                Verdict::True => ExitCode::SUCCESS,
                Verdict::False => ExitCode::from(1),
                Verdict::Unknown => ExitCode::from(EXIT_ERROR),
            }
        }
        Err(message) => {
            eprintln!("check: {message}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn check(args: &CheckArgs) -> Result<Report, String> {
    let manifest = manifest::read(&args.policy)?;
    let defaults = switches(|name| std::env::var_os(name))?;
    let policy = Policy::compile(&manifest.name, &manifest.spec, defaults).map_err(|faults| {
        let list: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!("{}:\n  {}", args.policy.display(), list.join("\n  "))
    })?;
    let snapshot = read_snapshot(&args.schema)?;
    let previous = args.previous.as_deref().map(read_snapshot).transpose()?;
    let changed = previous.as_ref().map(|previous| engines::changes(previous, &snapshot, &[]));
    let changes = match &changed {
        None => Changes::NotGiven,
        Some(Ok(known)) => Changes::Known(known),
        Some(Err(why)) => Changes::Unknown(why),
    };
    let candidate = Candidate {
        content_hash: None,
        snapshot: &snapshot,
        changes,
        elsewhere: &BTreeSet::new(),
        next_values: &|_, _| None,
    };
    let rows =
        |check: &_, snapshot: &_, switches| engines::rows(|key| manifest.text(key), check, snapshot, switches, None).0;
    let engines = Engines { query: &engines::query, rows: &rows, live: None };
    Ok(evaluate(&policy, &candidate, &engines, Timestamp::now(), &|| false))
}

/// What counts where the policy says nothing: the operator's settings, as far as they are in this environment.
fn switches(variable: impl Fn(&str) -> Option<OsString>) -> Result<Switches, String> {
    let given = |name: &&str| Some(((*name).to_owned(), variable(name)?.to_string_lossy().into_owned()));
    let environment = Switches::environment().iter().filter_map(given).collect();
    // There is no such flag here, as the error would say: the environment alone is named.
    Switches::from_environment(&environment).map_err(|e| format!("{} is {}: it must be {}", e.env, e.value, e.allowed))
}

fn print(format: CheckFormat, report: &Report) {
    use std::io::Write as _;
    let text = match format {
        CheckFormat::Text => render::text(report),
        CheckFormat::Json => render::json(report),
        CheckFormat::Junit => render::junit(report),
    };
    // A reader that has seen enough (`| head`) is no error.
    drop(std::io::stdout().lock().write_all(text.as_bytes()));
}
