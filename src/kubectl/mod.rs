//! `kubectl schema`: the second binary. Looks into a cluster with the user's own rights, and asks the operator for a look
//! or a publication by annotation; it talks to no MCP server and writes nothing else.
//!
//! ```text
//! cli ─► cluster (which snapshot?) ─► tree, show, erd, diff: what is published, from the ConfigMaps by way of `store`
//!                                  ─► history, diff: revisions
//!                                  ─► status: the object itself
//!                                  ─► refresh, approve: one annotation
//! ```

mod approve;
pub mod cli;
mod cluster;
mod connection;
mod diff;
mod erd;
mod history;
mod names;
mod policies;
mod refresh;
mod revisions;
mod show;
mod status;
#[cfg(test)]
mod testing;
mod text;
mod tree;

use std::io::Write as _;
use std::process::ExitCode;

use self::cli::{Cli, Command};
use self::cluster::Target;
use crate::commands::{EXIT_ERROR, EXIT_FINDINGS, block_on};

/// What a command has to say.
#[derive(Debug)]
struct Printed {
    /// For standard output.
    text: String,
    /// There is something to report.
    findings: bool,
}

impl Printed {
    const fn clean(text: String) -> Self {
        Self { text, findings: false }
    }
}

/// Runs one command; exit code 0 nothing to report, 1 findings, 2 it could not be done.
#[must_use]
pub fn run(cli: &Cli) -> ExitCode {
    block_on(async {
        match answer(cli).await {
            Ok(printed) => {
                // A reader that has seen enough (`| head`) is no error.
                drop(std::io::stdout().lock().write_all(printed.text.as_bytes()));
                if printed.findings { ExitCode::from(EXIT_FINDINGS) } else { ExitCode::SUCCESS }
            }
            Err(message) => {
                eprintln!("{}: {message}", cli.command.name().0);
                ExitCode::from(EXIT_ERROR)
            }
        }
    })
}

async fn answer(cli: &Cli) -> Result<Printed, String> {
    let name = match (cli.command.name().1, cli.options.snapshot.as_deref()) {
        (Some(one), Some(other)) if one != other => {
            return Err(format!("both {one} and --snapshot {other} name a snapshot: give one of them"));
        }
        (beside, option) => beside.or(option),
    };
    let target = Target::find(&cli.options, name).await?;
    match &cli.command {
        Command::Tree(_) => tree::run(&target).await,
        Command::Show(args) => show::run(&target, &args.object).await,
        Command::History(_) => history::run(&target).await,
        Command::Diff(args) => diff::run(&target, args).await,
        Command::Erd(args) => erd::run(&target, args).await,
        Command::Refresh(args) => refresh::run(&target, args).await,
        Command::Approve(args) => approve::run(&target, args).await,
        Command::Status(_) => status::run(&target).await,
    }
}
