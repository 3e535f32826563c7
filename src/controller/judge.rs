//! May what was read be published? Pure: the changes, the snapshot's own rules, what was approved.

use k8s_openapi::jiff::Timestamp;

use crate::api::changes::{
    ChangeItem, ChangePolicy, ChangesStatus, DriftStatus, IgnoreRule, MAX_ITEMS, OnBreaking, Protect as ProtectSpec,
};
use crate::controller::outcome::Failure;
use crate::controller::policy::consumers::{self, Broken};
use crate::error::{Reason, shorten};
use crate::schema::canonical::revision;
use crate::schema::changes::{ChangeKind, Changes, Ignore, Protect};

/// Breaking changes named in a message.
const NAMED: usize = 3;

/// What becomes of content that differs from what is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is published.
    Publish,
    /// It waits for approval, for this reason.
    Hold(String),
    /// Nothing of it matters: what is published stays.
    Ignore,
}

/// Judges changes that nobody has approved.
#[must_use]
pub fn judge(changes: &Changes, policy: &ChangePolicy) -> Verdict {
    let protect = protect(policy);
    if changes.counts.total() == 0 && changes.counts.ignored > 0 {
        return Verdict::Ignore;
    }
    if policy.on_breaking == OnBreaking::Hold && changes.breaks(protect) {
        return Verdict::Hold(why(changes, protect));
    }
    Verdict::Publish
}

