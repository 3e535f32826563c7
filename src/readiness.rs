//! Gates that must open before the process calls itself ready. A leaf: controllers open gates, the HTTP side reads them.
//! Neither an MCP outage nor a failing reconcile ever closes one: a restart would not help.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// All gates of the process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Readiness {
    gates: Arc<[(&'static str, AtomicBool)]>,
    standby: Arc<AtomicBool>,
}

/// One gate, closed at first.
#[derive(Clone, Debug)]
pub struct Gate {
    all: Readiness,
    index: usize,
}

impl Readiness {
    /// One closed gate for each name; names say what is waited for, as in `snapshots synced`.
    #[must_use]
    pub fn new(names: &[&'static str]) -> Self {
        let gates = names.iter().map(|&name| (name, AtomicBool::new(false))).collect();
        Self { gates, standby: Arc::default() }
    }

    /// The gate of that name, when there is one.
    #[must_use]
    pub fn gate(&self, name: &str) -> Option<Gate> {
        let index = self.gates.iter().position(|(known, _)| *known == name)?;
        Some(Gate { all: self.clone(), index })
    }

    /// Another replica leads: there is nothing to wait for, and this one is as ready as it can be. Were it not, no rollout
    /// would ever end.
    pub fn stand_by(&self, standby: bool) {
        self.standby.store(standby, Ordering::Release);
    }

    /// Whether another replica leads.
    #[must_use]
    pub fn stands_by(&self) -> bool {
        self.standby.load(Ordering::Acquire)
    }

    /// Names of the gates still closed, in the order given; empty means ready. A standby waits for none.
    #[must_use]
    pub fn waiting(&self) -> Vec<&'static str> {
        let closed = self.gates.iter().filter(|(_, open)| !self.stands_by() && !open.load(Ordering::Acquire));
        closed.map(|(name, _)| *name).collect()
    }
}

impl Gate {
    /// What was waited for is there.
    pub fn open(&self) {
        self.set(true);
    }

    /// The process drains: no new work is wanted.
    pub fn close(&self) {
        self.set(false);
    }

    fn set(&self, open: bool) {
        if let Some((_, gate)) = self.all.gates.get(self.index) {
            gate.store(open, Ordering::Release);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn ready_means_that_no_gate_waits() {
        let readiness = Readiness::new(&["snapshots synced", "configmaps synced"]);
        assert_eq!(readiness.waiting(), ["snapshots synced", "configmaps synced"]);
        let gate = readiness.gate("snapshots synced").unwrap();
        gate.open();
        assert_eq!(readiness.waiting(), ["configmaps synced"]);
        readiness.gate("configmaps synced").unwrap().open();
        assert!(readiness.waiting().is_empty());
        gate.close();
        assert_eq!(readiness.waiting(), ["snapshots synced"]);
        assert!(readiness.gate("no such gate").is_none());
        readiness.stand_by(true);
        assert!(readiness.waiting().is_empty() && readiness.stands_by());
        readiness.stand_by(false);
        assert_eq!(readiness.waiting(), ["snapshots synced"]);
    }
}
