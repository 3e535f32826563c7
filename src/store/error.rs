//! Why the ConfigMaps could not be read or written, in words that say what to do. Pure: answers in, errors out.

use kube::core::Status;

use super::layout::LayoutError;
use crate::error::{Reason, shorten};

/// Why the ConfigMaps could not be made to say what they should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The content does not fit.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A ConfigMap of that name is not ours.
    #[error(
        "ConfigMap {name} exists and belongs to {owner}; it is left alone: delete or rename it, or choose another \
         output.configMapName in a new snapshot, then ask again with \
         kubectl annotate schemasnapshot {snapshot} mcpschema.io/refresh=now --overwrite"
    )]
    Conflict {
        /// The ConfigMap.
        name: String,
        /// Whose it is.
        owner: String,
        /// The snapshot that wants it.
        snapshot: String,
    },
    /// A ConfigMap of that name is about to go: it is being deleted, or belongs to a deleted snapshot of the same name.
    #[error("ConfigMap {name} of a deleted snapshot is still being removed; it is written as soon as it is gone")]
    Leaving {
        /// The ConfigMap.
        name: String,
    },
    /// Written by a newer operator.
    #[error(
        "ConfigMap {name} was written by a newer operator (format {format}, modelVersion {model_version}); it is left \
         as it is: upgrade this operator"
    )]
    NewerFormat {
        /// The index ConfigMap.
        name: String,
        /// Its format.
        format: u64,
        /// Its model version.
        model_version: u64,
    },
    /// The API server refused or failed a call.
    #[error("{verb} of ConfigMap {name} failed: {problem}")]
    Kube {
        /// What was tried.
        verb: Verb,
        /// On which ConfigMap.
        name: String,
        /// What happened, by kind.
        kind: Failure,
        /// What to know and do.
        problem: String,
    },
}

impl StoreError {
    /// The word for conditions and metrics.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Layout(error) => error.reason(),
            Self::Conflict { .. } => Reason::OutputConflict,
            Self::NewerFormat { .. } => Reason::NewerFormat,
            Self::Leaving { .. } | Self::Kube { .. } => Reason::KubeApi,
        }
    }

    /// What kind of failure a call met; `None` when no call failed.
    #[must_use]
    pub const fn failure(&self) -> Option<Failure> {
        match self {
            Self::Kube { kind, .. } => Some(*kind),
            _ => None,
        }
    }
}

/// One of our calls, and the permissions it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Read.
    Get,
    /// Server-side apply, which creates what is not there.
    Apply,
    /// Merge patch of what is there.
    Patch,
    /// Delete.
    Delete,
}

impl Verb {
    /// Verbs of the role that allows it.
    const fn permissions(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Apply => "create and patch",
            Self::Patch => "patch",
            Self::Delete => "delete",
        }
    }
}

impl std::fmt::Display for Verb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Get => "get",
            Self::Apply => "apply",
            Self::Patch => "patch",
            Self::Delete => "delete",
        })
    }
}

/// What kind of failure a call met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 404: the object is not there, or for an apply the namespace.
    Absent,
    /// 409: somebody wrote in between.
    Changed,
    /// 403.
    Forbidden,
    /// 422 or another 4xx: the object as it is is not accepted.
    Refused,
    /// 429 or 5xx, or no answer that can be read.
    Failed,
    /// No answer within the deadline.
    Timeout,
}

/// What an error answer of the API server means.
pub(super) fn failure(verb: Verb, status: &Status) -> (Failure, String) {
    let said = || shorten(&status.message, 256);
    match status.code {
        404 if verb == Verb::Apply => (Failure::Absent, "its namespace is gone".to_owned()),
        404 => (Failure::Absent, "it was deleted in the meantime; it is looked at again".to_owned()),
        409 => (Failure::Changed, "somebody else changed it in the meantime; it is looked at again".to_owned()),
        403 if is_rbac(&status.message) => {
            let verbs = verb.permissions();
            let problem = format!(
                "the operator's ServiceAccount lacks the verb {verbs} on configmaps in this namespace; allow it in the \
                 role of the operator (the chart's does)"
            );
            (Failure::Forbidden, problem)
        }
        403 => (Failure::Forbidden, format!("the API server forbids it: {}", said())),
        422 => (
            Failure::Refused,
            format!("the API server does not accept it: {}; an immutable one has to be deleted by hand", said()),
        ),
        429 | 500.. => (Failure::Failed, format!("the API server is not well ({}); it is tried again", status.code)),
        _ => (Failure::Refused, format!("the API server does not accept it: {}", said())),
    }
}

/// `… cannot patch resource "configmaps" in API group …` is a missing permission; a quota, a namespace on its way out
/// and an admission webhook answer 403 too, and no role helps there.
fn is_rbac(message: &str) -> bool {
    message.contains(" cannot ") && message.contains(" resource ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_becomes_a_sentence_that_says_what_to_do() {
        let rbac = "configmaps \"a\" is forbidden: User \"system:serviceaccount:x:y\" cannot patch resource \
                    \"configmaps\" in API group \"\" in the namespace \"shop\"";
        let cases = [
            (Verb::Apply, 403, rbac, Failure::Forbidden, "lacks the verb create and patch on configmaps"),
            (Verb::Get, 403, rbac, Failure::Forbidden, "lacks the verb get on configmaps"),
            (Verb::Delete, 403, rbac, Failure::Forbidden, "lacks the verb delete on configmaps"),
            (Verb::Apply, 403, "exceeded quota: q", Failure::Forbidden, "forbids it: exceeded quota: q"),
            (Verb::Apply, 404, "namespaces \"shop\" not found", Failure::Absent, "namespace is gone"),
            (Verb::Patch, 404, "", Failure::Absent, "deleted in the meantime"),
            (Verb::Delete, 409, "", Failure::Changed, "somebody else changed it"),
            (Verb::Apply, 422, "field is immutable when `immutable` is set", Failure::Refused, "deleted by hand"),
            (Verb::Apply, 413, "limit is 3145728", Failure::Refused, "limit is 3145728"),
            (Verb::Apply, 503, "secret detail", Failure::Failed, "not well (503)"),
            (Verb::Apply, 429, "", Failure::Failed, "not well (429)"),
        ];
        for (verb, code, message, kind, says) in cases {
            let status = Status { code, message: message.to_owned(), ..Status::default() };
            let (found, problem) = failure(verb, &status);
            assert!(found == kind && problem.contains(says), "{verb} {code}: {found:?} {problem}");
        }
    }
}
