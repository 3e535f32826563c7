//! `bed`: a test bed for people and scripts. Parses the command line; the work is in `run` and `doctor`.

mod doctor;
mod run;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use mcpschema_bed::Engine;

/// A real API server, database and MCP server on loopback, for one command or for a while.
#[derive(Parser)]
#[command(version, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything, run a command in it, take everything down and exit with the command's code
    ///
    /// The command finds KUBECONFIG (administrator), MCP_URL, BED_MCP_PID, DB_ENGINE, DB_PORT and OPENREPORTS_CRD in its
    /// environment, and kubectl, helm and mariadb (as the database's administrator) first on its PATH.
    ///
    /// Example: bed run -- kubectl get namespaces
    Run(RunArgs),
    /// Say which tools and engines are there, and what to do about those that are not; exit 1 when one is missing
    Doctor,
    /// Say which engines the tests run on live, and which they replay from recordings
    Engines,
}

/// Arguments of `bed run`.
#[derive(clap::Args)]
struct RunArgs {
    /// Leave everything running afterwards; prints how to reach it and how to stop it
    #[arg(long)]
    keep: bool,
    /// The database engine
    #[arg(long, value_enum, default_value_t = EngineArg::Mariadb)]
    engine: EngineArg,
    /// The command and its arguments; may be left out with --keep
    #[arg(last = true, required_unless_present = "keep")]
    command: Vec<std::ffi::OsString>,
}

#[derive(Clone, Copy, ValueEnum)]
enum EngineArg {
    Mariadb,
    Tidb,
}

impl From<EngineArg> for Engine {
    fn from(engine: EngineArg) -> Self {
        match engine {
            EngineArg::Mariadb => Self::MariaDb,
            EngineArg::Tidb => Self::TiDb,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run(args) => run::run(&args).await,
        Command::Doctor => Ok(doctor::doctor()),
        Command::Engines => doctor::engines(),
    };
    outcome.map_or_else(
        |error| {
            eprintln!("bed: error: {error}");
            ExitCode::from(2)
        },
        ExitCode::from,
    )
}
