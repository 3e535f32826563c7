//! Sequences. Pure.

use super::{Context, Grouped};
use crate::discovery::queries::Part;
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::McpError;
use crate::mcp::rows::Row;
use crate::schema::{Engine, Sequence};

/// Reads one sequence; `row` is its row of the list of tables. One that is listed and cannot be read is `unknown`.
pub(super) fn sequence(
    context: &Context<'_>,
    row: &Row,
    name: String,
    parts: &Grouped<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Sequence, McpError> {
    let key = row.text("k")?;
    let Some(own) = parts.of(Part::Sequences, &key).first() else {
        warnings.push(context.warning(&name, "", WarningCode::SequenceHidden));
        return Ok(Sequence { name, unknown: true, ..Sequence::default() });
    };
    let tidb = context.engine == Engine::Tidb;
    // TiDB says apart whether it caches and how much; MariaDB keeps the comment with those of the tables.
    let cache = match tidb {
        true if own.number("ca")? == 0 => 0,
        true => own.number("cv")?,
        false => own.number("ca")?,
    };
    let comment = if tidb { own.text_or_null("cmt")? } else { row.text_or_null("cmt")? };
    Ok(Sequence {
        name,
        start: own.text("st")?,
        increment: own.text("inc")?,
        min: own.text("mn")?,
        max: own.text("mx")?,
        cache,
        cycle: own.number("cy")? != 0,
        comment: comment.unwrap_or_default(),
        unknown: false,
    })
}
