//! The database's own error number inside a server's error text. Each driver writes it in its own form, before anything
//! the database said, so that only the start of a text is looked at. Pure.

/// Drivers that give no number (mysql2).
pub(super) const fn none(_text: &str) -> Option<u16> {
    None
}

/// Servers of any make.
pub(super) fn of_any(text: &str) -> Option<u16> {
    of_pymysql(text).or_else(|| of_mariadb_connector(text)).or_else(|| of_go(text))
}

/// PyMySQL: `… (pymysql.err.OperationalError) (1146, "Table …`: the first parenthesis that holds a number of four or
/// five digits and then a quoted text.
pub(super) fn of_pymysql(text: &str) -> Option<u16> {
    text.match_indices('(').find_map(|(at, _)| {
        let (digits, rest) = text[at + 1..].split_once(", ")?;
        if rest.starts_with(['"', '\'']) { four_or_five(digits) } else { None }
    })
}

/// MariaDB's Node.js driver: `(conn:15, no: 1146, SQLState: 42S02) Table …`. Its own numbers begin at 45000; those that
/// say what a number of the MySQL client library says are translated, the others are no number of a database.
pub(super) fn of_mariadb_connector(text: &str) -> Option<u16> {
    let (_, rest) = text.strip_prefix("(conn:")?.split_once(", no: ")?;
    let (digits, _) = rest.split_once(", SQLState: ")?;
    match four_or_five(digits)? {
        45_001 | 45_013 => Some(2006),
        45_009 | 45_026 => Some(2013),
        45_012 | 45_019 | 45_028 => Some(2003),
        45_000.. => None,
        number => Some(number),
    }
}

/// Go's driver: `… Error 1146 (42S02): Table …`.
pub(super) fn of_go(text: &str) -> Option<u16> {
    text.match_indices("Error ").find_map(|(at, word)| {
        let (digits, rest) = text[at + word.len()..].split_once(" (")?;
        let (state, _) = rest.split_once("): ")?;
        if state.len() == 5 { four_or_five(digits) } else { None }
    })
}

fn four_or_five(digits: &str) -> Option<u16> {
    let plausible = (4..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plausible { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_driver_writes_the_number_in_its_own_form() {
        let finders: [(&str, fn(&str) -> Option<u16>); 3] =
            [("pymysql", of_pymysql), ("mariadb", of_mariadb_connector), ("go", of_go)];
        for (driver, text, want) in [
            ("pymysql", "(pymysql.err.ProgrammingError) (1146, \"Table 'a.b' doesn't exist\")", Some(1146)),
            ("pymysql", "Query failed: (1064, 'You have an error near \"(1, \\'x\\')\"')", Some(1064)),
            ("pymysql", "(sqlalchemy.exc.InvalidRequestError) A value is required", None),
            ("pymysql", "no (12, \"x\") here, nor (1, 'x')", None),
            ("mariadb", "(conn:15, no: 1146, SQLState: 42S02) Table 'a.b' doesn't exist", Some(1146)),
            ("mariadb", "(conn:-1, no: 45028, SQLState: HY000) pool timeout", Some(2003)),
            ("mariadb", "(conn:3, no: 45009, SQLState: 08S01) socket has unexpectedly been closed", Some(2013)),
            ("mariadb", "(conn:3, no: 45013, SQLState: 08S01) Cannot execute new commands", Some(2006)),
            ("mariadb", "(conn:14, no: 45049, SQLState: HY000) sql parameter is mandatory", None),
            ("mariadb", "(conn:-1, no: -111, SQLState: HY000) connect ECONNREFUSED", None),
            ("mariadb", "Table '(conn:1, no: 1234, SQLState: x' doesn't exist", None),
            ("go", "error processing request: unable to execute query: Error 1146 (42S02): Table", Some(1146)),
            ("go", "unable to execute query: dial tcp 127.0.0.1:4000: connect: connection refused", None),
            ("go", "Error 12 (x): Error 1234 (42000): y", Some(1234)),
            ("go", "Error +123 (42000): y", None),
        ] {
            let find = finders.iter().find(|(name, _)| *name == driver).map(|(_, find)| find);
            assert_eq!(find.and_then(|find| find(text)), want, "{driver}: {text}");
            assert!(want.is_none() || of_any(text) == want, "{text}");
            assert_eq!(none(text), None);
        }
    }
}
