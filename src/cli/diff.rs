//! What `diff` is told. Does nothing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `diff`: the changes between two snapshot files.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Exit codes: 0 nobody who is protected breaks, 1 somebody does, 2 a file cannot be read.\n\n\
    Examples:\n  \
    mcp-schema-operator diff before.json after.json\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp | mcp-schema-operator diff before.json -\n  \
    mcp-schema-operator diff before.json after.json --protect readers --format json > changes.json")]
pub struct DiffArgs {
    /// The older schema: a file that `discover --format json` wrote, or - for standard input
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The newer schema, likewise
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Who must not break
    #[arg(long, value_enum, ignore_case = true, default_value_t = ProtectArg::Clients)]
    pub protect: ProtectArg,
    /// What is printed
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub format: DiffFormat,
}

/// Who must not break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProtectArg {
    /// Nobody: report only
    None,
    /// Those who read
    Readers,
    /// Those who write
    Writers,
    /// Readers and writers
    Clients,
}

/// What `diff` prints on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// One line per change, worst first, for people
    Text,
    /// Everything, as one JSON document
    Json,
}
