//! What policies that enforce make of a publication.

use super::*;

fn refused(reason: Reason, published: bool, again: Option<Duration>) -> Outcome {
    let Outcome::Held(held) = held("ccc") else { unreachable!("it is held") };
    Outcome::Held(Box::new(Held { reason, published, again, ..*held }))
}

#[test]
fn content_a_policy_refuses_is_held_also_where_nothing_is_published_yet() {
    for (what, old, published, ready) in
        [("first", without_data(), false, "False Held"), ("later", with_data(), true, "True Held")]
    {
        let decision = decide(&refused(Reason::PolicyFailed, published, None), &old, &given(100));
        let status = &decision.status;
        for (kind, want) in [
            (ConditionType::Ready, ready),
            (ConditionType::Held, "True PolicyFailed"),
            (ConditionType::Published, "False PolicyFailed"),
            (ConditionType::Fresh, "True WithinInterval"),
        ] {
            assert_eq!(word(status, kind), want, "{what}");
        }
        for kind in [ConditionType::Reconciling, ConditionType::Stalled] {
            assert!(word(status, kind).starts_with("False "), "{what}: it waits for a person");
        }
        assert_eq!(decision.note.map(|note| (note.reason, note.warning)), Some(("Held", true)), "{what}");
        let drifted = find(&status.conditions, ConditionType::Drifted).unwrap().message.clone();
        assert_eq!(drifted.contains("see nothing yet"), !published, "{drifted}");
    }
}

#[test]
fn what_could_not_be_judged_is_looked_at_again_soon_and_published_with_an_event_in_the_end() {
    let again = Some(Duration::from_secs(30));
    for (asked, interval, want) in [(again, INTERVAL, 30), (again, Duration::from_secs(10), 10), (None, INTERVAL, 600)]
    {
        let given = Given { interval: (interval, "x"), ..given(100) };
        let outcome = refused(Reason::PolicyNotJudged, true, asked);
        let mut memory = Memory::default();
        let pause = next(&outcome, &mut memory, &given, Duration::from_secs(1), 0.5);
        assert_eq!(pause, Next::After(Duration::from_secs(want)));
        assert_eq!(memory.retry_at, Some(at(100 + i64::try_from(want).unwrap())));
    }
    let content = Content { unjudged: Some("policy p: its rows are missing".to_owned()), ..content("bbb") };
    let settled = Settled { content: Some(content), changing: vec![], age: Duration::ZERO, drift: None };
    let note = decide(&Outcome::Settled(Box::new(settled)), &with_data(), &given(100)).note.unwrap();
    assert_eq!((note.reason, note.warning), ("PolicyNotJudged", true));
    assert!(note.text.contains("its rows are missing"), "{}", note.text);
}
