//! Which of a server's tools is the SQL tool, and how it is called: by the (tool, argument) pairs we know, or as the user
//! says. Never settles for a tool that merely might be it. Pure.

use serde_json::{Map, Value};

use super::preset::{self, Preset};
use crate::error::Reason;
use crate::mcp::text::printable;
use crate::mcp::{Custom, Dialect, McpError, RawAnswer, rows::Page};

/// Most tool names shown to a person.
const SHOWN: usize = 10;

/// One entry of `tools/list`, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mcp) struct Listed {
    pub(in crate::mcp) name: String,
    /// Names of the input schema's properties.
    pub(in crate::mcp) arguments: Vec<String>,
}

/// The one tool that is ever called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mcp) struct SqlTool {
    pub(in crate::mcp) dialect: Dialect,
    pub(in crate::mcp) name: String,
    /// The argument that takes the SQL text.
    pub(in crate::mcp) argument: String,
    /// Arguments sent with every call beside it.
    pub(in crate::mcp) extra: Map<String, Value>,
    /// Where the rows are, when the user said so.
    pub(in crate::mcp) rows_pointer: Option<String>,
}

impl SqlTool {
    /// A product's tool, called `name` there.
    fn of(preset: &Preset, name: &str) -> Self {
        Self {
            dialect: preset.dialect,
            name: name.to_owned(),
            argument: preset.argument.to_owned(),
            extra: preset.flags.iter().map(|(name, flag)| ((*name).to_owned(), Value::Bool(*flag))).collect(),
            rows_pointer: None,
        }
    }

    /// The tool the user describes.
    fn custom(custom: &Custom) -> Self {
        Self {
            dialect: Dialect::Custom,
            name: custom.tool.clone(),
            argument: custom.sql_argument.clone(),
            extra: custom.extra_arguments.clone(),
            rows_pointer: Some(custom.rows_pointer.clone()),
        }
    }

    /// The arguments of a call.
    pub(in crate::mcp) fn arguments(&self, sql: &str) -> Map<String, Value> {
        let mut arguments = self.extra.clone();
        arguments.insert(self.argument.clone(), Value::from(sql));
        arguments
    }

    /// The rows of an answer, see [`super::decode`].
    ///
    /// # Errors
    /// As there.
    pub(in crate::mcp) fn decode(&self, answer: RawAnswer) -> Result<Page, McpError> {
        super::decode(self.dialect, self.rows_pointer.as_deref(), answer)
    }

    /// The error an answer reports, see [`super::failure`].
    pub(in crate::mcp) fn failure(&self, answer: &RawAnswer) -> Option<McpError> {
        super::failure(self.dialect, self.rows_pointer.as_deref(), answer)
    }
}

/// Picks the SQL tool: that of the dialect `chosen` (described by `custom` where it is [`Dialect::Custom`]), or the one
/// known tool there is. `server` is the name that the server gave in the handshake.
///
/// # Errors
/// `NoSqlTool` when there is none, `AmbiguousTools` when there are several, `InvalidSpec` when `custom` and `chosen` do not
/// go together.
pub(in crate::mcp) fn detect(
    listed: &[Listed],
    chosen: Option<Dialect>,
    custom: Option<&Custom>,
    server: &str,
) -> Result<SqlTool, McpError> {
    let mut found = match (chosen, custom) {
        (Some(Dialect::Custom), Some(custom)) => described(listed, custom),
        (Some(Dialect::Custom), None) | (_, Some(_)) => {
            return Err(McpError::new(
                Reason::InvalidSpec,
                "dialect Custom and the description of its tool go together: give both, or neither",
            ));
        }
        (Some(dialect), None) => of_dialect(listed, dialect),
        (None, None) => known(listed, server),
    };
    match (found.pop(), found.len()) {
        (Some(tool), 0) => Ok(tool),
        (Some(last), _) => {
            found.push(last);
            Err(McpError::new(Reason::AmbiguousTools, several(&found)))
        }
        (None, _) => Err(McpError::new(Reason::NoSqlTool, missing(listed, chosen, custom))),
    }
}

/// The SQL tool of a server that lists none: the one described by the user, or that of REST tools.
pub(in crate::mcp) fn unlisted(custom: Option<&Custom>) -> SqlTool {
    let preset = preset::of(Dialect::RestTools);
    custom.map_or_else(|| SqlTool::of(preset, preset.tool), SqlTool::custom)
}

/// The tools that the user's description fits.
fn described(listed: &[Listed], custom: &Custom) -> Vec<SqlTool> {
    let fits = |tool: &&Listed| tool.name == custom.tool && takes(tool, &custom.sql_argument);
    listed.iter().filter(fits).map(|_| SqlTool::custom(custom)).collect()
}

