//! Statements that are not about the schema, over the connection its looks share: samples of rows, and children without a
//! parent. Nothing of an answer is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::slot::Slot;
use super::{Fault, Identity, SchemaManager, Waiting};
use crate::discovery;
use crate::error::Reason;
use crate::mcp::{Endpoint, McpError, Observer, Rows, SqlSource, decode};
use crate::metrics::labels::Source;

/// What came of one statement.
enum Told {
    Rows(Rows),
    /// The source answered, and has nothing to say to this statement.
    Refused(Fault),
    /// The source is of no use at present; asking it the next thing is of none either.
    Away(Fault),
}

impl SchemaManager {
    /// Sends read-only statements to a source, one after the other; their results are in the same order. `deadline` is for
    /// all of them. A statement that the database refuses, or whose answer is too large, is that statement's failure
    /// alone; when the source itself fails, what is left is not sent and fails alike.
    pub async fn ask(
        &self,
        identity: &Identity,
        endpoint: &Endpoint,
        observer: Arc<dyn Observer>,
        label: &Source,
        deadline: Duration,
        statements: &[&str],
    ) -> Vec<Result<Rows, Fault>> {
        if statements.is_empty() {
            return Vec::new();
        }
        let slot = self.slot(identity).await;
        if let Err(fault) = self.enter(&slot, endpoint, &observer) {
            return vec![Err(fault); statements.len()];
        }
        let _waiting = Waiting(&slot);
        if let Some(refusal) = slot.known().breaker.refusal(Instant::now()) {
            return vec![Err(Fault::circuit_open(&refusal)); statements.len()];
        }
        let (ends, mut out) = (tokio::time::Instant::now() + deadline, Vec::with_capacity(statements.len()));
        for statement in statements {
            let told = tokio::time::timeout_at(ends, send(&slot, endpoint, &observer, statement)).await;
            let fault = match told {
                Ok(Told::Rows(rows)) => {
                    out.push(Ok(rows));
                    continue;
                }
                Ok(Told::Refused(fault)) => {
                    out.push(Err(fault));
                    continue;
                }
                Ok(Told::Away(fault)) => fault,
                Err(_) => late(deadline),
            };
            // A source that answered, and was then asked for more than there was time for, is not away.
            if out.is_empty() || tokio::time::Instant::now() < ends {
                self.failed(&slot, label, &fault);
            }
            out.resize(statements.len(), Err(fault));
            return out;
        }
        self.answered(&slot, label);
        out
    }
}

/// Sends one statement and reads its answer.
async fn send(slot: &Slot, endpoint: &Endpoint, observer: &Arc<dyn Observer>, statement: &str) -> Told {
    let connection = match slot.connect(endpoint, observer).await {
        Ok(connection) => connection,
        Err(error) => return Told::Away(error.into()),
    };
    let source = connection.patient(endpoint);
    let error = match source.ask(statement).await {
        Ok(answer) => match decode(source.server(), answer).and_then(|page| page.whole()) {
            Ok(rows) => return Told::Rows(rows),
            Err(error) if !is_outage(&error) => return Told::Refused(error.into()),
            Err(error) => error,
        },
        // An answer that was too large was one.
        Err(error) if error.reason == Reason::ResponseTooLarge => return Told::Refused(error.into()),
        // A statement may read a large table, and take its time: that says nothing of the server, for which snapshots
        // would have to pay. Whoever hangs is found out by their polls.
        Err(error) if error.reason == Reason::Timeout => {
            slot.reset(&connection).await;
            return Told::Refused(error.into());
        }
        Err(error) => error,
    };
    slot.reset(&connection).await;
    Told::Away(error.into())
}

/// An answer that tells of the database behind the server, not of the statement: it is away, or takes no login.
fn is_outage(error: &McpError) -> bool {
    error.reason == Reason::DatabaseError
        && (!discovery::is_refusal(error) || matches!(error.sql_code, Some(1045 | 1698)))
}

fn late(deadline: Duration) -> Fault {
    let seconds = deadline.as_secs();
    Fault::new(Reason::Timeout, format!("the rows could not be looked up within {seconds} s"))
}
