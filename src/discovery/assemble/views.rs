//! Views. Pure.

use super::{Context, Grouped, columns};
use crate::discovery::error::DiscoveryError;
use crate::discovery::queries::Part;
use crate::discovery::warning::{Warning, WarningCode};
use crate::mcp::rows::Row;
use crate::schema::{Engine, View};

/// Reads one view; `row` is its row of the list of tables.
pub(super) fn view(
    context: &Context<'_>,
    row: &Row,
    name: String,
    parts: &Grouped<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<View, DiscoveryError> {
    let key = row.text("k")?;
    let columns = columns::of_view(context, &name, parts.of(Part::Columns, &key), warnings)?;
    let invalid = columns.is_empty();
    if invalid {
        warnings.push(context.warning(&name, "", WarningCode::ViewInvalid));
    }
    let own = parts.of(Part::Views, &key).first();
    let cell = |label: &str| own.map_or(Ok(None), |row| row.text_or_null(label)).map(Option::unwrap_or_default);
    // TiDB says CASCADED and NO of every view.
    let told = context.engine != Engine::Tidb;
    let definition = cell("def")?;
    if definition.is_empty() {
        warnings.push(context.warning(&name, "", WarningCode::ViewHidden));
    }
    let check_option = cell("chk")?.to_ascii_lowercase();
    Ok(View {
        name,
        definition,
        check_option: if told && check_option != "none" { check_option } else { String::new() },
        security: cell("sec")?.to_ascii_lowercase(),
        updatable: told && cell("upd")?.eq_ignore_ascii_case("yes"),
        invalid,
        columns,
    })
}
