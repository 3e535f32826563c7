//! Tables for what a look does next.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

const INTERVAL: Duration = Duration::from_secs(300);

struct Case {
    state: State,
    published: BTreeMap<String, String>,
    start: Instant,
    held: Vec<(&'static str, &'static str)>,
}

impl Case {
    fn new() -> Self {
        let start = Instant::now();
        let state = State { fold: Some(false), ..State::default() };
        Self { state, published: BTreeMap::new(), start, held: Vec::new() }
    }

    fn seen(mut self, name: &str, fingerprint: &str, age: u64) -> Self {
        let checked = self.at(0).checked_sub(Duration::from_secs(age)).unwrap();
        let fingerprint = (!fingerprint.is_empty()).then(|| fingerprint.to_owned());
        let seen = Seen { fingerprint, changing: false, checked, asked: checked, max_age: INTERVAL };
        self.state.seen.insert(name.to_owned(), seen);
        self
    }

    fn published(mut self, name: &str, fingerprint: &str) -> Self {
        self.published.insert(name.to_owned(), fingerprint.to_owned());
        self
    }

    fn held(mut self, name: &'static str, fingerprint: &'static str) -> Self {
        self.held.push((name, fingerprint));
        self
    }

    fn claimed(mut self, name: &str) -> Self {
        self.state.claimed.insert(name.to_owned());
        self
    }

    /// An hour after the start, so that there is time before it.
    fn at(&self, seconds: u64) -> Instant {
        self.start + Duration::from_secs(3600 + seconds)
    }

    fn next(&self, databases: &[&str]) -> Step {
        self.next_anew(databases, None)
    }

