//! `erd`: the ER diagram of one database.

use super::Printed;
use super::cli::ErdArgs;
use super::cluster::Target;
use super::names;
use super::text::listed;
use crate::output::mermaid;
use crate::schema::Snapshot;

/// Prints the diagram of a database that is published.
pub(super) async fn run(target: &Target, args: &ErdArgs) -> Result<Printed, String> {
    let published = target.published().await?;
    let part = args.part.map(|part| part.get());
    render(&published.snapshot, args.database.as_deref(), part).map(Printed::clean)
}

fn render(snapshot: &Snapshot, name: Option<&str>, part: Option<usize>) -> Result<String, String> {
    let database = match (name, snapshot.databases.as_slice()) {
        (Some(name), _) => names::database(snapshot, name)?,
        (None, [only]) => only,
        (None, []) => return Err("the snapshot holds no database".to_owned()),
        (None, several) => {
            let names = listed(several.iter().map(|database| database.name.as_str()));
            return Err(format!("a diagram shows one database and there are {}: name one of {names}", several.len()));
        }
    };
    choose(mermaid::texts(database), part)
}

fn choose(texts: Vec<String>, part: Option<usize>) -> Result<String, String> {
    let count = texts.len();
    let text = match (part, count) {
        (None, 2..) => {
            return Err(format!("the diagram has {count} parts that each stand alone: choose one with --part"));
        }
        (part, _) => texts.into_iter().nth(part.unwrap_or(1).saturating_sub(1)),
    };
    text.ok_or_else(|| format!("--part: there are parts 1 to {count}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::shop;
    use super::*;

    #[test]
    fn one_database_is_drawn() {
        let mut snapshot = shop();
        let drawn = render(&snapshot, Some("shop"), None);
        assert!(
            drawn.as_ref().is_ok_and(|text| text.starts_with("erDiagram\n") && text.contains("orders {")),
            "{drawn:?}"
        );
        assert_eq!(
            render(&snapshot, None, None),
            Err("a diagram shows one database and there are 2: name one of bare, shop".to_owned())
        );
        assert!(render(&snapshot, Some("shp"), None).is_err_and(|text| text.contains("did you mean `shop`?")));
        snapshot.databases.remove(0);
        assert_eq!(render(&snapshot, None, None), drawn);
        assert_eq!(render(&snapshot, None, Some(1)), drawn);
        assert_eq!(render(&snapshot, None, Some(2)), Err("--part: there are parts 1 to 1".to_owned()));
    }

    #[test]
    fn of_several_parts_one_is_chosen() {
        let parts = || vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(choose(parts(), Some(2)), Ok("b".to_owned()));
        assert!(choose(parts(), None).is_err_and(|text| text.contains("has 2 parts")));
        assert_eq!(choose(parts(), Some(3)), Err("--part: there are parts 1 to 2".to_owned()));
    }
}
