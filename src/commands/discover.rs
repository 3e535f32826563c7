//! `discover`: one discovery with the operator's own engine, without a cluster.

use std::process::ExitCode;

use super::{EXIT_ERROR, block_on};
use crate::cli::DiscoverArgs;
use crate::cli::render::Format;
use crate::discovery::{self, Discovered, Settings};
use crate::mcp::{Connection, Endpoint, Recorder, Replay, SqlSource, unobserved};
use crate::schema::select::{GHOST_TABLES, Selection};

/// Prints the schema; exit code 0, or 2 when it could not be read whole.
#[must_use]
pub fn run(args: &DiscoverArgs) -> ExitCode {
    block_on(async {
        match discover(args).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                eprintln!("discover: {message}");
                ExitCode::from(EXIT_ERROR)
            }
        }
    })
}

async fn discover(args: &DiscoverArgs) -> Result<(), String> {
    let exclude: Vec<String> = match args.exclude_tables.as_slice() {
        [] => GHOST_TABLES.iter().map(|&glob| glob.to_owned()).collect(),
        own => own.to_vec(),
    };
    let selection = Selection::new(&args.databases, &args.exclude_databases, &args.tables, &exclude);
    let selection = selection.map_err(|error| error.to_string())?;
    let discovered = match (&args.replay, &args.url) {
        (Some(file), _) => read(&Replay::open([file]).map_err(|error| error.to_string())?, &selection).await?,
        (None, Some(url)) => {
            let (endpoint, warning) = super::connect::endpoint(url, &args.connect)?;
            if let Some(warning) = warning {
                eprintln!("discover: {warning}");
            }
            live(args, endpoint, &selection).await?
        }
        (None, None) => return Err("name a server with --url, or a recording with --replay".to_owned()),
    };
    // The summary lists them itself.
    for warning in discovered.warnings.iter().filter(|_| args.format != Format::Summary) {
        eprintln!("discover: {warning}");
    }
    if discovered.warnings_left_out > 0 {
        eprintln!("discover: {} more warnings are left out", discovered.warnings_left_out);
    }
    if discovered.databases.is_empty() {
        return Err("no database matches --database (or the account may not see it)".to_owned());
    }
    let notes: Vec<String> = discovered.warnings.iter().map(ToString::to_string).collect();
    super::render::emit(args.format, args.output.as_deref(), &discovered.snapshot(), &notes)
}

async fn live(args: &DiscoverArgs, endpoint: Endpoint, selection: &Selection) -> Result<Discovered, String> {
    let connection = Connection::connect(endpoint, unobserved()).await.map_err(|error| error.to_string())?;
    let Some(file) = &args.record else {
        let result = read(&connection, selection).await;
        connection.close().await;
        return result;
    };
    let recorder =
        Recorder::create(connection, file).await.map_err(|error| format!("--record {}: {error}", file.display()))?;
    read(&recorder, selection).await
}

async fn read(source: &dyn SqlSource, selection: &Selection) -> Result<Discovered, String> {
    discovery::discover(source, selection, &Settings::default()).await.map_err(|error| error.to_string())
}
