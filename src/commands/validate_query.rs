//! `validate query`: one query judged by a snapshot file.

mod print;

use std::io::Read as _;
use std::process::ExitCode;

use super::EXIT_ERROR;
use super::snapshot_file::read_snapshot;
use crate::cli::validate::{QueryArgs, ValidateFormat};
use crate::schema::Snapshot;
use crate::validation::query::{self, MAX_BYTES, Options, QueryResult, Verdict};

/// There are errors.
const EXIT_FINDINGS: u8 = 1;

/// Prints what was found; exit code 0 valid, 1 invalid, 2 when it could not be judged.
#[must_use]
pub fn run(args: &QueryArgs) -> ExitCode {
    match validate(args) {
        Ok(Verdict::Valid) => ExitCode::SUCCESS,
        Ok(Verdict::Invalid) => ExitCode::from(EXIT_FINDINGS),
        Ok(Verdict::Unknown) => ExitCode::from(EXIT_ERROR),
        Err(message) => {
            eprintln!("validate query: {message}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn validate(args: &QueryArgs) -> Result<Verdict, String> {
    use std::io::Write as _;
    let snapshot = read_snapshot(&args.schema)?;
    let sql = match args.sql.as_str() {
        "-" => from_stdin()?,
        sql => sql.to_owned(),
    };
    let options = Options {
        default_database: args.database.clone().or_else(|| only_database(&snapshot)),
        read_only: args.read_only,
        ..Options::default()
    };
    let result = query::validate(&sql, &snapshot, &options);
    // A reader that has seen enough (`| head`) is no error.
    drop(std::io::stdout().lock().write_all(printed(&result, args.format)?.as_bytes()));
    Ok(result.verdict)
}

fn printed(result: &QueryResult, format: ValidateFormat) -> Result<String, String> {
    match format {
        ValidateFormat::Text => Ok(print::text(result)),
        ValidateFormat::Junit => Ok(print::junit(result)),
        ValidateFormat::Json => {
            let json = serde_json::to_string(result).map_err(|error| error.to_string())?;
            Ok(format!("{json}\n"))
        }
    }
}

/// One byte more than is judged, so that a text that is too long is told from one that just fits.
fn from_stdin() -> Result<String, String> {
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut sql = Vec::new();
    let read = std::io::stdin().lock().take(most).read_to_end(&mut sql);
    read.map_err(|error| format!("cannot read the query from standard input: {error}"))?;
    // Cut inside a character, a text that is too long is still too long.
    if sql.len() > MAX_BYTES {
        return Ok(String::from_utf8_lossy(&sql).into_owned());
    }
    String::from_utf8(sql).map_err(|_| "the query on standard input is not UTF-8".to_owned())
}

fn only_database(snapshot: &Snapshot) -> Option<String> {
    match snapshot.databases.as_slice() {
        [only] => Some(only.name.clone()),
        _ => None,
    }
}
