//! TiDB's DDL, where no TiDB runs: every line of it is a line that a real TiDB 8.4.0 wrote in SHOW CREATE TABLE of the same
//! table, and the other way round. What the two say differently on purpose is listed here.

use std::collections::{BTreeMap, BTreeSet};

use mcp_schema_operator::output::ddl;
use serde_json::Value;

use crate::support::{file, recorded};

/// Lines that TiDB writes and we cannot or do not want to: table, start of the line.
const THEIRS: &[(&str, &str)] = &[
    // Shown inexactly, or unquoted although it is a text.
    ("defaults", "`bnx`"),
    ("defaults", "`s_now`"),
    ("defaults", "`bn`"),
    ("defaults", "`bnz`"),
    // As written, and by us with the zeros of its scale.
    ("defaults", "`nd`"),
    ("defaults", "`nd0`"),
    // A backslash that a string literal needs twice.
    ("types_str", "`e`"),
];

/// A line without what has two spellings.
fn plain(line: &str, collation: &str) -> String {
    let mut line = line.trim().trim_end_matches([',', ';']).to_owned();
    for (long, short) in [
        ("_utf8mb4'", "'"),
        (" ON DELETE RESTRICT", ""),
        (" ON UPDATE RESTRICT", ""),
        (" ON UPDATE NO ACTION", ""),
        // A width that TiDB shows with ZEROFILL, and of years.
        ("int(5) ", "int "),
        ("bigint(20) ", "bigint "),
        ("year(4)", "year"),
        ("(CURRENT_DATE)", "(current_date)"),
        (" /* CACHED ON */", ""),
        (" /*T![auto_rand_base] AUTO_RANDOM_BASE=100 */", ""),
    ] {
        line = line.replace(long, short);
    }
    line = line.replace(&format!(" COLLATE {collation} "), " ");
    // The counter is no part of a schema.
    if let Some((before, after)) = line.split_once(" AUTO_INCREMENT=") {
        line = format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    match (line.find("CHECK (("), line.rfind("))")) {
        (Some(open), Some(close)) if open < close => {
            line.replace_range(close..close + 1, "");
            line.replace("CHECK ((", "CHECK (")
        }
        _ => line,
    }
}

/// The lines of a CREATE TABLE, without the partitions, which the model does not hold.
fn lines(text: &str) -> BTreeSet<String> {
    let collation =
        text.rsplit(" COLLATE=").next().and_then(|rest| rest.split([' ', ';', '\n']).next()).unwrap_or_default();
    let partition = |line: &&str| line.trim_start().starts_with("PARTITION BY ");
    let list = |line: &&str| line.trim_start().starts_with(['(']) || line.starts_with(" PARTITION ");
    let scheme = |line: &str| {
        let line = line.split(" PARTITIONS ").next().unwrap_or_default().replace("COLUMNS(", "COLUMNS (");
        line.trim_end_matches(';').to_lowercase()
    };
    let all = text.lines().filter(|line| !list(line) && !line.starts_with("-- ") && !line.starts_with("ALTER TABLE "));
    all.map(|line| if partition(&line) { scheme(line) } else { plain(line, collation) })
        .filter(|line| !line.is_empty())
        .collect()
}

/// What a real TiDB said, by (database, table); views and sequences have no lines to compare.
fn theirs() -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for line in file("tests/bed/tidb/base/show_create.ndjson").lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let asked = line["sql"].as_str().unwrap().strip_prefix("SHOW CREATE TABLE `").unwrap();
        let database = asked.split("`.`").next().unwrap().replace("``", "`");
        let row = &line["rows"][0];
        let (table, text) = (row["Table"].as_str(), row["Create Table"].as_str());
        if let (Some(table), Some(text)) = (table, text.filter(|text| !text.starts_with("CREATE SEQUENCE"))) {
            found.insert((database, table.to_owned()), text.to_owned());
        }
    }
    found
}

#[test]
fn every_line_of_tidbs_ddl_is_one_that_tidb_wrote() {
    let snapshot = recorded("tidb-8.4-nasty");
    let theirs = theirs();
    let (mut wrong, mut tables, mut used) = (Vec::new(), 0, BTreeSet::new());
    for database in &snapshot.databases {
        let text = ddl::texts(&snapshot.server, database).concat();
        // A foreign key that closes a circle is a line of its table to TiDB.
        let added: Vec<&str> = text.lines().filter(|line| line.contains(" ADD CONSTRAINT ")).collect();
        for table in &database.tables {
            let Some(said) = theirs.get(&(database.name.clone(), table.name.clone())) else {
                wrong.push(format!("{}.{}: TiDB's own text is not recorded", database.name, table.name));
                continue;
            };
            tables += 1;
            let name = format!(" `{}` (", table.name.replace('`', "``"));
            let start = text.lines().position(|line| line.starts_with("CREATE ") && line.ends_with(&name)).unwrap();
            let own: Vec<&str> = text.lines().skip(start).take_while(|line| !line.is_empty()).collect();
            let mut ours = lines(&own.join("\n"));
            let alter = format!("ALTER TABLE `{}` ADD ", table.name.replace('`', "``"));
            ours.extend(added.iter().filter_map(|line| line.strip_prefix(&alter)).map(|line| plain(line, "")));
            let said = lines(said);
            for line in ours.symmetric_difference(&said) {
                match THEIRS.iter().position(|(of, start)| *of == table.name && line.starts_with(start)) {
                    Some(at) => drop(used.insert(at)),
                    None => wrong.push(format!("{} {line}", if ours.contains(line) { "ours" } else { "TiDB" })),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tables > 50, "{tables}");
    assert_eq!(used.len(), THEIRS.len(), "what is listed as different is so: {used:?}");
}
