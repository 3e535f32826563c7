//! Conditions as kstatus, Flux and `kubectl wait` understand them: which types there are, and the one way to set one.
//! Pure: the time is an argument. What is true when is decided by the controller, not here.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use k8s_openapi::jiff::Timestamp;

use crate::error::{Reason, shorten};

/// Longest message in bytes; a longer one is cut on a character boundary.
pub const MAX_MESSAGE: usize = 1024;

/// What a condition speaks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConditionType {
    /// Applications can rely on the ConfigMaps.
    Ready,
    /// Work towards the spec goes on.
    Reconciling,
    /// Nothing will move until a person changes something.
    Stalled,
    /// The MCP server and the database behind it answer.
    SourceReachable,
    /// The last successful look is as recent as the spec asks for.
    Fresh,
    /// The ConfigMaps hold what was last discovered.
    Published,
    /// What was last discovered waits for a person's approval.
    Held,
    /// The database has another schema than the baseline, or than what is published.
    Drifted,
    /// The schemas a policy selects are as it demands; on a policy alone.
    Compliant,
}

impl ConditionType {
    /// Every type, in the order a person reads them.
    pub const ALL: [Self; 9] = [
        Self::Ready,
        Self::Reconciling,
        Self::Stalled,
        Self::SourceReachable,
        Self::Fresh,
        Self::Published,
        Self::Held,
        Self::Drifted,
        Self::Compliant,
    ];

    /// The word in `type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::Reconciling => "Reconciling",
            Self::Stalled => "Stalled",
            Self::SourceReachable => "SourceReachable",
            Self::Fresh => "Fresh",
            Self::Published => "Published",
            Self::Held => "Held",
            Self::Drifted => "Drifted",
            Self::Compliant => "Compliant",
        }
    }
}

/// The three answers a condition can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConditionStatus {
    /// It is so.
    True,
    /// It is not so.
    False,
    /// Nobody can tell yet.
    Unknown,
}

impl ConditionStatus {
    /// The word in `status`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl From<bool> for ConditionStatus {
    fn from(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }
}

/// Sets one condition. `lastTransitionTime` moves only when the status does; everything else is replaced.
/// Conditions of other writers stay where they are.
pub fn set_condition(
    conditions: &mut Vec<Condition>,
    type_: ConditionType,
    status: ConditionStatus,
    reason: Reason,
    message: &str,
    observed_generation: i64,
    now: Timestamp,
) {
    let old = conditions.iter_mut().find(|c| c.type_ == type_.as_str());
    let since = old.as_ref().filter(|c| c.status == status.as_str()).map_or(now, |c| c.last_transition_time.0);
    let condition = Condition {
        type_: type_.as_str().to_owned(),
        status: status.as_str().to_owned(),
        reason: reason.as_str().to_owned(),
        message: shorten(message, MAX_MESSAGE),
        observed_generation: Some(observed_generation),
        last_transition_time: Time(since),
    };
    match old {
        Some(slot) => *slot = condition,
        None => conditions.push(condition),
    }
}

/// The condition of that type, when it was set.
#[must_use]
pub fn find(conditions: &[Condition], type_: ConditionType) -> Option<&Condition> {
    conditions.iter().find(|c| c.type_ == type_.as_str())
}

/// The word of a condition with its truth, `None` for Unknown; nothing when it was never set. What gauges tell.
#[must_use]
pub fn truth(conditions: &[Condition], type_: ConditionType) -> Option<(&'static str, Option<bool>)> {
    let truth = match find(conditions, type_)?.status.as_str() {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    Some((type_.as_str(), truth))
}

/// The lists differ in something other than a time or their order.
#[must_use]
pub fn differ_ignoring_time(left: &[Condition], right: &[Condition]) -> bool {
    let told = |list: &[Condition]| {
        let mut rows: Vec<_> = list
            .iter()
            .map(|c| (c.type_.clone(), c.status.clone(), c.reason.clone(), c.message.clone(), c.observed_generation))
            .collect();
        rows.sort();
        rows
    };
    told(left) != told(right)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn ready(status: ConditionStatus, reason: Reason, message: &str, generation: i64, now: i64) -> Vec<Condition> {
        let mut list = Vec::new();
        set_condition(&mut list, ConditionType::Ready, status, reason, message, generation, at(now));
        list
    }

    #[test]
    fn the_transition_time_moves_only_with_the_status() {
        let mut list = ready(ConditionStatus::True, Reason::Published, "a", 1, 10);
        for (status, reason, generation, now, want) in [
            (ConditionStatus::True, Reason::ServingStale, 2, 20, 10),
            (ConditionStatus::False, Reason::SourceUnavailable, 2, 30, 30),
            (ConditionStatus::False, Reason::InvalidSpec, 3, 40, 30),
            (ConditionStatus::Unknown, Reason::Discovering, 3, 50, 50),
        ] {
            set_condition(&mut list, ConditionType::Ready, status, reason, "b", generation, at(now));
            assert_eq!(list.len(), 1);
            assert_eq!(list[0].last_transition_time.0, at(want), "{reason}");
            assert_eq!((list[0].reason.as_str(), list[0].observed_generation), (reason.as_str(), Some(generation)));
        }
    }

    #[test]
    fn conditions_of_others_stay() {
        let mut list = ready(ConditionStatus::True, Reason::Published, "", 1, 1);
        list[0].type_ = "Theirs".to_owned();
        set_condition(&mut list, ConditionType::Fresh, true.into(), Reason::WithinInterval, "", 1, at(2));
        assert_eq!(list.iter().map(|c| c.type_.as_str()).collect::<Vec<_>>(), ["Theirs", "Fresh"]);
        assert!(find(&list, ConditionType::Ready).is_none());
        assert_eq!(find(&list, ConditionType::Fresh).unwrap().status, "True");
    }

    #[test]
    fn a_long_message_is_cut_on_a_character_boundary() {
        let list = ready(ConditionStatus::True, Reason::Published, &"ä".repeat(600), 1, 1);
        assert!(list[0].message.len() <= MAX_MESSAGE && list[0].message.ends_with('…'));
        assert!(list[0].message.len() > MAX_MESSAGE - 4);
    }

    #[test]
    fn only_time_and_order_do_not_count_as_a_difference() {
        let base = ready(ConditionStatus::True, Reason::Published, "a", 1, 1);
        for (other, want) in [
            (ready(ConditionStatus::True, Reason::Published, "a", 1, 99), false),
            (ready(ConditionStatus::False, Reason::Published, "a", 1, 1), true),
            (ready(ConditionStatus::True, Reason::ServingStale, "a", 1, 1), true),
            (ready(ConditionStatus::True, Reason::Published, "b", 1, 1), true),
            (ready(ConditionStatus::True, Reason::Published, "a", 2, 1), true),
            (Vec::new(), true),
        ] {
            assert_eq!(differ_ignoring_time(&base, &other), want, "{other:?}");
        }
        let mut both = base.clone();
        set_condition(&mut both, ConditionType::Fresh, true.into(), Reason::WithinInterval, "", 1, at(1));
        let turned: Vec<_> = both.iter().rev().cloned().collect();
        assert!(!differ_ignoring_time(&both, &turned));
    }

    #[test]
    fn every_type_has_its_own_word() {
        let mut words: Vec<_> = ConditionType::ALL.iter().map(|t| t.as_str()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), ConditionType::ALL.len());
    }
}