    fn next_anew(&self, databases: &[&str], anew: Option<(&Anew, Instant)>) -> Step {
        let selection = Selection::new(databases, &[], &[], &[]).unwrap();
        let now = self.at(0);
        let want = Want { selection: &selection, started: now, max_age: INTERVAL, anew, published: &self.published };
        let read = now.checked_sub(Duration::from_secs(100)).unwrap();
        next(&self.state, &want, now, &|name, fingerprint, since| {
            self.held.contains(&(name, fingerprint)) && since.is_none_or(|since| read >= since)
        })
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn the_first_look_asks_who_answers_and_reads_what_nobody_has_read() {
    let mut first = Case::new();
    first.state.fold = None;
    assert_eq!(first.next(&["a"]), Step::Facts);
    first.state.claimed_list = true;
    assert_eq!(first.next(&["a"]), Step::Wait);
    assert_eq!(Case::new().next(&["b", "a", "b"]), Step::Read(names(&["b", "a"])));
    assert_eq!(Case::new().next(&["*"]), Step::List);
    assert_eq!(Case::new().claimed("a").next(&["a"]), Step::Wait);
    assert_eq!(Case::new().claimed("a").next(&["a", "b"]), Step::Read(names(&["b"])));
}

#[test]
fn what_was_looked_at_within_the_interval_costs_nothing() {
    let fresh = || Case::new().seen("a", "1", 299);
    assert_eq!(fresh().published("a", "1").next(&["a"]), Step::Settled(names(&["a"])));
    assert_eq!(fresh().held("a", "1").next(&["a"]), Step::Settled(names(&["a"])));
    assert_eq!(fresh().next(&["a"]), Step::Read(names(&["a"])), "no content at hand");
    assert_eq!(fresh().held("a", "0").next(&["a"]), Step::Read(names(&["a"])), "other content at hand");
    assert_eq!(fresh().published("a", "0").next(&["a"]), Step::Read(names(&["a"])));
    assert_eq!(Case::new().seen("a", "", 10).next(&["a"]), Step::Settled(vec![]), "it was not there just now");
}

#[test]
fn what_is_older_is_polled_together_with_what_others_will_soon_want() {
    let old = Case::new().seen("a", "1", 300).seen("b", "1", 160).seen("c", "1", 20).seen("d", "1", 700);
    assert_eq!(old.next(&["a"]), Step::Poll(names(&["a", "b"])), "not the young one, nor the one nobody wants");
    assert_eq!(old.claimed("a").next(&["a"]), Step::Wait);
    assert_eq!(Case::new().published("a", "1").next(&["a"]), Step::Poll(names(&["a"])), "after a restart");
    assert_eq!(Case::new().seen("a", "", 300).next(&["a"]), Step::Poll(names(&["a"])), "is it there by now?");
    let many = (0..40).fold(Case::new().seen("a", "1", 300), |case, n| case.seen(&format!("x{n:02}"), "1", 200));
    assert!(matches!(many.next(&["a"]), Step::Poll(all) if all.len() == POLL));
}

#[test]
fn a_database_with_ddl_running_is_old_after_half_a_minute() {
    let mut case = Case::new().seen("a", "1", 31).published("a", "1");
    assert_eq!(case.next(&["a"]), Step::Settled(names(&["a"])));
    case.state.seen.get_mut("a").unwrap().changing = true;
    assert_eq!(case.next(&["a"]), Step::Poll(names(&["a"])));
}

#[test]
fn a_fingerprint_that_may_hide_a_change_equals_none() {
    let case = Case::new().seen("a", UNSETTLED, 10).published("a", UNSETTLED);
    assert_eq!(case.next(&["a"]), Step::Read(names(&["a"])));
    assert_eq!(case.held("a", UNSETTLED).next(&["a"]), Step::Settled(names(&["a"])));
}

#[test]
fn a_refresh_reads_what_it_names_and_nothing_else() {
    let case = || Case::new().seen("a", "1", 10).seen("b", "1", 10).published("a", "1").published("b", "1");
    let since = |case: &Case| case.at(0);
    for (anew, want) in [
        (Anew::Everything, Step::Read(names(&["a", "b"]))),
        (Anew::Tables, Step::Read(names(&["a", "b"]))),
        (Anew::Database("b".into()), Step::Read(names(&["b"]))),
        (Anew::Database("no such".into()), Step::Read(names(&["a", "b"]))),
        (Anew::List, Step::Settled(names(&["a", "b"]))),
    ] {
        let case = case();
        assert_eq!(case.next_anew(&["a", "b"], Some((&anew, since(&case)))), want, "{anew:?}");
    }
    // Read by somebody else since then: that will do.
    let case = case().held("a", "1").held("b", "1");
    let earlier = case.at(0).checked_sub(Duration::from_secs(100)).unwrap();
    assert_eq!(case.next_anew(&["a", "b"], Some((&Anew::Tables, earlier))), Step::Settled(names(&["a", "b"])));
}

#[test]
fn the_list_of_databases_is_kept_for_the_interval_and_forgotten_on_request() {
    let mut case = Case::new().seen("a", "1", 10).seen("b", "1", 10).published("a", "1").published("b", "1");
    let when = case.at(0).checked_sub(Duration::from_secs(299)).unwrap();
    case.state.listed = Some((["a".to_owned(), "b".to_owned(), "mysql".to_owned()].into(), when));
    assert_eq!(case.next(&["*"]), Step::Settled(names(&["a", "b"])));
    assert_eq!(case.next(&["b*"]), Step::Settled(names(&["b"])));
    let now = case.at(0);
    for anew in [Anew::Everything, Anew::List] {
        assert_eq!(case.next_anew(&["*"], Some((&anew, now))), Step::List, "{anew:?}");
    }
    case.state.listed.as_mut().unwrap().1 = case.at(0).checked_sub(INTERVAL).unwrap();
    assert_eq!(case.next(&["*"]), Step::List);
}

#[test]
fn a_literal_name_is_asked_for_in_the_servers_spelling() {
    let mut case = Case::new().seen("shop", "1", 10).published("shop", "1");
    case.state.fold = Some(true);
    assert_eq!(case.next(&["SHOP", "shop"]), Step::Settled(names(&["shop"])));
    case.state.fold = Some(false);
    assert_eq!(case.next(&["SHOP"]), Step::Read(names(&["SHOP"])));
}
