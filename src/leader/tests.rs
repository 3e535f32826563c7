//! Tests of the election in virtual time, against an API server that holds one lease in memory and can be cut off from
//! single candidates.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};

use http::{Method, Request, Response};
use kube::client::Body;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::*;

const SECOND: Duration = Duration::from_secs(1);
const TIMING: Timing =
    Timing { duration: Duration::from_secs(10), renew_deadline: Duration::from_secs(7), retry: Duration::from_secs(2) };

/// How the server treats the calls of one candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Good,
    /// Takes the request and never answers.
    Hangs,
    /// Answers 503.
    Fails,
}

/// One lease; watches end at once without an event, so that those who stand by live by their timer alone.
#[derive(Default)]
struct Server {
    lease: Mutex<Option<Value>>,
    version: Mutex<u64>,
    writes: Mutex<Vec<(String, String)>>,
}

impl Server {
    fn answer(&self, who: &str, method: &Method, query: &str, body: &[u8]) -> (u16, Value) {
        let mut lease = self.lease.lock().unwrap();
        let mut stored: Value = match (method.as_str(), lease.as_ref()) {
            ("GET", _) if query.contains("watch=") => return (503, status(503, "ServiceUnavailable")),
            ("GET", Some(lease)) => return (200, lease.clone()),
            ("POST", Some(_)) => return (409, status(409, "AlreadyExists")),
            ("GET" | "PUT", None) => return (404, status(404, "NotFound")),
            _ => serde_json::from_slice(body).unwrap(),
        };
        let version = |lease: &Value| lease["metadata"]["resourceVersion"].clone();
        if lease.as_ref().is_some_and(|lease| version(lease) != version(&stored)) {
            return (409, status(409, "Conflict"));
        }
        let mut number = self.version.lock().unwrap();
        *number += 1;
        stored["metadata"]["resourceVersion"] = json!(number.to_string());
        let holder = stored["spec"]["holderIdentity"].as_str().unwrap().to_owned();
        self.writes.lock().unwrap().push((who.to_owned(), holder));
        *lease = Some(stored.clone());
        (200, stored)
    }

    fn holder(&self) -> String {
        let lease = self.lease.lock().unwrap();
        lease.as_ref().map_or_else(String::new, |l| l["spec"]["holderIdentity"].as_str().unwrap().to_owned())
    }

    /// Writes the lease as a person would.
    fn edit(&self, holder: &str) {
        let mut lease = self.lease.lock().unwrap();
        let lease = lease.as_mut().unwrap();
        lease["spec"]["holderIdentity"] = json!(holder);
        lease["metadata"]["resourceVersion"] = json!("by hand");
    }
}

fn status(code: u16, reason: &str) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason, "message": reason})
}

struct Replica {
    fence: Fence,
    role: watch::Receiver<Role>,
    line: Arc<Mutex<Line>>,
    stop: CancellationToken,
    task: JoinHandle<Ended>,
}

impl Replica {
    fn start(server: &Arc<Server>, name: &str) -> Self {
        let (line, fence, stop) = (Arc::<Mutex<Line>>::default(), Fence::default(), CancellationToken::new());
        let candidate =
            Candidate { namespace: "ns".into(), name: "op".into(), identity: name.into(), instance: "red".into() };
        let client = client(Arc::clone(server), name.to_owned(), Arc::clone(&line));
        let (elector, role) = Elector::new(client, &candidate, TIMING, fence.clone());
        let task = tokio::spawn(elector.run(stop.clone()));
        Self { fence, role, line, stop, task }
    }

    fn writes(&self) -> bool {
        self.fence.admits(Instant::now())
    }
}

fn client(server: Arc<Server>, who: String, line: Arc<Mutex<Line>>) -> Client {
    let serve = move |request: Request<Body>| {
        let (server, who, line) = (Arc::clone(&server), who.clone(), *line.lock().unwrap());
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect_bytes().await.unwrap();
            // Every call takes a moment, so that calls of two candidates can cross.
            sleep(Duration::from_millis(20)).await;
            let (code, answer) = match line {
                Line::Good => server.answer(&who, &parts.method, parts.uri.query().unwrap_or_default(), &body),
                Line::Hangs => std::future::pending().await,
                Line::Fails => (503, status(503, "ServiceUnavailable")),
            };
            let response = Response::builder().status(code).body(Body::from(answer.to_string().into_bytes()));
            Ok::<_, std::convert::Infallible>(response.unwrap())
        }
    };
    Client::new(tower::service_fn(serve), "ns")
}

