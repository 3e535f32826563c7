//! `approve`: exactly the content that is held may be published.

use super::Printed;
use super::cli::ApproveArgs;
use super::cluster::Target;
use super::diff::digits;
use crate::api::{SchemaSnapshotStatus, annotations};
use crate::schema::canonical::revision;

/// Approves what is held; refused when nothing is, or something else than was named.
pub(super) async fn run(target: &Target, args: &ApproveArgs) -> Result<Printed, String> {
    let approval = approval(&target.status(), args.revision.as_deref())
        .map_err(|problem| format!("{problem}; {} says how {} is doing", target.status_command(), target.title()))?;
    target.annotate(annotations::APPROVE, &approval.value).await?;
    Ok(Printed::clean(format!("{}: approved {}\n", target.title(), approval.what)))
}

/// The annotation, and what it approves.
#[derive(Debug, PartialEq, Eq)]
struct Approval {
    value: String,
    what: String,
}

fn approval(status: &SchemaSnapshotStatus, asked: Option<&str>) -> Result<Approval, String> {
    let asked = asked.map(digits).transpose()?;
    let held = status.held.as_ref().ok_or("nothing is held, so there is nothing to approve")?;
    let hash = &held.content_hash;
    let bare = hash.strip_prefix("sha256:").unwrap_or(hash);
    if let Some(asked) = asked.filter(|asked| !bare.starts_with(asked.as_str())) {
        return Err(format!("{asked} is not what is held, which is {}: nothing was approved", revision(hash)));
    }
    // An approval counts once. The same content held again needs another value, and its revision says the same.
    let used = status.last_handled_approval.as_deref() == Some(hash.as_str());
    Ok(Approval {
        value: if used { revision(hash) } else { hash.clone() },
        what: format!("revision {} ({hash}), held since {}", revision(hash), held.since.0),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_held_is_approved() {
        let hash = format!("sha256:{}", "ab12".repeat(16));
        let status = |held: bool, used: Option<&str>| -> SchemaSnapshotStatus {
            let held = held.then(|| json!({"contentHash": hash, "since": "2026-01-01T00:00:00Z"}));
            serde_json::from_value(json!({"held": held, "lastHandledApproval": used})).unwrap()
        };
        let value = |status: &SchemaSnapshotStatus, asked| approval(status, asked).map(|approval| approval.value);
        let fresh = status(true, None);
        for (status, asked, want) in [
            (&fresh, None, Ok(hash.clone())),
            (&fresh, Some("ab12"), Ok(hash.clone())),
            (&fresh, Some("AB12ab12ab12"), Ok(hash.clone())),
            (&fresh, Some(hash.as_str()), Ok(hash.clone())),
            (&status(true, Some("older")), None, Ok(hash.clone())),
            (&status(true, Some(&hash)), None, Ok("ab12ab12ab12".to_owned())),
            (
                &fresh,
                Some("ab13"),
                Err("ab13 is not what is held, which is ab12ab12ab12: nothing was approved".to_owned()),
            ),
            (&status(false, None), None, Err("nothing is held, so there is nothing to approve".to_owned())),
        ] {
            assert_eq!(value(status, asked), want, "{asked:?}");
        }
        assert!(value(&fresh, Some("published")).is_err_and(|text| text.contains("is no revision")));
        let what = approval(&fresh, None).unwrap().what;
        assert_eq!(what, format!("revision ab12ab12ab12 ({hash}), held since 2026-01-01T00:00:00Z"));
    }
}
