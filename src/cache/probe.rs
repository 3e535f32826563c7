//! Finds out when a source that was away is back: one try in each period while its circuit is open, and then everybody
//! who depends on it is woken, spread over a little time so that they do not all come at once.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::slot::Slot;
use super::{Asker, Fault, IDLE, SchemaManager, Wake};
use crate::error::Reason;
use crate::mcp::{Connection, Endpoint, McpError};
use crate::metrics::Metrics;
use crate::metrics::labels::Source;

/// Within this time everybody is woken, however many there are.
const SPREAD: Duration = Duration::from_secs(25);
/// Room each one gets in the spread, as long as there is room.
const ROOM: Duration = Duration::from_millis(20);

impl SchemaManager {
    /// Starts probing a source whose circuit has just opened.
    pub(super) fn probe(&self, slot: &Arc<Slot>, label: &Source) {
        if std::mem::replace(&mut slot.known().probed, true) {
            // One that closed meanwhile has opened again before its prober noticed.
            return;
        }
        let prober = Prober {
            slot: Arc::downgrade(slot),
            label: label.clone(),
            period: self.options.breaker_period,
            metrics: self.metrics.clone(),
            wakes: self.wakes.clone(),
        };
        let stop = self.stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(prober.run(&stop)).await });
    }
}

struct Prober {
    slot: Weak<Slot>,
    label: Source,
    period: Duration,
    metrics: Metrics,
    wakes: mpsc::UnboundedSender<Wake>,
}

impl Prober {
    async fn run(self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            tokio::time::sleep(self.period).await;
            let Some(slot) = self.slot.upgrade() else {
                // Nobody knows this source any more, and nobody counts its circuit.
                self.metrics.circuit(&self.label, -1);
                return;
            };
            if slot.known().breaker.is_open() && slot.idle() < IDLE {
                self.try_once(&slot).await;
            } else if slot.known().breaker.succeeded() {
                self.metrics.circuit(&self.label, -1);
            }
            let mut known = slot.known();
            if !known.breaker.is_open() {
                known.probed = false;
                return;
            }
        }
    }

    /// One try, without retries.
    async fn try_once(&self, slot: &Slot) {
        let Some((endpoint, observer)) = slot.known().endpoint.clone() else { return };
        let limit = endpoint.connect_timeout.saturating_add(endpoint.request_timeout);
        let endpoint = Endpoint { max_retries: 0, max_in_flight: slot.known().in_flight, ..endpoint };
        let late = || McpError::new(Reason::Timeout, "the MCP server did not answer in time");
        let tried = tokio::time::timeout(limit, Connection::connect(endpoint, observer)).await;
        match tried.unwrap_or_else(|_| Err(late())) {
            Ok(connection) => {
                slot.adopt(connection).await;
                back(slot, &self.label, &self.metrics, &self.wakes);
            }
            Err(error) => {
                let fault = Fault::from(error);
                slot.known().breaker.failed(fault.reason, &fault.message, self.period, Instant::now());
            }
        }
    }
}

/// The source answers: where its circuit was open it closes, and everybody who depends on it is woken.
pub(super) fn back(slot: &Slot, label: &Source, metrics: &Metrics, wakes: &mpsc::UnboundedSender<Wake>) {
    let dependents: Vec<Asker> = {
        let mut known = slot.known();
        if !known.breaker.succeeded() {
            return;
        }
        known.dependents.values().cloned().collect()
    };
    metrics.circuit(label, -1);
    tracing::info!(dependents = dependents.len(), "an MCP server is back");
    wake(dependents, wakes);
}

/// Wakes everybody, the first at once.
pub(super) fn wake(dependents: Vec<Asker>, wakes: &mpsc::UnboundedSender<Wake>) {
    let number = u32::try_from(dependents.len()).unwrap_or(u32::MAX).max(1);
    let room = (SPREAD / number).min(ROOM);
    let wakes = wakes.clone();
    tokio::spawn(async move {
        for asker in dependents {
            if wakes.send(Wake(asker)).is_err() {
                return;
            }
            tokio::time::sleep(room).await;
        }
    });
}
