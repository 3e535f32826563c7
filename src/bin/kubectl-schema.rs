//! The kubectl plugin: `kubectl schema …` runs it once it is on PATH. Parses the command line and hands over.

use std::process::ExitCode;

use clap::Parser;
use mcp_schema_operator::kubectl;

fn main() -> ExitCode {
    // The first TLS use panics without a provider. It fails only when one is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    kubectl::run(&kubectl::cli::Cli::parse())
}
