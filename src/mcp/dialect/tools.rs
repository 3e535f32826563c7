//! Which of a server's tools is the SQL tool: a match of (tool, argument) pairs we know. Pure.

use crate::error::Reason;
use crate::mcp::text::printable;
use crate::mcp::{Dialect, McpError};

/// The SQL tools we know. A tool counts only when its input schema has the argument.
const KNOWN: &[(Dialect, &str, &str)] = &[(Dialect::Pytidb, "db_query", "sql_stmt")];
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mcp) struct SqlTool {
    pub(in crate::mcp) dialect: Dialect,
    pub(in crate::mcp) name: &'static str,
    pub(in crate::mcp) argument: &'static str,
}

/// Picks the SQL tool.
///
/// # Errors
/// `NoSqlTool` when none is known, `AmbiguousTools` when several are.
pub(in crate::mcp) fn detect(listed: &[Listed]) -> Result<SqlTool, McpError> {
    let known = |tool: &Listed| {
        let (dialect, name, argument) = KNOWN.iter().find(|(_, name, _)| *name == tool.name)?;
        let takes = tool.arguments.iter().any(|given| given == argument);
        takes.then_some(SqlTool { dialect: *dialect, name, argument })
    };
    let mut found = listed.iter().filter_map(known);
    match (found.next(), found.count()) {
        (Some(tool), 0) => Ok(tool),
        (Some(_), more) => Err(McpError::new(
            Reason::AmbiguousTools,
            format!(
                "the MCP server offers {} SQL tools this operator knows ({}): give it a server with one of them",
                more + 1,
                supported()
            ),
        )),
        (None, _) => Err(McpError::new(
            Reason::NoSqlTool,
            format!(
                "the MCP server has no SQL tool this operator knows; it offers {}; supported: {}",
                names(listed),
                supported()
            ),
        )),
    }
}

fn supported() -> String {
    let each = |(dialect, tool, argument): &(Dialect, &str, &str)| format!("{tool}({argument}) of {dialect}");
    KNOWN.iter().map(each).collect::<Vec<_>>().join(", ")
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
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn tool(name: &str, arguments: &[&str]) -> Listed {
        Listed { name: name.into(), arguments: arguments.iter().map(|&a| a.to_owned()).collect() }
    }

    #[test]
    fn the_sql_tool_is_found_by_name_and_argument() {
        let listed = [tool("show_tables", &[]), tool("db_query", &["sql_stmt"]), tool("db_execute", &["sql_stmts"])];
        let found = detect(&listed).unwrap();
        assert_eq!((found.dialect, found.name, found.argument), (Dialect::Pytidb, "db_query", "sql_stmt"));
    }

    #[test]
    fn a_tool_that_could_write_or_takes_other_arguments_is_not_the_one() {
        for listed in [
            vec![],
            vec![tool("db_execute", &["sql_stmts"])],
            vec![tool("db_query", &["sql"])],
            vec![tool("DB_QUERY", &["sql_stmt"])],
        ] {
            assert_eq!(detect(&listed).unwrap_err().reason, Reason::NoSqlTool, "{listed:?}");
        }
        let twice = [tool("db_query", &["sql_stmt"]), tool("db_query", &["sql_stmt"])];
        let error = detect(&twice).unwrap_err();
        assert_eq!(error.reason, Reason::AmbiguousTools);
        assert!(error.message.contains("2 SQL tools") && error.message.contains("db_query(sql_stmt)"), "{error}");
    }

    #[test]
    fn the_message_lists_some_names_cut_and_escaped_and_what_is_supported() {
        let mut listed: Vec<_> = (0..14).map(|n| tool(&format!("tool_{n}"), &[])).collect();
        listed[0].name = format!("evil\n{}", "x".repeat(500));
        let error = detect(&listed).unwrap_err();
        assert!(!error.message.contains('\n') && error.message.contains("evil\\u{a}x"), "{error}");
        assert!(error.message.contains("tool_9, and 4 more; supported: db_query(sql_stmt) of Pytidb"), "{error}");
        assert!(!error.message.contains("tool_10"), "{error}");
        assert!(error.message.len() < 600, "{}", error.message.len());
        assert!(detect(&[]).unwrap_err().message.contains("it offers no tools"));
    }
}
