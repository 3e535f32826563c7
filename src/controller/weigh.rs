//! May what was read be published, and what is said of it then? Brings together what is compared, the snapshot's own
//! rules for changes, and the policies that enforce.

use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt;

use super::Context;
use super::compare::{Compared, compare};
use super::judge::{self, Verdict};
use super::outcome::Held;
use super::policy::enforce::{self, Fresh, Passage};
use super::policy::evaluate::Before;
use super::publish::Wish;
use crate::api::changes::{ChangePolicy, ChangesStatus, DriftStatus, OnBreaking};
use crate::discovery::Discovered;
use crate::error::Reason;
use crate::schema::changes::{Counts, Ignore};
use crate::store::{StoreError, Stored};
use crate::validation::policy::engines;

/// The decision.
pub(super) enum Weighed {
    /// It is published, and this is said of it.
    Publish(Told),
    /// It waits for approval.
    Hold(Box<Held>),
}

/// What is said of a publication.
#[derive(Default)]
pub(super) struct Told {
    pub(super) changes: Option<ChangesStatus>,
    pub(super) counts: Counts,
    /// What was published before has the form of an older operator.
    pub(super) rebaselined: bool,
    /// It is published although policies that enforce could not judge it; why they could not.
    pub(super) unjudged: Option<String>,
    /// Applications have not seen this content as their latest.
    pub(super) fresh: bool,
}

/// What the snapshot says of changes.
pub(super) struct Rules<'a> {
    pub(super) policy: &'a ChangePolicy,
    pub(super) ignored: &'a [Ignore],
    /// A person wants exactly this content.
    pub(super) approved: bool,
}

/// Weighs what was read. Where nothing of the changes matters, what is published takes its place in `discovered`.
///
/// # Errors
/// The API server did not give what is published; nothing is concluded from that.
pub(super) async fn weigh(
    wish: Wish<'_>,
    ctx: &Context,
    stored: Option<&Stored>,
    discovered: &mut Discovered,
    content_hash: &str,
    rules: Rules<'_>,
) -> Result<Weighed, StoreError> {
    let Rules { policy, ignored, approved } = rules;
    let compared = compare(wish, ctx, stored, discovered, content_hash, ignored).await?;
    let mut told = Told { fresh: true, ..Told::default() };
    let mut drift = None;
    let (before, changes) = match compared {
        Compared::Same => return Ok(Weighed::Publish(Told::default())),
        Compared::First => (None, Before::First),
        Compared::OlderForm { before } => {
            told.rebaselined = true;
            (Some(before), Before::Compared(Err("what came before has the form of an older operator".to_owned())))
        }
        Compared::Changed { before, old, found } => match judge::judge(&found, policy) {
            Verdict::Hold(why) if !approved => {
                let drift = Some(judge::drift(&found));
                let held = wish.held(Reason::Held, Some(&before), content_hash, &why);
                return Ok(Weighed::Hold(Box::new(Held { drift, ..held })));
            }
            // What is published stays, and the next look compares with the fingerprints of now.
            Verdict::Ignore if !approved => {
                discovered.databases = old.databases;
                return Ok(Weighed::Publish(Told::default()));
            }
            _ => {
                drift = Some(judge::drift(&found));
                told.counts = found.counts;
                let broken = enforce::broken(ctx, wish.snapshot, &old, || discovered.snapshot()).await;
                told.changes = Some(judge::status(&found, &before, &broken));
                (Some(before), Before::Compared(engines::change_facts(&found)))
            }
        },
        // Applications see it already: all that is left to do is to tell.
        Compared::Untold { before, old, found } => {
            let broken = enforce::broken(ctx, wish.snapshot, &old, || discovered.snapshot()).await;
            let changes = Some(judge::status(&found, &before, &broken));
            return Ok(Weighed::Publish(Told { changes, counts: found.counts, ..Told::default() }));
        }
        Compared::Unknown { before } => {
            let why = "what is published cannot be read back, so nobody can say what breaks";
            if policy.on_breaking == OnBreaking::Hold && !approved {
                let held = wish.held(Reason::Held, Some(&before), content_hash, why);
                return Ok(Weighed::Hold(Box::new(Held { drift: Some(DriftStatus::default()), ..held })));
            }
            (Some(before), Before::Compared(Err(why.to_owned())))
        }
    };
    if approved {
        ctx.policies.waits_no_more(wish.snapshot);
        return Ok(Weighed::Publish(told));
    }
    let fresh = Fresh { content: &|| discovered.snapshot(), hash: content_hash, changes };
    let gate = enforce::gate(ctx, wish.snapshot, fresh).await;
    Ok(match gate.passage(Timestamp::now()) {
        Passage::Publish(unjudged) => Weighed::Publish(Told { unjudged, ..told }),
        Passage::Hold { reason, why, again } => {
            let held = wish.held(reason, before.as_deref(), content_hash, &why);
            Weighed::Hold(Box::new(Held { drift, again, ..held }))
        }
    })
}

impl Wish<'_> {
    /// This content waits.
    fn held(&self, reason: Reason, before: Option<&str>, content_hash: &str, why: &str) -> Held {
        let (namespace, name) = (self.snapshot.namespace().unwrap_or_default(), self.snapshot.name_any());
        let message = judge::held_message(why, before, content_hash, (&namespace, &name));
        let (content_hash, published) = (content_hash.to_owned(), before.is_some());
        Held { reason, message, content_hash, drift: None, published, again: None }
    }
}