/// The tools of one product.
fn of_dialect(listed: &[Listed], dialect: Dialect) -> Vec<SqlTool> {
    let preset = preset::of(dialect);
    let all = |fits: &dyn Fn(&Listed) -> bool| {
        listed.iter().filter(|tool| fits(tool)).map(|tool| SqlTool::of(preset, &tool.name)).collect::<Vec<_>>()
    };
    let found = all(&|tool| is_tool_of(preset, tool));
    if found.is_empty() && dialect == Dialect::Toolbox {
        // Its tools have the names that its configuration gives them.
        return all(&|tool| takes(tool, preset.argument));
    }
    found
}

/// Every tool of a product we know. Two products have a tool of the same name and argument: then who answers decides.
fn known(listed: &[Listed], server: &str) -> Vec<SqlTool> {
    let twins = |preset: &Preset| matches!(preset.dialect, Dialect::Dbhub | Dialect::Toolbox);
    let product = product(listed, server);
    let mut found = Vec::new();
    for tool in listed {
        for preset in preset::KNOWN {
            let other = twins(preset) && product.is_some_and(|product| product != preset.dialect);
            // The prefix alone is no sign: only a server that shows to be dbhub has one tool a source.
            let sure = tool.name == preset.tool || product == Some(preset.dialect);
            if !other && sure && is_tool_of(preset, tool) {
                found.push(SqlTool::of(preset, &tool.name));
            }
        }
    }
    found
}

/// Whether this is dbhub or the MCP Toolbox, by what it calls itself or by the tools that each has beside.
fn product(listed: &[Listed], server: &str) -> Option<Dialect> {
    let server = server.to_ascii_lowercase();
    let has = |names: &[&str]| listed.iter().any(|tool| names.iter().any(|name| tool.name.starts_with(name)));
    let dbhub = server.contains("dbhub") || has(&["search_objects"]);
    let toolbox = server.contains("toolbox") || has(&["list_active_queries", "list_table_fragmentation"]);
    match (dbhub, toolbox) {
        (true, false) => Some(Dialect::Dbhub),
        (false, true) => Some(Dialect::Toolbox),
        _ => None,
    }
}

fn is_tool_of(preset: &Preset, tool: &Listed) -> bool {
    let source = tool.name.strip_prefix(preset.tool).and_then(|rest| rest.strip_prefix('_'));
    let of_a_source = preset.dialect == Dialect::Dbhub && source.is_some_and(|source| !source.is_empty());
    (tool.name == preset.tool || of_a_source) && takes(tool, preset.argument)
}

fn takes(tool: &Listed, argument: &str) -> bool {
    tool.arguments.iter().any(|given| given == argument)
}

fn several(found: &[SqlTool]) -> String {
    let shown = found
        .iter()
        .take(SHOWN)
        .map(|tool| format!("{}({}) of {}", printable(&tool.name, 40), printable(&tool.argument, 40), tool.dialect));
    format!(
        "the MCP server offers {} SQL tools this operator knows ({}): set source.dialect to the one that is meant, describe it \
         with dialect Custom, or use a server with one source",
        found.len(),
        shown.collect::<Vec<_>>().join(", ")
    )
}

fn missing(listed: &[Listed], chosen: Option<Dialect>, custom: Option<&Custom>) -> String {
    let offers = names(listed);
    match (chosen, custom) {
        (_, Some(custom)) => format!(
            "the MCP server has no tool {}({}), as dialect Custom describes it; it offers {offers}: correct custom.tool and \
             custom.sqlArgument",
            printable(&custom.tool, 40),
            printable(&custom.sql_argument, 40)
        ),
        (Some(dialect), None) => format!(
            "the MCP server has no SQL tool of dialect {dialect}, {}; it offers {offers}: leave source.dialect out, or set it to \
             that of this server",
            call(preset::of(dialect))
        ),
        (None, None) => {
            let supported: Vec<_> =
                preset::KNOWN.iter().map(|preset| format!("{} of {}", call(preset), preset.dialect)).collect();
            format!(
                "the MCP server has no SQL tool this operator knows; it offers {offers}; supported: {}, and any other by dialect \
                 Custom",
                supported.join(", ")
            )
        }
    }
}

fn call(preset: &Preset) -> String {
    format!("{}({})", preset.tool, preset.argument)
}

fn names(listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "no tools".into();
    }
    let mut text: Vec<_> = listed.iter().take(SHOWN).map(|tool| printable(&tool.name, 40)).collect();
    if listed.len() > SHOWN {
        text.push(format!("and {} more", listed.len() - SHOWN));
    }
    text.join(", ")
}

#[cfg(test)]
#[path = "tools_tests.rs"]
mod tests;
