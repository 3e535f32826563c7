//! The notes the HTTP layer takes during one request, for those above rmcp: bytes, why no answer came, and an answer
//! that need not go through rmcp.
//! A stream that outlives its request (rmcp drains it in the background) no longer changes them.

use std::sync::{Arc, Mutex, PoisonError};

use super::RawAnswer;
use super::fault::Fault;

#[derive(Debug, Default)]
struct Notes {
    request: u64,
    bytes: u64,
    resumes: u32,
    garbage: bool,
    fault: Option<Fault>,
    answer: Option<RawAnswer>,
}

/// The notes of the request in flight. Only one is, per session.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<Notes>>);

/// One HTTP exchange of a request.
#[derive(Clone, Debug, Default)]
pub(super) struct Exchange {
    seen: Seen,
    request: u64,
}

impl Seen {
    fn with<T>(&self, change: impl FnOnce(&mut Notes) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins a request: forgets the notes of the one before.
    pub(super) fn begin(&self) {
        self.with(|notes| *notes = Notes { request: notes.request + 1, ..Notes::default() });
    }

    /// An exchange of the request in flight.
    pub(super) fn exchange(&self) -> Exchange {
        Exchange { seen: self.clone(), request: self.with(|notes| notes.request) }
    }

    /// Keeps why the request failed; what failed first counts.
    pub(super) fn note(&self, fault: Fault) {
        self.with(|notes| _ = notes.fault.get_or_insert(fault));
    }

    /// Takes one of `max` resumptions, unless the answer failed for good.
    pub(super) fn may_resume(&self, max: u32) -> bool {
        self.with(|notes| {
            notes.resumes += 1;
            notes.resumes <= max && !matches!(notes.fault, Some(Fault::TooLarge { .. }))
        })
    }

    /// The answer that went past rmcp, if one did.
    pub(super) fn take_answer(&self) -> Option<RawAnswer> {
        self.with(|notes| notes.answer.take())
    }

    /// Bytes of body that came, and why no answer did, if none did.
    pub(super) fn end(&self) -> (u64, Option<Fault>) {
        self.with(|notes| {
            // One that came too late for its caller would only take up memory.
            notes.answer = None;
            // An event that rmcp could not use makes it drop the stream before its end.
            let unusable = notes.garbage.then_some(Fault::Ended { garbage: true });
            (notes.bytes, notes.fault.take().or(unusable))
        })
    }
}

impl Exchange {
    fn with<T: Default>(&self, change: impl FnOnce(&mut Notes) -> T) -> T {
        self.seen.with(|notes| if notes.request == self.request { change(notes) } else { T::default() })
    }

    /// Counts bytes of body; returns how many the request has.
    pub(super) fn count(&self, bytes: usize) -> u64 {
        self.with(|notes| {
            notes.bytes += bytes as u64;
            notes.bytes
        })
    }

    /// Looks at one event. Anything but a whole notification is the answer, or should have been: when the stream ends
    /// and no answer was found in it, this is why. Parsing it here as well would cost as much as the call.
    pub(super) fn event(&self, data: Option<&str>) {
        let Some(data) = data.map(str::trim).filter(|data| !data.is_empty()) else { return };
        let notification =
            data.len() < 64 << 10 && data.starts_with('{') && data.ends_with('}') && data.contains("\"method\"");
        self.with(|notes| notes.garbage |= !notification);
    }

    /// Keeps an answer that goes past rmcp; what came first counts.
    pub(super) fn keep(&self, answer: RawAnswer) {
        self.with(|notes| _ = notes.answer.get_or_insert(answer));
    }

    /// Keeps why the request failed.
    pub(super) fn note(&self, fault: Fault) {
        self.with(|notes| _ = notes.fault.get_or_insert(fault));
    }

    /// The stream is over. Counts as a failure only if no answer was in it, which those above know.
    pub(super) fn ended(&self) {
        self.with(|notes| {
            let garbage = notes.garbage;
            notes.fault.get_or_insert(Fault::Ended { garbage });
        });
    }
}
