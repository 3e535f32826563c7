//! The API server's audit log as data: which request who made, for tests that count requests.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;

use super::ControlPlane;
use crate::Result;
use crate::error::Context as _;

/// One request. A watch that is still open appears without its end.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    #[serde(rename = "auditID")]
    id: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`.
    pub verb: String,
    /// Path and query as sent.
    #[serde(rename = "requestURI")]
    pub uri: String,
    /// Who asked.
    pub user: AuditUser,
    /// The client's `User-Agent`, empty when it sent none.
    #[serde(default)]
    pub user_agent: String,
    /// What was asked for; absent for paths that are no resource.
    pub object_ref: Option<AuditObject>,
    /// How it was answered; absent while the request runs.
    pub response_status: Option<AuditStatus>,
    /// When it came in.
    pub request_received_timestamp: Timestamp,
}

/// Who asked.
#[derive(Clone, Debug, Deserialize)]
pub struct AuditUser {
    /// As in `system:serviceaccount:NAMESPACE:NAME`.
    pub username: String,
}

/// What was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditObject {
    /// Plural, as in `configmaps`.
    pub resource: String,
    /// As in `status`; empty for the object itself.
    pub subresource: String,
    /// Empty for cluster-scoped objects and lists over all namespaces.
    pub namespace: String,
    /// Empty for lists and for some creations.
    pub name: String,
    /// Empty for the core group.
    pub api_group: String,
}

/// How it was answered.
#[derive(Clone, Debug, Deserialize)]
pub struct AuditStatus {
    /// HTTP status.
    pub code: u16,
}

/// Which requests to read; the default is all of them.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter<'a> {
    /// Start of the `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// The whole user name.
    pub user: Option<&'a str>,
    /// Only what came in at this time or later.
    pub since: Option<Timestamp>,
}

impl AuditFilter<'_> {
    fn takes(&self, event: &AuditEvent) -> bool {
        self.user_agent.is_none_or(|start| event.user_agent.starts_with(start))
            && self.user.is_none_or(|user| event.user.username == user)
            && self.since.is_none_or(|since| event.request_received_timestamp >= since)
    }
}

impl ControlPlane {
    /// The requests so far that `filter` takes, in the order they came in, each once. The log is written as a request is
    /// answered, so a request the caller saw answered is here.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn audit(&self, filter: &AuditFilter<'_>) -> Result<Vec<AuditEvent>> {
        let text = std::fs::read_to_string(&self.audit_log).context(|| "cannot read the audit log")?;
        parse(&text, filter)
    }
}

fn parse(text: &str, filter: &AuditFilter<'_>) -> Result<Vec<AuditEvent>> {
    // A watch has one line at its start and one at its end: the later one stays.
    let mut latest = BTreeMap::new();
    // A last line without a line break is still being written.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in whole.lines() {
        let event: AuditEvent = serde_json::from_str(line).context(|| "the audit log has a line that is no event")?;
        if filter.takes(&event) {
            latest.insert(event.id.clone(), event);
        }
    }
    let mut events: Vec<_> = latest.into_values().collect();
    events.sort_by_key(|event| event.request_received_timestamp);
    Ok(events)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const LOG: &str = r#"{"auditID":"b","stage":"ResponseStarted","verb":"watch","requestURI":"/w","user":{"username":"op"},"userAgent":"op/1","objectRef":{"resource":"configmaps","apiVersion":"v1"},"requestReceivedTimestamp":"2026-01-01T00:00:02.000000Z"}
{"auditID":"a","stage":"ResponseComplete","verb":"get","requestURI":"/g","user":{"username":"admin"},"userAgent":"kubectl/1","responseStatus":{"code":404},"requestReceivedTimestamp":"2026-01-01T00:00:01.000000Z"}
{"auditID":"b","stage":"ResponseComplete","verb":"watch","requestURI":"/w","user":{"username":"op"},"userAgent":"op/1","responseStatus":{"code":200},"requestReceivedTimestamp":"2026-01-01T00:00:02.000000Z"}
{"auditID":"c","#;

    #[test]
    fn each_request_is_read_once_in_the_order_it_came_in() {
        let events = parse(LOG, &AuditFilter::default()).unwrap();
        let seen: Vec<_> =
            events.iter().map(|event| (event.uri.as_str(), event.response_status.as_ref().unwrap().code)).collect();
        assert_eq!(seen, [("/g", 404), ("/w", 200)]);
    }

    #[test]
    fn a_filter_takes_only_what_it_names() {
        let since = Some("2026-01-01T00:00:02Z".parse().unwrap());
        let cases = [
            (AuditFilter { user: Some("admin"), ..AuditFilter::default() }, vec!["/g"]),
            (AuditFilter { user: Some("adm"), ..AuditFilter::default() }, vec![]),
            (AuditFilter { user_agent: Some("op/"), ..AuditFilter::default() }, vec!["/w"]),
            (AuditFilter { since, ..AuditFilter::default() }, vec!["/w"]),
        ];
        for (filter, wanted) in cases {
            let events = parse(LOG, &filter).unwrap();
            assert_eq!(events.iter().map(|event| event.uri.as_str()).collect::<Vec<_>>(), wanted, "{filter:?}");
        }
    }
}
