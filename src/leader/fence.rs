//! Keeps a process that no longer leads from writing: a layer of the Kubernetes client that refuses every request but a
//! read once the lease's deadline has passed. Kubernetes itself does not tie writes to a lease, so a leader that was
//! paused, or cut off from the API server, must hold back by itself.
//!
//! The deadline is looked at each time a request makes progress, not only when it starts: a process that is paused while
//! it connects does not send its request when it goes on. What remains is the moment between that look and the system
//! call that sends (microseconds, no waiting in between).

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use http::{Method, Request};
use tokio::time::{Duration, Instant, sleep_until};
use tower::{BoxError, Layer, Service};

/// Longer than any process runs.
const DECADES: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Until when writes are let through; cheap to clone. Closed at first.
#[derive(Clone, Debug)]
pub struct Fence {
    start: Instant,
    /// Nanoseconds since `start`; 0 means closed.
    until: Arc<AtomicU64>,
}

/// A write was refused, or given up, because this process may no longer lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is written: the lease of this process has run out, another replica may lead by now")]
pub struct Refused;

impl Default for Fence {
    fn default() -> Self {
        Self { start: Instant::now(), until: Arc::default() }
    }
}

impl Fence {
    /// One that lets everything through: of a process that needs no lease, since it is the only one.
    #[must_use]
    pub fn always_open() -> Self {
        let fence = Self::default();
        fence.open_until(fence.start + DECADES);
        fence
    }

    /// Lets writes through before `until`, and no longer.
    pub fn open_until(&self, until: Instant) {
        let nanos = until.saturating_duration_since(self.start).as_nanos();
        self.until.store(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::Release);
    }

    /// Refuses writes from now on.
    pub fn close(&self) {
        self.until.store(0, Ordering::Release);
    }

    /// Whether a write may go out at `now`.
    #[must_use]
    pub fn admits(&self, now: Instant) -> bool {
        now < self.until()
    }

    fn until(&self) -> Instant {
        self.start + Duration::from_nanos(self.until.load(Ordering::Acquire))
    }
}

impl<S> Layer<S> for Fence {
    type Service = Fenced<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Fenced { inner, fence: self.clone() }
    }
}

/// What [`Fence`] makes of a service.
#[derive(Clone, Debug)]
pub struct Fenced<S> {
    inner: S,
    fence: Fence,
}

impl<S, B> Service<Request<B>> for Fenced<S>
where
    S: Service<Request<B>>,
    S::Error: Into<BoxError> + 'static,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if !reads && !self.fence.admits(Instant::now()) {
            return Box::pin(async { Err(Refused.into()) });
        }
        let answer = self.inner.call(request);
        if reads {
            return Box::pin(async move { answer.await.map_err(Into::into) });
        }
        Box::pin(while_open(self.fence.clone(), answer))
    }
}

/// Drives a write as long as the fence admits it; the timer ends one that hangs beyond the deadline.
async fn while_open<T, E: Into<BoxError>>(
    fence: Fence,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, BoxError> {
    let mut answer = pin!(answer);
    let mut timer = pin!(sleep_until(fence.until()));
    poll_fn(|context| {
        loop {
            if !fence.admits(Instant::now()) {
                return Poll::Ready(Err(Refused.into()));
            }
            if timer.as_mut().poll(context).is_pending() {
                return answer.as_mut().poll(context).map_err(Into::into);
            }
            // Renewed meanwhile.
            timer.as_mut().reset(fence.until());
        }
    })
    .await
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// A server that counts what arrives and answers after `pause`.
    fn server(
        arrived: &Arc<AtomicUsize>,
        pause: Duration,
    ) -> impl Service<Request<()>, Response = (), Error = BoxError, Future: Send + 'static> + use<> {
        let arrived = Arc::clone(arrived);
        tower::service_fn(move |_: Request<()>| {
            let arrived = Arc::clone(&arrived);
            async move {
                tokio::time::sleep(pause).await;
                arrived.fetch_add(1, Ordering::SeqCst);
                Ok(())
            }
        })
    }

    fn request(method: &str) -> Request<()> {
        Request::builder().method(method).uri("/api/v1/namespaces/a/configmaps/b").body(()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn only_writes_are_refused_and_only_after_the_deadline() {
        let (fence, arrived) = (Fence::default(), Arc::default());
        let mut client = fence.layer(server(&arrived, Duration::ZERO));
        for (method, open, passes) in [
            ("GET", false, true),
            ("HEAD", false, true),
            ("PATCH", false, false),
            ("PATCH", true, true),
            ("POST", true, true),
            ("POST", false, false),
            ("PUT", false, false),
            ("DELETE", false, false),
            ("DELETE", true, true),
        ] {
            if open {
                fence.open_until(Instant::now() + SECOND);
            } else {
                fence.close();
            }
            let before = arrived.load(Ordering::SeqCst);
            let answer = client.call(request(method)).await;
            assert_eq!(answer.is_ok(), passes, "{method} {open}");
            assert_eq!(arrived.load(Ordering::SeqCst) - before, usize::from(passes), "{method} {open}");
            let refused = answer.err().is_some_and(|error| error.is::<Refused>());
            assert_eq!(refused, !passes);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_under_way_is_given_up_at_the_deadline() {
        let (fence, arrived) = (Fence::default(), Arc::default());
        fence.open_until(Instant::now() + 2 * SECOND);
        let mut client = fence.layer(server(&arrived, 10 * SECOND));
        let started = Instant::now();
        assert!(client.call(request("PATCH")).await.unwrap_err().is::<Refused>());
        assert_eq!((started.elapsed(), arrived.load(Ordering::SeqCst)), (2 * SECOND, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_makes_no_progress_until_after_the_deadline_is_never_sent() {
        let (fence, arrived) = (Fence::default(), Arc::default());
        fence.open_until(Instant::now() + 2 * SECOND);
        let mut client = fence.layer(server(&arrived, Duration::ZERO));
        let call = client.call(request("PATCH"));
        // Nobody polls it meanwhile, as in a process that is stopped.
        tokio::time::advance(3 * SECOND).await;
        assert!(call.await.unwrap_err().is::<Refused>());
        assert_eq!(arrived.load(Ordering::SeqCst), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_keeps_a_long_write_alive() {
        let (fence, arrived) = (Fence::default(), Arc::default());
        fence.open_until(Instant::now() + 2 * SECOND);
        let mut client = fence.layer(server(&arrived, 5 * SECOND));
        let renewing = fence.clone();
        tokio::spawn(async move {
            for _ in 0..6 {
                tokio::time::sleep(SECOND).await;
                renewing.open_until(Instant::now() + 2 * SECOND);
            }
        });
        assert!(client.call(request("PATCH")).await.is_ok());
        assert_eq!(arrived.load(Ordering::SeqCst), 1);
    }
}
