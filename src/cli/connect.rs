//! The flags that say how an MCP server is reached, the same for every command that reaches one. Does nothing itself.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::duration;

/// How to speak to the server, with which credential, and how patient to be.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub struct ConnectArgs {
    /// How the server is reached; auto finds out by asking
    #[arg(long, value_enum, ignore_case = true, default_value_t = TransportArg::Auto)]
    pub transport: TransportArg,
    /// Whose SQL tool the server offers; auto finds out from its list of tools
    #[arg(long, value_enum, ignore_case = true, default_value_t = DialectArg::Auto)]
    pub dialect: DialectArg,
    /// With --dialect custom: the tool that runs one query (name one that cannot write)
    #[arg(long, value_name = "TOOL", required_if_eq("dialect", "custom"))]
    pub custom_tool: Option<String>,
    /// With --dialect custom: its argument that takes the SQL text
    #[arg(long, value_name = "NAME", required_if_eq("dialect", "custom"))]
    pub custom_argument: Option<String>,
    /// With --dialect custom: JSON pointer to the list of rows in its answer, as in /rows [default: the answer itself]
    #[arg(long, value_name = "POINTER", requires = "custom_tool")]
    pub custom_rows_pointer: Option<String>,
    /// File with the bearer token the server asks for, alone on one line. Sent over https, and over http to this machine
    /// itself (127.0.0.0/8, ::1, localhost); anywhere else over http only with --allow-insecure-auth
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub token_file: Option<PathBuf>,
    /// Send the token in clear text over http, where everybody on the way can read it
    #[arg(long, requires = "token_file")]
    pub allow_insecure_auth: bool,
    /// File with PEM certificates of the only authorities to trust [default: those of the system]
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub ca_file: Option<PathBuf>,
    /// Deadline for connecting and the handshake
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_or_seconds, default_value = "30s")]
    pub connection_timeout: Duration,
    /// Deadline for one call
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_or_seconds, default_value = "60s")]
    pub request_timeout: Duration,
    /// Tries of one call after the first, 0 to 10
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=10), default_value_t = 3)]
    pub max_retries: u32,
}

/// How the server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TransportArg {
    /// Find out by asking
    Auto,
    /// MCP since 2025
    #[value(alias = "streamablehttp")]
    StreamableHttp,
    /// MCP's older HTTP+SSE
    Sse,
    /// No MCP: POST to URL/tools/TOOL
    #[value(alias = "resttools")]
    RestTools,
}

/// Whose SQL tool the server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// Find out from the list of tools
    Auto,
    /// PingCAP's tidb-mcp-server
    Pytidb,
    /// Bytebase's dbhub
    Dbhub,
    /// Google's MCP Toolbox for Databases
    Toolbox,
    /// benborla's mcp-server-mysql
    Benborla,
    /// The REST tools server
    #[value(alias = "resttools")]
    RestTools,
    /// The tool that --custom-tool names
    Custom,
}
