//! Pure checks on rows as they come: what a server must not do to them. A row that fails here is never published.

use std::collections::BTreeSet;

use super::queries::{Key, KeyCell, List, Order, hex};
use crate::error::Reason;
use crate::mcp::McpError;
use crate::mcp::rows::Row;

/// What came against what the server counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shortfall {
    /// Rows that came.
    pub(super) got: u64,
    /// Rows counted.
    pub(super) want: u64,
}

/// Compares a list with the server's own count, where there is one.
pub(super) fn whole(got: usize, want: Option<u64>) -> Result<(), Shortfall> {
    let got = u64::try_from(got).unwrap_or(u64::MAX);
    match want {
        Some(want) if want != got => Err(Shortfall { got, want }),
        _ => Ok(()),
    }
}

/// Parts of the public indexes: a fingerprint counts those where the list has one row for each index, so that their sum
/// shows whether the list is whole.
pub(super) fn public_parts(indexes: &[Row], parts: &[Row]) -> Result<usize, McpError> {
    let key = |row: &Row| Ok((row.text("k")?, row.text("ik")?));
    let public = indexes.iter().map(key).collect::<Result<BTreeSet<_>, McpError>>()?;
    parts.iter().try_fold(0, |sum, part| Ok(sum + usize::from(public.contains(&key(part)?))))
}

/// The key of a row, after checking that each name and its HEX agree: a server that alters values is refused.
pub(super) fn key(list: &List, row: &Row) -> Result<Key, McpError> {
    let cell = |step: &Order| match step {
        Order::Name { hex, of } => named(row, of, hex).map(KeyCell::Name),
        Order::Number { cell, .. } => row.number(cell).map(|n| KeyCell::Number(i64::try_from(n).unwrap_or(i64::MAX))),
    };
    list.order.iter().map(cell).collect::<Result<_, _>>().map(Key)
}

/// The HEX cell of a name, which must be the name's own.
pub(super) fn named(row: &Row, name: &str, key: &str) -> Result<String, McpError> {
    let (name, key) = (row.text(name)?, row.text(key)?);
    if hex(&name) == key {
        return Ok(key);
    }
    Err(McpError::new(
        Reason::CanaryFailed,
        "the MCP server alters text on its way (a name and its HEX differ): use one that sends UTF-8 as it is",
    ))
}

/// Every key comes after the one before it: no page starts over and none repeats a row.
pub(super) fn ascending(before: &Key, keys: &[Key]) -> Result<(), McpError> {
    let firsts = std::iter::once(before).chain(keys);
    if firsts.zip(keys).all(|(a, b)| a < b) {
        return Ok(());
    }
    Err(McpError::new(
        Reason::ProtocolError,
        "the MCP server's rows are not in the order asked for: it may ignore parts of a query",
    ))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::discovery::queries::{Part, lists};
    use crate::schema::Engine;

    fn row(value: Value) -> Row {
        Row::new(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_list_must_have_as_many_rows_as_the_server_counts() {
        for (got, want, bad) in [(0, Some(0), false), (3, Some(3), false), (2, Some(3), true), (4, Some(3), true)] {
            assert_eq!(whole(got, want).is_err(), bad, "{got} {want:?}");
        }
        assert!(whole(9, None).is_ok());
    }

    #[test]
    fn public_indexes_are_counted_by_their_parts() {
        let index = |k: &str, ik: &str| row(json!({"k": k, "ik": ik}));
        let parts = [index("61", "69"), index("61", "69"), index("61", "6A"), index("62", "69")];
        for (public, want) in
            [(vec![index("61", "69"), index("62", "69")], 3), (vec![index("61", "6A")], 1), (vec![], 0)]
        {
            assert_eq!(public_parts(&public, &parts).unwrap(), want);
        }
        assert!(public_parts(&[row(json!({"k": null, "ik": "69"}))], &parts).is_err());
    }

    #[test]
    fn a_key_is_refused_when_the_name_was_altered() {
        let good = row(json!({"t": "é", "k": "C3A9", "ix": "u", "ik": "75", "seq": "2"}));
        let list = lists(Engine::Tidb).find(|list| list.part == Part::IndexParts).unwrap();
        let want = Key(vec![KeyCell::Name("C3A9".into()), KeyCell::Name("75".into()), KeyCell::Number(2)]);
        assert_eq!(key(list, &good).unwrap(), want);
        for bad in [
            json!({"t": "?", "k": "C3A9", "ix": "u", "ik": "75", "seq": 1}),
            json!({"t": "é", "k": "C3A9", "ix": "U", "ik": "75", "seq": 1}),
        ] {
            assert_eq!(key(list, &row(bad)).unwrap_err().reason, Reason::CanaryFailed);
        }
    }

    #[test]
    fn keys_must_ascend_from_page_to_page() {
        let key = |table: &str, position| Key(vec![KeyCell::Name(table.into()), KeyCell::Number(position)]);
        let before = key("61", 2);
        assert!(ascending(&before, &[]).is_ok());
        assert!(ascending(&before, &[key("61", 3), key("62", 1)]).is_ok());
        for bad in [vec![key("61", 2)], vec![key("62", 1), key("61", 9)], vec![key("62", 1), key("62", 1)]] {
            assert!(ascending(&before, &bad).is_err(), "{bad:?}");
        }
    }
}
