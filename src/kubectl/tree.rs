//! `tree`: databases with their tables, views and sequences.

use super::Printed;
use super::cluster::Target;
use super::text::aligned;
use crate::schema::canonical::revision;
use crate::schema::changes::describe::{counted, key_parts};
use crate::schema::{Database, Snapshot, Table};

/// Prints the tree of what is published.
pub(super) async fn run(target: &Target) -> Result<Printed, String> {
    let published = target.published().await?;
    let head = format!("{}, revision {}\n", target.title(), revision(&published.content_hash));
    Ok(Printed::clean(head + &render(&published.snapshot)))
}

fn render(snapshot: &Snapshot) -> String {
    let mut out = String::new();
    for (at, database) in snapshot.databases.iter().enumerate() {
        let last = at + 1 == snapshot.databases.len();
        out.push_str(&aligned(&[vec![title(database)]], &[], if last { "└─ " } else { "├─ " }));
        let rows = rows(database);
        for (at, line) in aligned(&rows, &[], "").lines().enumerate() {
            let (trunk, branch) = (if last { ' ' } else { '│' }, if at + 1 == rows.len() { '└' } else { '├' });
            out.push_str(&format!("{trunk}  {branch}─ {line}\n"));
        }
    }
    out
}

fn title(database: &Database) -> String {
    let parts =
        [("table", database.tables.len()), ("view", database.views.len()), ("sequence", database.sequences.len())];
    let parts: Vec<String> = parts.iter().filter(|(_, n)| *n > 0).map(|(noun, n)| counted(*n, noun)).collect();
    let parts = if parts.is_empty() { "empty".to_owned() } else { parts.join(", ") };
    format!("{}: {parts}", database.name)
}

fn rows(database: &Database) -> Vec<Vec<String>> {
    let counts = database.tables.iter().map(|table| table.columns.len());
    let most = counts.chain(database.views.iter().map(|view| view.columns.len())).max().unwrap_or(0);
    let digits = most.to_string().len();
    let row = |name: &str, kind: &str, columns: Option<usize>, keys: String| {
        // The numbers line up, and so do the words.
        let columns =
            columns.map(|n| format!("{n:>digits$} {}", if n == 1 { "column" } else { "columns" })).unwrap_or_default();
        vec![name.to_owned(), kind.to_owned(), columns, keys]
    };
    let tables = database.tables.iter().map(|table| row(&table.name, "table", Some(table.columns.len()), keys(table)));
    let views = database.views.iter().map(|view| {
        let note = if view.invalid { "names something that is gone" } else { "" };
        row(&view.name, "view", Some(view.columns.len()), note.to_owned())
    });
    let sequences = database.sequences.iter().map(|sequence| row(&sequence.name, "sequence", None, String::new()));
    tables.chain(views).chain(sequences).collect()
}

fn keys(table: &Table) -> String {
    let primary = table.primary_key.as_ref();
    let mut parts = vec![
        primary.map_or_else(|| "no primary key".to_owned(), |key| format!("primary key {}", key_parts(&key.columns))),
    ];
    for (noun, count) in
        [("index", table.indexes.len()), ("foreign key", table.foreign_keys.len()), ("check", table.checks.len())]
    {
        match (noun, count) {
            (_, 0) => {}
            ("index", 2..) => parts.push(format!("{count} indexes")),
            _ => parts.push(counted(count, noun)),
        }
    }
    parts.join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::testing::shop;
    use super::*;

    #[test]
    fn every_object_has_a_line_with_its_counts() {
        let want = "\
├─ bare: empty
└─ shop: 2 tables, 1 view, 1 sequence
   ├─ customers  table     1 column   primary key (id)
   ├─ orders     table     5 columns  primary key (id), 2 indexes, 1 foreign key, 1 check
   ├─ broken     view      0 columns  names something that is gone
   └─ numbers    sequence
";
        assert_eq!(render(&shop()), want);
    }

    #[test]
    fn a_hostile_name_stays_on_its_line() {
        let mut snapshot = shop();
        snapshot.databases[0].name = "a\n\u{1b}[31m".to_owned();
        snapshot.databases[1].tables[0].name = "b\r\n".to_owned();
        let text = render(&snapshot);
        assert_eq!(text.lines().count(), 6);
        assert!(!text.contains(['\u{1b}', '\r']));
        snapshot.databases.truncate(1);
        assert!(render(&snapshot).starts_with("└─ "));
    }

    #[test]
    fn the_counts_are_of_one_word() {
        let snapshot = shop();
        let mut table = snapshot.databases[1].tables[1].clone();
        let mut wide = snapshot.databases[1].clone();
        wide.tables[1].columns = vec![table.columns[0].clone(); 12];
        let counts: Vec<String> = rows(&wide).into_iter().map(|mut row| row.remove(2)).collect();
        assert_eq!(counts, [" 1 column", "12 columns", " 0 columns", ""]);
        table.indexes.truncate(1);
        table.primary_key = None;
        assert_eq!(keys(&table), "no primary key, 1 index, 1 foreign key, 1 check");
        assert_eq!(snapshot.databases.iter().map(title).next().unwrap(), "bare: empty");
    }
}