fn why(changes: &Changes, protect: Protect) -> String {
    let broken: Vec<String> = changes
        .items
        .iter()
        .filter(|change| change.ignored.is_none() && protect.forbids(change.class))
        .take(NAMED)
        .map(|change| format!("{} {} ({})", change.object(), change.kind.as_str(), shorten(&change.message, 96)))
        .collect();
    let all = changes.counts.forbidden(protect);
    let more = all.saturating_sub(broken.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{all} changes break {}: {}{more}", protect.as_str(), broken.join("; "))
}

/// The message of content that is held: what the database has, what applications see, and the command that releases it.
#[must_use]
pub fn held_message(why: &str, before: Option<&str>, now: &str, (namespace, name): (&str, &str)) -> String {
    let now = revision(now);
    let seen = before.map_or_else(
        || "applications see nothing yet".to_owned(),
        |before| format!("applications still see revision {}", revision(before)),
    );
    let why = shorten(why, 512);
    format!(
        "the database has revision {now}, {seen}: {why}. Approve it with kubectl annotate --overwrite schemasnapshot -n {namespace} {name} mcpschema.io/approve={now}, or put its hash (status.held) into spec.changes.approved"
    )
}

/// Who is protected.
#[must_use]
pub const fn protect(policy: &ChangePolicy) -> Protect {
    match policy.protect {
        ProtectSpec::None => Protect::None,
        ProtectSpec::Readers => Protect::Readers,
        ProtectSpec::Writers => Protect::Writers,
        ProtectSpec::Clients => Protect::Clients,
    }
}

/// The rules of `changes.ignore`, judged at this time.
///
/// # Errors
/// `InvalidSpec` for a kind that is none, or an object that is no glob.
pub fn ignores(policy: &ChangePolicy, now: Timestamp) -> Result<Vec<Ignore>, Failure> {
    policy.ignore.iter().enumerate().map(|(at, rule)| ignore(at, rule, now)).collect()
}

fn ignore(at: usize, rule: &IgnoreRule, now: Timestamp) -> Result<Ignore, Failure> {
    let invalid = |problem: String| Failure::new(Reason::InvalidSpec, format!("changes.ignore[{at}]{problem}"));
    let kind = match &rule.kind {
        None => None,
        Some(word) => Some(ChangeKind::named(word).ok_or_else(|| {
            invalid(format!(
                ".kind: there is no kind {:?}: use one as status.changes shows them, such as column_comment_changed",
                shorten(word, 64)
            ))
        })?),
    };
    let object = rule.object.as_deref().unwrap_or_default();
    let reason = rule.reason.as_deref().unwrap_or_default();
    if object.is_empty() || reason.is_empty() {
        return Err(invalid(" needs object and reason".to_owned()));
    }
    let expired = rule.expires.as_ref().is_some_and(|expires| expires.0 <= now);
    Ignore::new(kind, object, reason, expired).map_err(|error| invalid(format!(".object: {error}")))
}

/// The changes as the status shows them: the worst of them, all of them counted, each with whose contract it breaks.
#[must_use]
pub fn status(changes: &Changes, before: &str, broken: &[Broken]) -> ChangesStatus {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let item = |change: &crate::schema::changes::Change| ChangeItem {
        kind: change.kind.as_str().to_owned(),
        object: shorten(&change.object(), 256),
        readers: change.readers.as_str().to_owned(),
        writers: change.writers.as_str().to_owned(),
        message: shorten(&change.message, 256),
        consumers: consumers::of(change, broken),
    };
    let counted = changes.items.iter().filter(|change| change.ignored.is_none());
    let items: Vec<ChangeItem> = counted.take(MAX_ITEMS).map(item).collect();
    ChangesStatus {
        from_revision: revision(before),
        breaking: number(changes.counts.breaking()),
        risky: number(changes.counts.risky),
        compatible: number(changes.counts.compatible),
        ignored: number(changes.counts.ignored),
        truncated: changes.counts.total() > items.len(),
        items,
    }
}

/// How much two schemas differ, by class.
#[must_use]
pub fn drift(changes: &Changes) -> DriftStatus {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    DriftStatus {
        breaking: number(changes.counts.breaking()),
        risky: number(changes.counts.risky),
        compatible: number(changes.counts.compatible),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::Snapshot;
    use crate::schema::changes::{Side, diff};

    fn schema(columns: &[&str], comment: &str) -> Snapshot {
        let columns: Vec<_> = (1..)
            .zip(columns)
            .map(|(at, name)| json!({"name": name, "ordinal": at, "type": {"base": "int"}, "nullable": true}))
            .collect();
        serde_json::from_value(json!({"modelVersion": 1,
            "server": {"dialect": "tidb", "version": "8", "lowerCaseTableNames": 2},
            "databases": [{"name": "shop", "tables": [
                {"name": "t", "kind": "base", "comment": comment, "columns": columns}]}]}))
        .unwrap()
    }

    fn changes(old: &Snapshot, new: &Snapshot, policy: &ChangePolicy) -> Changes {
        let rules = ignores(policy, Timestamp::UNIX_EPOCH).unwrap();
        diff(&Side::from(old), &Side::from(new), &rules)
    }

    fn policy(spec: serde_json::Value) -> ChangePolicy {
        serde_json::from_value(spec).unwrap()
    }

    #[test]
    fn only_what_breaks_who_is_protected_is_held_and_only_when_asked_to() {
        let (old, less, more) = (schema(&["a", "b"], ""), schema(&["a"], ""), schema(&["a", "b", "c"], ""));
        for (new, spec, held) in [
            (&less, json!({"onBreaking": "Hold"}), true),
            (&less, json!({}), false),
            (&less, json!({"onBreaking": "Hold", "protect": "None"}), false),
            (&less, json!({"onBreaking": "Hold", "protect": "Readers"}), true),
            (&more, json!({"onBreaking": "Hold"}), false),
        ] {
            let policy = policy(spec.clone());
            let verdict = judge(&changes(&old, new, &policy), &policy);
            assert_eq!(matches!(verdict, Verdict::Hold(_)), held, "{spec}: {verdict:?}");
            if let Verdict::Hold(why) = verdict {
                assert!(why.contains("shop.t.b column_dropped"), "{why}");
                let message =
                    held_message(&why, Some("sha256:aaaaaaaaaaaaaa"), "sha256:bbbbbbbbbbbbbbb", ("shop", "orders"));
                for part in ["has revision bbbbbbbbbbbb", "still see revision aaaaaaaaaaaa", "approve=bbbbbbbbbbbb"] {
                    assert!(message.contains(part), "{message}");
                }
                assert!(message.len() <= 1024);
            }
        }
    }

    #[test]
    fn what_is_ignored_is_not_published_alone_until_the_rule_expires() {
        let (old, new) = (schema(&["a"], ""), schema(&["a"], "a comment"));
        let rule = |expires: &str| {
            policy(
                json!({"ignore": [{"kind": "table_comment_changed", "object": "shop.*", "reason": "r", "expires": expires}]}),
            )
        };
        let ignored = rule("2999-01-01T00:00:00Z");
        assert_eq!(judge(&changes(&old, &new, &ignored), &ignored), Verdict::Ignore);
        let expired = rule("1969-01-01T00:00:00Z");
        assert_eq!(judge(&changes(&old, &new, &expired), &expired), Verdict::Publish);
        let both = changes(&old, &schema(&["a", "b"], "a comment"), &ignored);
        assert_eq!(judge(&both, &ignored), Verdict::Publish, "with another change it goes along");
        let told = status(&both, "sha256:aaaaaaaaaaaaaaaa", &[]);
        assert_eq!((told.compatible, told.ignored, told.items.len(), told.truncated), (1, 1, 1, false));
        assert_eq!(told.from_revision, "aaaaaaaaaaaa");
    }

    #[test]
    fn a_rule_that_cannot_work_says_which_and_why() {
        for (rule, says) in [
            (
                json!({"kind": "colum_dropped", "object": "a.b", "reason": "r"}),
                "changes.ignore[0].kind: there is no kind",
            ),
            (json!({"object": "[a", "reason": "r"}), "changes.ignore[0].object: "),
            (json!({"reason": "r"}), "changes.ignore[0] needs object and reason"),
        ] {
            let failure = ignores(&policy(json!({"ignore": [rule]})), Timestamp::UNIX_EPOCH).unwrap_err();
            assert!(failure.message.starts_with(says) && failure.reason == Reason::InvalidSpec, "{}", failure.message);
        }
    }
}
