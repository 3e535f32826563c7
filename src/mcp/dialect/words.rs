//! What an error text without a number says: the database's own wording (some drivers leave the number out), and what
//! servers say when they refuse a call themselves. Pure; nothing of a text is ever repeated.

use crate::error::Reason;

/// How the texts of MySQL, MariaDB, TiDB and of drivers begin, what they hold further on, and the number that belongs to
/// them. Anchored at the start: what follows may hold any name.
const SAID: &[(&str, &str, u16)] = &[
    ("Table '", "' doesn't exist", 1146),
    ("Unknown table '", "", 1109),
    ("Unknown column '", "", 1054),
    ("Unknown database '", "", 1049),
    ("Access denied for user '", "' to database '", 1044),
    ("Access denied for user '", "", 1045),
    ("Access denied; you need", "", 1227),
    ("You have an error in your SQL syntax", "", 1064),
    ("Query was empty", "", 1065),
    ("Unknown system variable '", "", 1193),
    ("client has multi-statement capability disabled", "", 8130),
    ("Too many connections", "", 1040),
    ("User ", "already has more than 'max_user_connections' active connections", 1203),
    ("View '", "' references invalid table(s)", 1356),
    ("Query execution was interrupted, maximum statement execution time exceeded", "", 3024),
    ("Query execution was interrupted (max_statement_time exceeded)", "", 1969),
    ("Query execution was interrupted", "", 1317),
    // Node.js.
    ("connect E", "", 2003),
    ("getaddrinfo E", "", 2005),
    ("Connection lost", "", 2013),
    ("read E", "", 2013),
    ("write E", "", 2006),
    ("Can't add new command when connection is in closed state", "", 2006),
    // Go.
    ("dial tcp: lookup ", "", 2005),
    ("dial tcp ", "", 2003),
    ("invalid connection", "", 2013),
    ("driver: bad connection", "", 2006),
];

const ARGUMENTS: &str = "the MCP server's SQL tool takes other arguments than it lists: check its version";

/// How the texts of servers themselves begin, and what they hold further on.
const REFUSED: &[(&str, &[&str], Reason, &str)] = &[
    (
        "Unknown tool",
        &[],
        Reason::NoSqlTool,
        "the MCP server no longer has its SQL tool: see whether another server took its place",
    ),
    (
        "function READ ONLY has only noop implementation",
        &[],
        Reason::DatabaseError,
        "TiDB refuses the read-only transactions in which the MCP server wraps queries: set MYSQL_DISABLE_READ_ONLY_TRANSACTIONS=true on that server, and give its account nothing but SELECT, SHOW VIEW and REFERENCES",
    ),
    ("", &["validation error", " for "], Reason::ProtocolError, ARGUMENTS),
    ("Input validation error", &[], Reason::ProtocolError, ARGUMENTS),
    ("provided parameters were invalid", &[], Reason::ProtocolError, ARGUMENTS),
    ("Parsing failed", &["trim"], Reason::ProtocolError, ARGUMENTS),
    (
        "Parsing failed",
        &[],
        Reason::ProtocolError,
        "the MCP server reads SQL with a parser of its own, which does not know a query of this operator: upgrade that server, or use another one",
    ),
    (
        "Error serializing to JSON",
        &[],
        Reason::ProtocolError,
        "the MCP server could not send a value that is not valid UTF-8: see its log",
    ),
    (
        "",
        &["Packet sequence number wrong"],
        Reason::DatabaseError,
        "the MCP server lost step with its database: see its log",
    ),
    (
        "",
        &["forbidden keyword"],
        Reason::DatabaseError,
        "the REST tools server refuses a query because of a word in it: it cannot show TiDB's sequences, nor a database that is named like a SQL statement; leave such databases out, or use an MCP server",
    ),
    (
        "",
        &["introspection", "not permitted"],
        Reason::PermissionDenied,
        "the MCP server redacts personal data and so does not show the schema: set ENABLE_PII_REDACTION=false on it (PII_ALLOW_INTROSPECTION=true is no help, names would be masked), or use a server without redaction",
    ),
];

/// A refusal that a server names by a code word beside its text.
const CODES: &[(&str, Reason, &str)] = &[(
    "READONLY_VIOLATION",
    Reason::PermissionDenied,
    "the MCP server's read-only mode does not let a query of this operator pass, although it only reads: upgrade that server, or turn its read-only mode off and give its account nothing but SELECT, SHOW VIEW and REFERENCES",
)];

/// The number that belongs to the database's own wording.
pub(super) fn said(text: &str) -> Option<u16> {
    if let Some((privilege, _)) = text.split_once(" command denied to user '")
        && privilege.bytes().all(|byte| byte.is_ascii_uppercase() || b" ,".contains(&byte))
    {
        return Some(1142);
    }
    let known = |(head, further, _): &&(&str, &str, u16)| text.starts_with(head) && text.contains(further);
    SAID.iter().find(known).map(|(.., number)| *number)
}

/// What a server's own refusal means.
pub(super) fn refused(text: &str) -> Option<(Reason, &'static str)> {
    let known = |(head, further, ..): &&(&str, &[&str], Reason, &str)| {
        text.starts_with(head) && further.iter().all(|word| text.contains(word))
    };
    REFUSED.iter().find(known).map(|(_, _, reason, message)| (*reason, *message))
}

/// What a server's code word means.
pub(super) fn coded(code: &str) -> Option<(Reason, &'static str)> {
    CODES.iter().find(|(known, ..)| *known == code).map(|(_, reason, message)| (*reason, *message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_databases_own_wording_has_its_number_wherever_names_stand_in_it() {
        for (text, want) in [
            ("Table 'a.Unknown column 'x' doesn't exist", Some(1146)),
            ("Unknown column 'Access denied for user 'x'' in 'SELECT'", Some(1054)),
            ("Access denied for user 'a'@'%' to database 'b'", Some(1044)),
            ("Access denied for user 'a'@'%' (using password: YES)", Some(1045)),
            ("SELECT, INSERT command denied to user 'a'@'%' for table 't'", Some(1142)),
            ("Table 'x command denied to user 'y' doesn't exist", Some(1146)),
            ("Query execution was interrupted", Some(1317)),
            ("connect ECONNREFUSED 127.0.0.1:4000", Some(2003)),
            ("getaddrinfo ENOTFOUND db", Some(2005)),
            ("dial tcp: lookup db on 10.0.0.1:53: no such host", Some(2005)),
            ("dial tcp 10.0.0.1:4000: connect: connection refused", Some(2003)),
            ("Connection lost: The server closed the connection.", Some(2013)),
            ("something with Table 'a.b' doesn't exist", None),
            ("", None),
        ] {
            assert_eq!(said(text), want, "{text}");
        }
    }
}
