//! `render`: the forms of a schema from a snapshot file, without a server; and how `discover` prints the same forms.

use std::path::Path;
use std::process::ExitCode;

use super::{EXIT_ERROR, snapshot_file};
use crate::api::snapshot::OutputFormat;
use crate::cli::render::{Format, RenderArgs};
use crate::output::{ddl, json_schema, mermaid};
use crate::schema::select::Selection;
use crate::schema::{Snapshot, canonical};
use crate::store::layout::{self, Input, Placement};

/// Prints one form of the schema in a file; exit code 0, or 2 when there is none.
#[must_use]
pub fn run(args: &RenderArgs) -> ExitCode {
    match render(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("render: {message}");
            ExitCode::from(EXIT_ERROR)
        }
    }
}

fn render(args: &RenderArgs) -> Result<(), String> {
    let snapshot = snapshot_file::read_snapshot(&args.schema)?;
    let selection = Selection::new(&args.databases, &[], &args.tables, &[]).map_err(|error| error.to_string())?;
    let snapshot = selection.apply(snapshot);
    if snapshot.databases.is_empty() {
        return Err(format!("no database of {} matches --database", args.schema.display()));
    }
    emit(args.format, args.output.as_deref(), &snapshot, &[])
}

/// Writes the files when a directory is given, and prints the form. `notes` are for the summary.
///
/// # Errors
/// A sentence that says what to do.
pub(super) fn emit(format: Format, output: Option<&Path>, snapshot: &Snapshot, notes: &[String]) -> Result<(), String> {
    use std::io::Write as _;
    if let Some(folder) = output {
        let files = write_files(folder, snapshot, published(format))?;
        if !matches!(format, Format::Json | Format::Summary) {
            eprintln!("{files} files are in {}", folder.display());
            return Ok(());
        }
    }
    let mut text = text(format, snapshot, notes)?;
    if text.last().is_some_and(|last| *last != b'\n') {
        text.push(b'\n');
    }
    // A reader that has seen enough (`| head`) is no error.
    drop(std::io::stdout().lock().write_all(&text));
    Ok(())
}

/// The form as it would be asked for in a SchemaSnapshot.
const fn published(format: Format) -> &'static [OutputFormat] {
    match format {
        Format::Json | Format::Summary => &[],
        Format::Jsonschema => &[OutputFormat::JsonSchema],
        Format::Ddl => &[OutputFormat::Ddl],
        Format::Mermaid => &[OutputFormat::Mermaid],
    }
}

/// The files that would be the keys of the ConfigMaps; returns how many.
fn write_files(folder: &Path, snapshot: &Snapshot, formats: &[OutputFormat]) -> Result<usize, String> {
    let none = Placement::new();
    let input =
        Input { name: "schema", snapshot, formats, asked: None, kept: None, previous: &none, previous_files: &none };
    let layout = layout::layout(&input).map_err(|error| error.to_string())?;
    let failed = |error: std::io::Error| format!("--output {}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    for (key, text) in layout.parts.iter().flat_map(|part| &part.data) {
        std::fs::write(folder.join(key), text).map_err(failed)?;
    }
    Ok(layout.parts.iter().map(|part| part.data.len()).sum())
}

fn text(format: Format, snapshot: &Snapshot, notes: &[String]) -> Result<Vec<u8>, String> {
    let databases = &snapshot.databases;
    match format {
        Format::Json => canonical::bytes(snapshot).map_err(|error| error.to_string()),
        Format::Summary => crate::schema::summary(snapshot, notes).map(String::into_bytes).map_err(|e| e.to_string()),
        Format::Jsonschema => {
            let mut lines = Vec::new();
            for (database, table) in databases.iter().flat_map(|d| d.tables.iter().map(move |table| (d, table))) {
                lines.extend(json_schema::bytes(&database.name, table).map_err(|error| error.to_string())?);
                lines.push(b'\n');
            }
            Ok(lines)
        }
        Format::Ddl => {
            // Alone, it is for the database the reader chooses; several have to be told apart.
            let select = |database| if databases.len() > 1 { ddl::select(database) } else { String::new() };
            let one = |database| format!("{}{}", select(database), ddl::texts(&snapshot.server, database).concat());
            Ok(databases.iter().map(one).collect::<String>().into_bytes())
        }
        Format::Mermaid => match databases.as_slice() {
            [one] => match mermaid::texts(one).as_slice() {
                [text] => Ok(text.clone().into_bytes()),
                parts => Err(format!("the diagram has {} parts: --output DIR writes them", parts.len())),
            },
            _ => Err(format!(
                "a diagram shows one database and there are {}: name one with --database, or write all with --output DIR",
                databases.len()
            )),
        },
    }
}
