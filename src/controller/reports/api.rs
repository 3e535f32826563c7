//! Which kinds of report the cluster serves, asked at most once a minute: a CRD may be installed or go at any time.

use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use kube::Client;
use tokio::sync::Mutex;

use super::CALL_DEADLINE;
use super::choice::{Installed, ReportKind};
use super::error::ReportsError;
use crate::error::shorten;

/// How long an answer counts.
const LASTS: Duration = Duration::from_secs(60);

/// The last answer, shared by all policies.
#[derive(Debug, Default)]
pub struct Known(Mutex<Option<(Timestamp, Installed)>>);

impl Known {
    /// What is installed: the last answer while it counts, else a new one. Where none is to be had the last one still
    /// counts: a slow API server must not take reports away.
    ///
    /// # Errors
    /// The first question has no answer.
    pub async fn installed(&self, client: &Client, now: Timestamp) -> Result<Installed, ReportsError> {
        // Held while asking, so that many policies at once ask once.
        let mut known = self.0.lock().await;
        if let Some((asked, installed)) = *known
            && counts(asked, now)
        {
            return Ok(installed);
        }
        match ask(client).await {
            Ok(installed) => {
                *known = Some((now, installed));
                Ok(installed)
            }
            Err(problem) => match *known {
                Some((_, installed)) => {
                    tracing::warn!(problem, "which kinds of report are installed is not known anew");
                    Ok(installed)
                }
                None => Err(ReportsError::Discovery { problem }),
            },
        }
    }

    /// Forgets the answer: a call has shown that it is wrong.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

/// Whether an answer of then still counts now. One from the future was given by another clock.
fn counts(asked: Timestamp, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(asked)).is_ok_and(|age| age < LASTS)
}

async fn ask(client: &Client) -> Result<Installed, String> {
    let [open_reports, policy_reports] = ReportKind::ALL;
    Ok(Installed {
        open_reports: serves(client, open_reports).await?,
        policy_reports: serves(client, policy_reports).await?,
    })
}

/// Asks for the version we write: a group without it, or with its cluster-wide kind alone, is of no use.
async fn serves(client: &Client, kind: ReportKind) -> Result<bool, String> {
    let version = kind.api_version();
    match tokio::time::timeout(CALL_DEADLINE, client.list_api_group_resources(&version)).await {
        Ok(Ok(list)) => Ok(list.resources.iter().any(|r| r.name == kind.plural() && r.kind == kind.kind())),
        Ok(Err(kube::Error::Api(status))) if status.code == 404 => Ok(false),
        Ok(Err(error)) => Err(shorten(&error.to_string(), 256)),
        Err(_) => Err(format!("the API server did not answer within {} s", CALL_DEADLINE.as_secs())),
    }
}

#[cfg(test)]
mod tests;
