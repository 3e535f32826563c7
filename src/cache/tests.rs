//! Tests of who shares what.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn manager() -> SchemaManager {
    SchemaManager::new(Options::default(), Metrics::new().unwrap(), CancellationToken::new()).0
}

fn identity(namespace: &str, versions: &str) -> Identity {
    Identity {
        owner: Owner::Namespace(namespace.to_owned()),
        url: "https://mcp.test/mcp".to_owned(),
        asked: "digest".to_owned(),
        versions: versions.to_owned(),
    }
}

#[tokio::test]
async fn a_new_version_of_a_secret_takes_the_place_of_the_old_connection_and_of_no_other() {
    let manager = manager();
    for one in [identity("a", "token 1"), identity("b", "token 1"), identity("a", "token 2")] {
        manager.slot(&one).await;
    }
    let kept: Vec<Identity> = manager.slots.lock().await.by_identity.keys().cloned().collect();
    assert_eq!(kept, [identity("a", "token 2"), identity("b", "token 1")]);
    let same = (manager.slot(&kept[0]).await, manager.slot(&kept[0]).await);
    assert!(Arc::ptr_eq(&same.0, &same.1), "the same source shares one connection");
}

#[tokio::test(start_paused = true)]
async fn everybody_is_woken_once_and_not_all_at_the_same_moment() {
    let (wakes, mut woken) = mpsc::unbounded_channel();
    let all: Vec<Asker> =
        (0..2000).map(|n| Asker { namespace: "shop".into(), name: format!("s{n}"), uid: n.to_string() }).collect();
    let began = tokio::time::Instant::now();
    probe::wake(all.clone(), &wakes);
    drop(wakes);
    let (mut got, mut times) = (Vec::new(), Vec::new());
    while let Some(Wake(asker)) = woken.recv().await {
        got.push(asker);
        times.push(began.elapsed());
    }
    assert_eq!(got, all);
    assert_eq!(times.first().map(Duration::as_secs), Some(0));
    let last = times.last().copied().unwrap();
    assert!((Duration::from_secs(10)..Duration::from_secs(30)).contains(&last), "{last:?}");
}
