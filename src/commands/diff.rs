//! `diff`: the changes between two snapshot files.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use super::{EXIT_ERROR, EXIT_FINDINGS, snapshot_file};
use crate::cli::diff::{DiffArgs, DiffFormat, ProtectArg};
use crate::schema::Snapshot;
use crate::schema::changes::{Changes, Protect, Side, diff, text};

/// Prints the changes; exit code 0, 1 when they break who is protected, or 2 when a file cannot be read.
#[must_use]
pub fn run(args: &DiffArgs) -> ExitCode {
    match compare(args) {
        Ok(false) => ExitCode::SUCCESS,
        Ok(true) => ExitCode::from(EXIT_FINDINGS),
        Err(message) => {
            eprintln!("diff: {message}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}

/// The machine form.
#[derive(Serialize)]
struct Report<'a> {
    protect: Protect,
    breaks: bool,
    #[serde(flatten)]
    changes: &'a Changes,
}

fn compare(args: &DiffArgs) -> Result<bool, String> {
    if args.old.as_os_str() == "-" && args.new.as_os_str() == "-" {
        return Err("only one of OLD and NEW can be standard input".to_owned());
    }
    let (old, new) = (snapshot_file::read_snapshot(&args.old)?, snapshot_file::read_snapshot(&args.new)?);
    let (out, breaks) = report(&old, &new, args.protect, args.format)?;
    // A reader that has seen enough (`| head`) is no error.
    drop(std::io::stdout().lock().write_all(out.as_bytes()));
    Ok(breaks)
}

/// What is printed of the changes between two schemas, and whether they break who is protected.
///
/// # Errors
/// Only when the changes cannot be written as JSON.
pub fn report(
    old: &Snapshot,
    new: &Snapshot,
    protect: ProtectArg,
    format: DiffFormat,
) -> Result<(String, bool), String> {
    let protect = match protect {
        ProtectArg::None => Protect::None,
        ProtectArg::Readers => Protect::Readers,
        ProtectArg::Writers => Protect::Writers,
        ProtectArg::Clients => Protect::Clients,
    };
    let changes = diff(&Side::from(old), &Side::from(new), &[]);
    let breaks = changes.breaks(protect);
    let out = match format {
        DiffFormat::Text => text::render(&changes, protect, colour()),
        DiffFormat::Json => {
            let report = Report { protect, breaks, changes: &changes };
            serde_json::to_string(&report).map_err(|error| error.to_string())? + "\n"
        }
    };
    Ok((out, breaks))
}

/// On a terminal, unless its user wants none (no-color.org).
fn colour() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !unwanted && std::io::stdout().is_terminal()
}