/// Lets time pass in small steps and returns after how long `until` came true; at no moment may two of them write.
async fn pass(replicas: &[&Replica], most: Duration, until: impl Fn() -> bool) -> Duration {
    let started = Instant::now();
    while !until() {
        assert!(replicas.iter().filter(|replica| replica.writes()).count() < 2, "two replicas may write at once");
        assert!(started.elapsed() < most, "not within {most:?}");
        sleep(Duration::from_millis(10)).await;
    }
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn of_many_candidates_one_leads_and_a_sigterm_hands_over() {
    let server = Arc::new(Server::default());
    let replicas: Vec<Replica> = (0..20).map(|n| Replica::start(&server, &format!("r{n}"))).collect();
    let all: Vec<&Replica> = replicas.iter().collect();
    pass(&all, 3 * SECOND, || replicas.iter().any(Replica::writes)).await;
    pass(&all, 120 * SECOND, || server.writes.lock().unwrap().len() > 20).await;
    let leader = server.holder();
    assert!(server.writes.lock().unwrap().iter().all(|(_, holder)| *holder == leader), "nobody else ever wrote");
    let (leading, others): (Vec<_>, Vec<_>) = replicas.iter().partition(|replica| replica.writes());
    assert_eq!(*leading[0].role.borrow(), Role::Leader);
    assert!(others.iter().all(|r| *r.role.borrow() == Role::Standby { leader: leader.clone() }));

    leading[0].stop.cancel();
    let took = pass(&all, 4 * SECOND, || others.iter().any(|replica| replica.writes())).await;
    assert!(took < 3 * SECOND, "without a watch the next look finds the lease free: {took:?}");
    let lease = server.lease.lock().unwrap().clone().unwrap();
    assert_eq!((&lease["spec"]["leaseTransitions"], &lease["spec"]["leaseDurationSeconds"]), (&json!(1), &json!(10)));
    assert_eq!(lease["metadata"]["labels"]["mcpschema.io/instance"], "red");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_is_cut_off_stops_before_another_starts() {
    for line in [Line::Hangs, Line::Fails] {
        let server = Arc::new(Server::default());
        let first = Replica::start(&server, "a");
        pass(&[&first], SECOND, || first.writes()).await;
        let second = Replica::start(&server, "b");
        sleep(5 * SECOND).await;
        *first.line.lock().unwrap() = line;
        let both = [&first, &second];
        let stopped = pass(&both, 8 * SECOND, || !first.writes()).await;
        assert!(stopped > 4 * SECOND, "it goes on while it may: {stopped:?}");
        let taken = pass(&both, 13 * SECOND, || second.writes()).await;
        assert!(stopped + taken < 13 * SECOND, "{:?}", stopped + taken);
        assert!(taken > 2 * SECOND, "there is a margin between the two: {taken:?}");
        assert_eq!(first.task.await.unwrap(), Ended::Lost);
        assert_eq!(server.holder(), "b");
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_outage_of_the_api_costs_nobody_the_lease() {
    let server = Arc::new(Server::default());
    let first = Replica::start(&server, "a");
    pass(&[&first], SECOND, || first.writes()).await;
    for line in [Line::Fails, Line::Hangs] {
        *first.line.lock().unwrap() = line;
        sleep(3 * SECOND).await;
        *first.line.lock().unwrap() = Line::Good;
        sleep(6 * SECOND).await;
        assert!(first.writes() && !first.task.is_finished(), "{line:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_candidate_without_an_api_server_waits_and_never_ends() {
    let server = Arc::new(Server::default());
    let first = Replica::start(&server, "a");
    *first.line.lock().unwrap() = Line::Hangs;
    sleep(100 * SECOND).await;
    assert!(!first.writes() && !first.task.is_finished());
    assert_eq!(*first.role.borrow(), Role::Unknown);
    *first.line.lock().unwrap() = Line::Good;
    pass(&[&first], 8 * SECOND, || first.writes()).await;
    first.stop.cancel();
    assert_eq!(first.task.await.unwrap(), Ended::Stopped);
    assert_eq!(server.holder(), "", "the lease is given back");
}

#[tokio::test(start_paused = true)]
async fn a_hand_that_edits_the_lease_is_obeyed() {
    let server = Arc::new(Server::default());
    let first = Replica::start(&server, "a");
    pass(&[&first], SECOND, || first.writes()).await;
    // The holder stays: an annotation, for example.
    server.edit("a");
    sleep(10 * SECOND).await;
    assert!(first.writes());
    server.edit("somebody");
    assert_eq!(first.task.await.unwrap(), Ended::Lost);
    assert!(!first.fence.admits(Instant::now()));
    assert_eq!(server.holder(), "somebody");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_lease_is_made_again_by_its_holder_and_not_taken_by_the_others() {
    let server = Arc::new(Server::default());
    let first = Replica::start(&server, "a");
    pass(&[&first], SECOND, || first.writes()).await;
    let second = Replica::start(&server, "b");
    sleep(5 * SECOND).await;
    *server.lease.lock().unwrap() = None;
    pass(&[&first, &second], 5 * SECOND, || server.holder() == "a").await;
    sleep(20 * SECOND).await;
    assert!(first.writes() && !second.writes());
}
