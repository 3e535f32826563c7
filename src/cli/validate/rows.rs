//! `validate rows`: what its command line may say. Does nothing itself.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::table_name::TableName;
use crate::validation::rows::{BinaryEncoding, JsonStrings, Offset, Operation};

/// `validate rows`.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  \
    mcp-schema-operator validate rows --schema shop.json --table shop.orders orders.ndjson\n  \
    cat orders.json | mcp-schema-operator validate rows --schema shop.json --table shop.orders --format text -\n  \
    mcp-schema-operator validate rows --schema shop.json --table '`my.db`.t' --strict --format junit rows.ndjson > rows.xml\n\n\
    The schema file is what `discover --format json` prints. Exit codes: 0 every row is valid, 1 findings, 2 nothing could be judged.")]
pub struct RowsArgs {
    /// Schema to judge against: a file that `discover --format json` printed
    #[arg(long, value_name = "FILE")]
    pub schema: PathBuf,
    /// The table; a name that holds a dot goes into backquotes
    #[arg(long, value_name = "DB.TABLE", value_parser = TableName::parse)]
    pub table: TableName,
    /// Count every silent change of a value as an error
    #[arg(long)]
    pub strict: bool,
    /// Only warn of fields that are no columns
    #[arg(long)]
    pub allow_unknown_columns: bool,
    /// What the rows are for
    #[arg(long, value_enum, default_value_t = OperationArg::Insert)]
    pub operation: OperationArg,
    /// Time zone of TIMESTAMP values: UTC or an offset such as +05:30
    #[arg(long, value_name = "OFFSET", default_value = "UTC", value_parser = Offset::parse, allow_hyphen_values = true)]
    pub time_zone: Offset,
    /// How binary values are written
    #[arg(long, value_enum, default_value_t = BinaryArg::Base64)]
    pub binary_encoding: BinaryArg,
    /// What a string for a JSON column is: JSON text, or a string value
    #[arg(long, value_enum, default_value_t = JsonStringsArg::Text)]
    pub json_strings: JsonStringsArg,
    /// Errors and warnings that are listed, each; the rest is counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub max_errors: usize,
    /// Show what would be stored in place of a changed value
    #[arg(long)]
    pub include_values: bool,
    /// What is printed
    #[arg(long, value_enum, default_value_t = RowsFormat::Json)]
    pub format: RowsFormat,
    /// The rows; `-` or nothing for standard input
    #[arg(value_name = "ROWS", default_value = "-")]
    pub rows: PathBuf,
}

/// How the result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RowsFormat {
    /// For people
    Text,
    /// The whole result as one JSON document
    Json,
    /// JUnit XML for CI systems: one test case per column
    Junit,
}

/// What the rows are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OperationArg {
    /// INSERT
    Insert,
    /// UPDATE: columns may be left out
    Update,
    /// INSERT ... ON DUPLICATE KEY UPDATE
    Upsert,
}

impl From<OperationArg> for Operation {
    fn from(arg: OperationArg) -> Self {
        match arg {
            OperationArg::Insert => Self::Insert,
            OperationArg::Update => Self::Update,
            OperationArg::Upsert => Self::Upsert,
        }
    }
}

/// How binary values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BinaryArg {
    /// Base64 with padding
    Base64,
    /// Pairs of hexadecimal digits
    Hex,
    /// The text's own bytes
    Utf8,
}

impl From<BinaryArg> for BinaryEncoding {
    fn from(arg: BinaryArg) -> Self {
        match arg {
            BinaryArg::Base64 => Self::Base64,
            BinaryArg::Hex => Self::Hex,
            BinaryArg::Utf8 => Self::Utf8,
        }
    }
}

/// What a string for a JSON column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum JsonStringsArg {
    /// JSON text
    Text,
    /// A string value
    Value,
}

impl From<JsonStringsArg> for JsonStrings {
    fn from(arg: JsonStringsArg) -> Self {
        match arg {
            JsonStringsArg::Text => Self::Text,
            JsonStringsArg::Value => Self::Value,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::validate::{Validate, ValidateArgs};
    use crate::cli::{Cli, Command};

    fn rows(flags: &[&str]) -> Result<RowsArgs, clap::Error> {
        let fixed = ["mcp-schema-operator", "validate", "rows", "--schema", "s.json"];
        match Cli::try_parse_from(fixed.iter().chain(flags))?.command {
            Command::Validate(ValidateArgs { what: Validate::Rows(args) }) => Ok(*args),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn every_command_shows_an_example() {
        let mut cli = Cli::command();
        let validate = cli.find_subcommand_mut("validate").unwrap();
        for command in validate.get_subcommands_mut() {
            let help = command.render_long_help().to_string();
            assert!(help.contains("Examples:"), "{help}");
        }
    }

    #[test]
    fn rows_needs_a_table_and_reads_standard_input_by_default() {
        let args = rows(&["--table", "shop.orders"]).unwrap();
        assert_eq!((args.rows, args.format), (PathBuf::from("-"), RowsFormat::Json));
        for (flags, good) in [
            (&["--table", "shop.orders", "--operation", "upsert", "--strict", "rows.json"][..], true),
            (&["--table", "`my.db`.`o``k`", "--time-zone", "-05:00"], true),
            (&["--table", "shop.orders", "--time-zone", "Europe/Vienna"], false),
            (&["--table", "orders"], false),
            (&["--table", "my.db.orders"], false),
            (&["--table", "shop.orders", "--operation", "delete"], false),
            (&[], false),
        ] {
            assert_eq!(rows(flags).is_ok(), good, "{flags:?}");
        }
    }
}
