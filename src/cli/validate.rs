//! `validate`: judging rows and queries by a snapshot file, without a server. Does nothing itself.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

pub mod rows;

use self::rows::RowsArgs;

/// `validate`: what is judged.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp --database shop > shop.json\n  \
    mcp-schema-operator validate rows --schema shop.json --table shop.orders orders.ndjson\n  \
    mcp-schema-operator validate query --schema shop.json --read-only \"SELECT id FROM shop.orders LIMIT 10\"")]
pub struct ValidateArgs {
    /// What is judged
    #[command(subcommand)]
    pub what: Validate,
}

/// What can be judged.
#[derive(Clone, Debug, Subcommand)]
pub enum Validate {
    /// Judge rows, as NDJSON or one JSON array, against a table
    Rows(Box<RowsArgs>),
    /// Judge one query by a snapshot file
    Query(QueryArgs),
}

/// `validate query`: one query judged by a snapshot file.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator validate query --schema shop.json --read-only \"SELECT id FROM shop.orders LIMIT 10\"\n  \
    mcp-schema-operator validate query --schema shop.json --database shop --format json - < report.sql\n  \
    mcp-schema-operator validate query --schema shop.json --format junit \"DELETE FROM shop.orders WHERE id = ?\" > query.xml\n\n\
    Exit codes: 0 valid (there may be warnings), 1 not valid, 2 it could not be judged, or wrong usage or input.")]
pub struct QueryArgs {
    /// Snapshot file, as `discover --format json` prints it
    #[arg(long, value_name = "FILE")]
    pub schema: PathBuf,
    /// Database of tables named without one [default: the only database of the file]
    #[arg(long, value_name = "DB")]
    pub database: Option<String>,
    /// Refuse whatever is not known to only read
    #[arg(long)]
    pub read_only: bool,
    /// What is printed
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub format: ValidateFormat,
    /// The query; `-` reads it from standard input
    #[arg(value_name = "SQL")]
    pub sql: String,
}

/// What `validate` prints on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// A line per finding, worst first, and the verdict, for people
    Text,
    /// The whole result as one JSON document
    Json,
    /// A JUnit report, for CI systems
    Junit,
}
