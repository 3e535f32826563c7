//! Which kind of report a policy gets: what it asks for, and what the cluster has. Pure.

use std::fmt;

use crate::api::policy::ReportApi;

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// `Report` of openreports.io.
    OpenReports,
    /// `PolicyReport` of wgpolicyk8s.io, which OpenReports grew out of.
    PolicyReport,
}

impl ReportKind {
    /// Both, the preferred one first.
    pub const ALL: [Self; 2] = [Self::OpenReports, Self::PolicyReport];

    /// The API group.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::OpenReports => "openreports.io",
            Self::PolicyReport => "wgpolicyk8s.io",
        }
    }

    /// The version that is written.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::OpenReports => "v1alpha1",
            Self::PolicyReport => "v1alpha2",
        }
    }

    /// The kind, as in `kind:`.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::OpenReports => "Report",
            Self::PolicyReport => "PolicyReport",
        }
    }

    /// The resource, as in a URL and in RBAC.
    #[must_use]
    pub const fn plural(self) -> &'static str {
        match self {
            Self::OpenReports => "reports",
            Self::PolicyReport => "policyreports",
        }
    }

    /// As in `apiVersion:`.
    #[must_use]
    pub fn api_version(self) -> String {
        format!("{}/{}", self.group(), self.version())
    }

    /// The name of the CRD, which tells the two kinds of report apart for kubectl too.
    #[must_use]
    pub fn crd(self) -> String {
        format!("{}.{}", self.plural(), self.group())
    }

    const fn other(self) -> Self {
        match self {
            Self::OpenReports => Self::PolicyReport,
            Self::PolicyReport => Self::OpenReports,
        }
    }
}

/// Which kinds of report the cluster serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installed {
    /// `reports.openreports.io`.
    pub open_reports: bool,
    /// `policyreports.wgpolicyk8s.io`.
    pub policy_reports: bool,
}

impl Installed {
    /// Whether this kind is served.
    #[must_use]
    pub const fn has(self, kind: ReportKind) -> bool {
        match kind {
            ReportKind::OpenReports => self.open_reports,
            ReportKind::PolicyReport => self.policy_reports,
        }
    }
}

/// Why a policy has no report; as text, a sentence for a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoReport {
    /// `report.api: None`.
    NotWanted,
    /// `report.api: Auto`, and neither kind is installed: that is nobody's fault.
    NoneInstalled,
    /// The kind that was asked for is not installed: a person has to do something.
    Missing {
        /// What was asked for.
        wanted: ReportKind,
        /// The other kind is installed, so that Auto would take it.
        other: bool,
    },
}

impl NoReport {
    /// A person asked for a report and does not get one.
    #[must_use]
    pub const fn is_a_problem(self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}

impl fmt::Display for NoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWanted => f.write_str("no report is written, as report.api: None asks"),
            Self::NoneInstalled => write!(
                f,
                "no report is written: neither the CRD {} nor {} is installed",
                ReportKind::OpenReports.crd(),
                ReportKind::PolicyReport.crd()
            ),
            Self::Missing { wanted, other } => {
                write!(f, "the CRD {} is not installed: install it, or set report.api: Auto", wanted.crd())?;
                if *other { write!(f, ", which takes {}", wanted.other().crd()) } else { Ok(()) }
            }
        }
    }
}

/// Which kind is written, or why none.
///
/// # Errors
/// Why there is no report; none of them is a failure of a call.
pub const fn choose(wanted: ReportApi, installed: Installed) -> Result<ReportKind, NoReport> {
    let kind = match wanted {
        ReportApi::None => return Err(NoReport::NotWanted),
        ReportApi::Auto if installed.open_reports => return Ok(ReportKind::OpenReports),
        ReportApi::Auto if installed.policy_reports => return Ok(ReportKind::PolicyReport),
        ReportApi::Auto => return Err(NoReport::NoneInstalled),
        ReportApi::OpenReports => ReportKind::OpenReports,
        ReportApi::PolicyReport => ReportKind::PolicyReport,
    };
    if installed.has(kind) {
        Ok(kind)
    } else {
        Err(NoReport::Missing { wanted: kind, other: installed.has(kind.other()) })
    }
}

#[cfg(test)]
mod tests {
    use ReportKind::{OpenReports, PolicyReport};

    use super::*;

    #[test]
    fn a_policy_gets_what_it_asks_for_of_what_there_is() {
        let missing = |wanted, other| Err(NoReport::Missing { wanted, other });
        for (wanted, open_reports, policy_reports, want) in [
            (ReportApi::Auto, true, true, Ok(OpenReports)),
            (ReportApi::Auto, true, false, Ok(OpenReports)),
            (ReportApi::Auto, false, true, Ok(PolicyReport)),
            (ReportApi::Auto, false, false, Err(NoReport::NoneInstalled)),
            (ReportApi::OpenReports, true, true, Ok(OpenReports)),
            (ReportApi::OpenReports, false, true, missing(OpenReports, true)),
            (ReportApi::OpenReports, false, false, missing(OpenReports, false)),
            (ReportApi::PolicyReport, true, true, Ok(PolicyReport)),
            (ReportApi::PolicyReport, true, false, missing(PolicyReport, true)),
            (ReportApi::PolicyReport, false, false, missing(PolicyReport, false)),
            (ReportApi::None, true, true, Err(NoReport::NotWanted)),
            (ReportApi::None, false, false, Err(NoReport::NotWanted)),
        ] {
            let installed = Installed { open_reports, policy_reports };
            assert_eq!(choose(wanted, installed), want, "{wanted:?} {installed:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named_with_what_to_do() {
        for (why, says, problem) in [
            (
                NoReport::Missing { wanted: OpenReports, other: false },
                "the CRD reports.openreports.io is not installed: install it, or set report.api: Auto",
                true,
            ),
            (
                NoReport::Missing { wanted: PolicyReport, other: true },
                "the CRD policyreports.wgpolicyk8s.io is not installed: install it, or set report.api: Auto, which takes \
                 reports.openreports.io",
                true,
            ),
            (
                NoReport::NoneInstalled,
                "no report is written: neither the CRD reports.openreports.io nor policyreports.wgpolicyk8s.io is installed",
                false,
            ),
            (NoReport::NotWanted, "no report is written, as report.api: None asks", false),
        ] {
            assert_eq!((why.to_string().as_str(), why.is_a_problem()), (says, problem));
        }
    }
}
