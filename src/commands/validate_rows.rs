//! `validate rows`: rows from a file or standard input against a table of a snapshot file, as a stream: one row is in memory
//! at a time, whatever the size of the input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use super::snapshot_file::read_snapshot;
use super::{EXIT_ERROR, EXIT_FINDINGS};
use crate::cli::table_name::TableName;
use crate::cli::validate::rows::{RowsArgs, RowsFormat};
use crate::schema::{Snapshot, Table, canonical};
use crate::validation::rows::{Batch, Code, Options, Piece, SchemaRef, Splitter, ValidationResult, Validator, render};

/// Bytes read at once.
const CHUNK: usize = 256 << 10;
/// Longest row.
const MAX_ROW: usize = 64 << 20;

/// Prints the result; exit code 0 when every row is valid, 1 when not, 2 when nothing could be judged.
#[must_use]
pub fn run(args: &RowsArgs) -> ExitCode {
    let fail = |message: &str| {
        eprintln!("validate rows: {message}");
        ExitCode::from(EXIT_ERROR)
    };
    let snapshot = match read_snapshot(&args.schema) {
        Ok(snapshot) => snapshot,
        Err(message) => return fail(&message),
    };
    let mut schema =
        SchemaRef { database: args.table.database.clone(), table: args.table.table.clone(), ..SchemaRef::default() };
    let table = match find(&snapshot, &args.table) {
        Ok(table) => table,
        Err(message) => {
            print(args.format, &ValidationResult::not_judged(schema, Code::TableNotFound, &message));
            return fail(&message);
        }
    };
    schema.hash = canonical::table_hash(table).ok();
    let validator = Validator::compile(table, &snapshot.server, options(args));
    match judge(args, &validator, schema) {
        Ok(result) => {
            print(args.format, &result);
            if result.is_valid { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) }
        }
        Err(error) => fail(&format!("{}: {error}", args.rows.display())),
    }
}

fn options(args: &RowsArgs) -> Options {
    Options {
        strict: args.strict,
        allow_unknown_columns: args.allow_unknown_columns,
        operation: args.operation.into(),
        time_zone: args.time_zone,
        binary_encoding: args.binary_encoding.into(),
        json_strings: args.json_strings.into(),
        max_errors: args.max_errors,
        include_values: args.include_values,
        ..Options::default()
    }
}

/// The table, by the server's own rule of names.
fn find<'s>(snapshot: &'s Snapshot, name: &TableName) -> Result<&'s Table, String> {
    let fold = snapshot.server.lower_case_table_names != 0;
    let same = |a: &str, b: &str| a == b || (fold && a.to_lowercase() == b.to_lowercase());
    let Some(database) = snapshot.databases.iter().find(|database| same(&database.name, &name.database)) else {
        let known: Vec<_> = snapshot.databases.iter().take(10).map(|database| database.name.as_str()).collect();
        return Err(format!("the schema file has no database {}; it has {}", name.database, known.join(", ")));
    };
    if database.views.iter().any(|view| same(&view.name, &name.table)) {
        return Err(format!("{}.{} is a view: rows are judged against the table under it", name.database, name.table));
    }
    database.tables.iter().find(|table| same(&table.name, &name.table)).ok_or_else(|| {
        let known: Vec<_> = database.tables.iter().take(10).map(|table| table.name.as_str()).collect();
        let more = database.tables.len().saturating_sub(known.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("database {} has no table {}; it has {}{rest}", database.name, name.table, known.join(", "))
    })
}

fn judge(args: &RowsArgs, validator: &Validator, schema: SchemaRef) -> io::Result<ValidationResult> {
    let begin = Instant::now();
    let mut batch = validator.batch();
    if args.rows.as_os_str() == "-" {
        stream(io::stdin().lock(), &mut batch)?;
    } else {
        stream(File::open(&args.rows)?, &mut batch)?;
    }
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(batch.finish(schema, milliseconds))
}

fn stream(mut input: impl Read, batch: &mut Batch<'_>) -> io::Result<()> {
    let mut splitter = Splitter::new(MAX_ROW);
    let mut progress = Progress::new();
    let mut chunk = vec![0; CHUNK];
    let take = |batch: &mut Batch<'_>, piece: Piece<'_>| match piece {
        Piece::Row(bytes) => batch.row(bytes),
        Piece::TooLarge => batch.too_large(MAX_ROW),
    };
    loop {
        let length = match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        splitter.push(chunk.get(..length).unwrap_or_default(), |piece| take(batch, piece));
        progress.tell(length, batch.rows());
    }
    if let Err(message) = splitter.finish(|piece| take(batch, piece)) {
        batch.broken(message);
    }
    progress.end();
    Ok(())
}

/// How far we are, on a terminal alone.
struct Progress {
    shown: bool,
    terminal: bool,
    bytes: u64,
    last: Instant,
}

impl Progress {
    const EACH: Duration = Duration::from_millis(200);

    fn new() -> Self {
        Self { shown: false, terminal: io::stderr().is_terminal(), bytes: 0, last: Instant::now() }
    }

    fn tell(&mut self, bytes: usize, rows: u64) {
        self.bytes += bytes as u64;
        if self.terminal && self.last.elapsed() >= Self::EACH {
            eprint!("\r\x1b[K{rows} rows, {} MiB", self.bytes >> 20);
            (self.shown, self.last) = (true, Instant::now());
        }
    }

    fn end(&self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}

fn print(format: RowsFormat, result: &ValidationResult) {
    let text = match format {
        RowsFormat::Text => render::text(result),
        RowsFormat::Json => render::json(result),
        RowsFormat::Junit => render::junit(result),
    };
    // A reader that has seen enough (`| head`) is no error.
    drop(io::stdout().lock().write_all(text.as_bytes()));
}
