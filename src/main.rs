//! The binary: parses the command line and hands over to one command.

use std::process::ExitCode;

use clap::Parser;
use mcp_schema_operator::cli::validate::ValidateCommand;
use mcp_schema_operator::cli::{Cli, Command};
use mcp_schema_operator::commands;

fn main() -> ExitCode {
    // The first TLS use panics without a provider. It fails only when one is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().command {
        Command::Crds => commands::crds::run(),
        Command::Run(args) => commands::run::run(&args),
        Command::Discover(args) => commands::discover::run(&args),
        Command::Validate(args) => match args.what {
            ValidateCommand::Rows(args) => commands::validate_rows::run(&args),
        },
    }
}
