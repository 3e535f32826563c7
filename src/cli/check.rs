//! `check`: a policy evaluated without a cluster. Does nothing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `check`: evaluate a SchemaValidationPolicy manifest against a schema file.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator discover --url http://127.0.0.1:8000/mcp --database shop > shop.json\n  \
    mcp-schema-operator check --schema shop.json examples/policy-shop.yaml\n  \
    mcp-schema-operator check --schema shop.json --format junit policy.yaml > report.xml\n  \
    mcp-schema-operator check --schema after.json --previous before.json policy.yaml\n\n\
How rows are judged is what the policy's spec says; where it says nothing, the environment, as for the operator:\n  \
    SCHEMA_STRICT_MODE (false), SCHEMA_VALIDATE_TYPES (true), SCHEMA_VALIDATE_CONSTRAINTS (true),\n  \
    SCHEMA_VALIDATE_RELATIONSHIPS (true), SCHEMA_ALLOW_UNKNOWN_COLUMNS (false); in brackets what counts without.\n\n\
Exit codes: 0 compliant, 1 not compliant, 2 could not be judged, or an input that cannot be used.")]
pub struct CheckArgs {
    /// The schema, as `discover --format json` prints it
    #[arg(long, value_name = "FILE")]
    pub schema: PathBuf,
    /// The schema before, for rules about changes
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// What is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
    /// The manifest: one SchemaValidationPolicy, and the ConfigMaps its rowsFrom names
    #[arg(value_name = "POLICY.yaml")]
    pub policy: PathBuf,
}

/// What `check` prints on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// The verdict and what is wrong, worst first, for people
    Text,
    /// The whole report as one JSON document
    Json,
    /// The report as JUnit XML, for CI systems
    Junit,
}
