//! The binary: parses the command line and hands over to one command.

use std::process::ExitCode;

use clap::Parser;
use mcp_schema_operator::cli::validate::Validate;
use mcp_schema_operator::cli::{Cli, Command};
use mcp_schema_operator::commands;

fn main() -> ExitCode {
    // The first TLS use panics without a provider. It fails only when one is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().command {
        Command::Crds => commands::crds::run(),
        Command::Run(args) => commands::run::run(&args),
        Command::Discover(args) => commands::discover::run(&args),
        Command::Diff(args) => commands::diff::run(&args),
        Command::Render(args) => commands::render::run(&args),
        Command::Validate(args) => match args.what {
            Validate::Rows(args) => commands::validate_rows::run(&args),
            Validate::Query(args) => commands::validate_query::run(&args),
        },
        Command::Check(args) => commands::check::run(&args),
    }
}
