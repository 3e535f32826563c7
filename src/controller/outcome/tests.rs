//! Every row of the condition table, and what holds for all of them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod always;
mod policies;
mod rows;
mod stale;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;
use crate::api::status::{Counts, OutputStatus, TableStatus};

const INTERVAL: Duration = Duration::from_secs(600);

const fn at(second: i64) -> Timestamp {
    Timestamp::constant(1_000_000 + second, 0)
}

fn given(second: i64) -> Given<'static> {
    Given {
        now: at(second),
        generation: 3,
        interval: (INTERVAL, "10m"),
        refresh: None,
        approve: None,
        last_seen: None,
        staleness: Staleness::UpTo(Duration::from_secs(86_400)),
    }
}

fn content(hash: &str) -> Content {
    let status = SchemaSnapshotStatus {
        revision: Some(hash.to_owned()),
        content_hash: Some(format!("sha256:{hash}")),
        counts: Some(Counts { tables: 2, ..Counts::default() }),
        tables: vec![TableStatus { name: "shop.orders".into(), ..TableStatus::default() }],
        outputs: vec![OutputStatus { config_map: "orders-schema".into(), ..OutputStatus::default() }],
        shards: Some(1),
        ..SchemaSnapshotStatus::default()
    };
    Content { status, summary: "2 tables".to_owned(), read: Some(Duration::ZERO), rebaselined: false, unjudged: None }
}

fn published(hash: &str) -> Outcome {
    Outcome::Settled(Box::new(Settled {
        content: Some(content(hash)),
        changing: vec![],
        age: Duration::ZERO,
        drift: None,
    }))
}

fn unchanged(changing: &[&str]) -> Outcome {
    let changing = changing.iter().map(|name| (*name).to_owned()).collect();
    Outcome::Settled(Box::new(Settled { content: None, changing, age: Duration::ZERO, drift: None }))
}

fn held(hash: &str) -> Outcome {
    let content_hash = format!("sha256:{hash}");
    let message = format!("{hash} waits");
    Outcome::Held(Box::new(Held {
        reason: Reason::SuspectedPermissionLoss,
        message,
        content_hash,
        drift: None,
        published: true,
        again: None,
    }))
}

fn failed(reason: Reason) -> Outcome {
    Outcome::Failed(Failure { reason, message: format!("because of {reason}"), retry_after: None })
}

/// Every reason a look or a publication can fail with.
const FAILURES: [Reason; 24] = [
    Reason::NothingSelected,
    Reason::InvalidSpec,
    Reason::NewerFormat,
    Reason::OutputTooLarge,
    Reason::OutputConflict,
    Reason::DiscoveryIncomplete,
    Reason::SchemaChangeInProgress,
    Reason::ConnectFailed,
    Reason::TlsFailed,
    Reason::Timeout,
    Reason::WrongEndpoint,
    Reason::Throttled,
    Reason::ServerError,
    Reason::ProtocolError,
    Reason::ResponseTooLarge,
    Reason::NoSqlTool,
    Reason::AmbiguousTools,
    Reason::CanaryFailed,
    Reason::AuthenticationFailed,
    Reason::PermissionDenied,
    Reason::CredentialsUnavailable,
    Reason::DatabaseError,
    Reason::KubeApi,
    Reason::SourceUnavailable,
];

/// The status after these outcomes, one second after the other.
fn after(outcomes: &[Outcome]) -> SchemaSnapshotStatus {
    outcomes
        .iter()
        .zip(0..)
        .fold(SchemaSnapshotStatus::default(), |old, (outcome, second)| decide(outcome, &old, &given(second)).status)
}

fn without_data() -> SchemaSnapshotStatus {
    after(&[Outcome::Discovering])
}

fn with_data() -> SchemaSnapshotStatus {
    after(&[Outcome::Discovering, published("aaa")])
}

/// Status and reason of one condition, as in `True Published`; `-` when it is not set.
fn word(status: &SchemaSnapshotStatus, kind: ConditionType) -> String {
    find(&status.conditions, kind).map_or_else(|| "-".to_owned(), |c| format!("{} {}", c.status, c.reason))
}
