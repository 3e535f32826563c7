//! `history`: the revisions that are kept, newest first.

use k8s_openapi::jiff::Timestamp;

use super::Printed;
use super::cluster::Target;
use super::revisions::{self, Revision};
use super::text::{age, aligned, row};
use crate::schema::canonical::revision;

/// Prints the revisions of a snapshot.
pub(super) async fn run(target: &Target) -> Result<Printed, String> {
    let revisions = revisions::list(target).await?;
    if revisions.is_empty() {
        eprintln!("{} has no revisions yet: one is kept with every publication", target.title());
        return Ok(Printed::clean(String::new()));
    }
    let status = target.status();
    let held = status.held.map(|held| held.content_hash);
    Ok(Printed::clean(render(&revisions, status.content_hash.as_deref(), held.as_deref(), Timestamp::now())))
}

fn render(revisions: &[Revision], published: Option<&str>, held: Option<&str>, now: Timestamp) -> String {
    let mut rows = vec![row(["REVISION", "PUBLISHED", "AGE", "CONFIGMAP", "NOTE"])];
    rows.extend(revisions.iter().map(|one| {
        let time = one.published_at.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let age = one.published_at.map_or_else(|| "-".to_owned(), |time| age(time, now));
        let is = |hash: Option<&str>| hash == Some(one.content_hash.as_str());
        let notes = [
            ("published now", is(published)),
            ("held, waits for approval", is(held)),
            ("a piece is missing", !one.whole),
        ];
        let notes: Vec<&str> = notes.iter().filter(|(_, is)| *is).map(|(note, _)| *note).collect();
        row([&revision(&one.content_hash), &time, &age, &one.config_map, &notes.join("; ")])
    }));
    aligned(&rows, &[], "")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_revision_has_a_line_that_says_what_it_is_now() {
        let one = |digit: &str, time: Option<&str>, whole: bool| Revision {
            content_hash: format!("sha256:{}", digit.repeat(64)),
            published_at: time.map(|time| time.parse().unwrap()),
            config_map: format!("orders-schema-{}", digit.repeat(12)),
            pieces: 1,
            whole,
        };
        let revisions = [
            one("c", None, true),
            one("b", Some("2026-01-03T00:00:00Z"), true),
            one("a", Some("2026-01-01T00:00:00Z"), false),
        ];
        let (published, held) = (revisions[1].content_hash.as_str(), revisions[0].content_hash.as_str());
        let text = render(&revisions, Some(published), Some(held), "2026-01-03T00:01:00Z".parse().unwrap());
        let want = "\
REVISION      PUBLISHED             AGE  CONFIGMAP                   NOTE
cccccccccccc  -                     -    orders-schema-cccccccccccc  held, waits for approval
bbbbbbbbbbbb  2026-01-03T00:00:00Z  60s  orders-schema-bbbbbbbbbbbb  published now
aaaaaaaaaaaa  2026-01-01T00:00:00Z  2d   orders-schema-aaaaaaaaaaaa  a piece is missing
";
        assert_eq!(text, want);
        assert!(!render(&revisions, None, None, Timestamp::UNIX_EPOCH).contains("now"));
    }
}
