//! Why a report could not be written, in words that say what to do. Pure: answers in, errors out.

use kube::core::Status;

use super::choice::ReportKind;
use crate::error::{Reason, shorten};

/// Why a report is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum ReportsError {
    /// An object of the report's name is not ours.
    #[error(
        "{} {name} exists and belongs to {owner}; it is left alone: delete or rename it, or set report.api: None", kind.crd()
    )]
    Conflict {
        /// Its kind.
        kind: ReportKind,
        /// Its name.
        name: String,
        /// Whose it is.
        owner: String,
    },
    /// An object of the report's name is about to go.
    #[error("{} {name} of a deleted policy is still being removed; it is written as soon as it is gone", kind.crd())]
    Leaving {
        /// Its kind.
        kind: ReportKind,
        /// Its name.
        name: String,
    },
    /// The operator lacks a permission.
    #[error(
        "the operator's ServiceAccount lacks the verb {} on {} in this namespace: allow it in the role of the operator \
         (the chart's does), or set report.api: None", verb.permissions(), kind.crd()
    )]
    Forbidden {
        /// Of which resource.
        kind: ReportKind,
        /// What was tried.
        verb: Verb,
    },
    /// The API server did not say which kinds of report it has.
    #[error("it cannot be told which kinds of report are installed: {problem}")]
    Discovery {
        /// What happened.
        problem: String,
    },
    /// The API server refused or failed a call.
    #[error("{verb} of {} {name} failed: {problem}", kind.crd())]
    Kube {
        /// What was tried.
        verb: Verb,
        /// On which kind.
        kind: ReportKind,
        /// On which object.
        name: String,
        /// What happened, by kind.
        failure: Failure,
        /// What to know and do.
        problem: String,
    },
}

impl ReportsError {
    /// The word for conditions and metrics.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Conflict { .. } => Reason::OutputConflict,
            Self::Leaving { .. } | Self::Forbidden { .. } | Self::Discovery { .. } | Self::Kube { .. } => {
                Reason::KubeApi
            }
        }
    }

    pub(super) const fn is_absent(&self) -> bool {
        matches!(self, Self::Kube { failure: Failure::Absent, .. })
    }
}

/// One of our calls, and the permissions it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read.
    Get,
    /// Server-side apply, which creates what is not there.
    Apply,
    /// Delete.
    Delete,
}

impl Verb {
    /// Verbs of the role that allows it.
    const fn permissions(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Apply => "create or patch",
            Self::Delete => "delete",
        }
    }
}

impl std::fmt::Display for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::Apply => "apply",
            Self::Delete => "delete",
        })
    }
}

/// What kind of failure a call met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 404: the object is not there; for an apply, its namespace or its CRD.
    Absent,
    /// 409: somebody wrote in between.
    Changed,
    /// 403 that no role helps, 422 or another 4xx: the object as it is is not accepted.
    Refused,
    /// 429 or 5xx, or no answer that can be read.
    Failed,
    /// No answer within the deadline.
    Timeout,
}

/// What an error answer of the API server means.
pub(super) fn of_answer(verb: Verb, kind: ReportKind, name: &str, status: &Status) -> ReportsError {
    let said = shorten(&status.message, 256);
    // A quota, a namespace on its way out and an admission webhook answer 403 too, and no role helps there.
    if status.code == 403 && said.contains(" cannot ") && said.contains(" resource ") {
        return ReportsError::Forbidden { kind, verb };
    }
    let (failure, problem) = match status.code {
        404 => (Failure::Absent, "its namespace or its CRD is gone; it is looked at again".to_owned()),
        409 => (Failure::Changed, "somebody else changed it in the meantime; it is looked at again".to_owned()),
        429 | 500.. => (Failure::Failed, format!("the API server is not well ({}); it is tried again", status.code)),
        403 => (Failure::Refused, format!("the API server forbids it: {said}")),
        _ => (Failure::Refused, format!("the API server does not accept it: {said}")),
    };
    ReportsError::Kube { verb, kind, name: name.to_owned(), failure, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_becomes_a_sentence_that_says_what_to_do() {
        let rbac = "reports.openreports.io \"a\" is forbidden: User \"system:serviceaccount:x:y\" cannot patch resource \
                    \"reports\" in API group \"openreports.io\" in the namespace \"shop\"";
        for (verb, code, message, says) in [
            (Verb::Apply, 403, rbac, "lacks the verb create or patch on reports.openreports.io in this namespace"),
            (Verb::Get, 403, rbac, "lacks the verb get on reports.openreports.io"),
            (Verb::Delete, 403, rbac, "lacks the verb delete on reports.openreports.io"),
            (Verb::Apply, 403, "exceeded quota: q", "forbids it: exceeded quota: q"),
            (Verb::Apply, 404, "", "its namespace or its CRD is gone"),
            (Verb::Delete, 409, "", "somebody else changed it"),
            (Verb::Apply, 422, "results[0].severity: Unsupported value", "does not accept it: results[0].severity"),
            (Verb::Apply, 503, "secret detail", "not well (503)"),
            (Verb::Apply, 429, "", "not well (429)"),
        ] {
            let status = Status { code, message: message.to_owned(), ..Status::default() };
            let error = of_answer(verb, ReportKind::OpenReports, "schema-policy-a", &status).to_string();
            assert!(error.contains(says) && !error.contains("secret"), "{verb} {code}: {error}");
        }
    }

    #[test]
    fn a_foreign_object_is_named_with_its_owner() {
        let error = ReportsError::Conflict {
            kind: ReportKind::PolicyReport,
            name: "schema-policy-a".into(),
            owner: "Deployment b".into(),
        };
        assert_eq!(
            error.to_string(),
            "policyreports.wgpolicyk8s.io schema-policy-a exists and belongs to Deployment b; it is left alone: delete or \
             rename it, or set report.api: None"
        );
        assert_eq!(error.reason(), Reason::OutputConflict);
    }
}
