//! The shared cache through the whole operator: one fetch for everybody, one probe for a server that is away, and what is
//! served meanwhile.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mcp_schema_operator::api::annotations;
use mcp_schema_operator::api::conditions::{ConditionType, find};
use mcpschema_bed::wait_for;
use serde_json::{Value, json};

use crate::server::{Answer, Fault, Mode, Server, When, is_canary};
use crate::support::{Case, SOON, operator};

/// Statements with the time they came at.
pub(crate) type Log = Arc<Mutex<Vec<(Instant, String)>>>;

/// A server in front of the real database that notes what it is asked.
pub(crate) async fn watching(case: &Case) -> (Server, Log) {
    let (reader, log) = (case.world.bed.database.connect(&case.world.bed.reader), Log::default());
    let noted = Arc::clone(&log);
    let server = Server::start(move |text| {
        let (reader, noted) = (reader.clone(), Arc::clone(&noted));
        async move {
            noted.lock().unwrap().push((Instant::now(), text.clone()));
            if is_canary(&text) {
                return None;
            }
            Some(match reader.rows(&text).await {
                Ok(rows) => Answer::Rows(rows.into_iter().map(Value::Object).collect()),
                Err(_) => Answer::database_error(1064, "refused", ""),
            })
        }
    })
    .await;
    (server, log)
}

fn is_poll(sql: &str) -> bool {
    sql.contains("BIT_XOR")
}

/// Reads the columns of this database, all of them or a page.
fn reads_columns(sql: &str, database: &str) -> bool {
    let of = format!("FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '{database}'");
    !is_poll(sql) && sql.contains(&of)
}

fn texts(log: &Log) -> Vec<String> {
    log.lock().unwrap().iter().map(|(_, text)| text.clone()).collect()
}

/// Waits until so many snapshots of the case have this reason of Ready.
async fn all(case: &Case, count: usize, reason: &str, patience: Duration) {
    let look = async || {
        let snapshots = case.snapshots().list(&Default::default()).await.map_err(|error| error.to_string())?;
        let reasons = snapshots.iter().map(|snapshot| {
            let conditions = snapshot.status.as_ref().map(|status| status.conditions.as_slice()).unwrap_or_default();
            find(conditions, ConditionType::Ready).map_or("-".to_owned(), |ready| ready.reason.clone())
        });
        let found = reasons.filter(|found| found == reason).count();
        if found == count { Ok(()) } else { Err(format!("{found} of {count}")) }
    };
    wait_for(&format!("{count} snapshots {reason} in {}", case.namespace), patience, look).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_snapshots_of_three_databases_share_every_fetch_and_every_poll() {
    const SNAPSHOTS: usize = 200;
    const INTERVAL: Duration = Duration::from_secs(15);
    let case = Case::new("shared").await;
    let databases = [0, 1, 2].map(|n| format!("{}_{n}", case.database));
    for database in &databases {
        case.run(&format!("CREATE DATABASE `{database}`")).await;
        case.run(&format!("CREATE TABLE `{database}`.t (id INT PRIMARY KEY, kept INT, left_out INT)")).await;
    }
    let (server, log) = watching(&case).await;
    for n in 0..SNAPSHOTS {
        let include = json!({"databases": {"include": [databases[n % 3]]}, "refresh": {"interval": "15s"}});
        case.named_snapshot(&format!("s{n}"), &server.url(), include).await;
    }
    all(&case, SNAPSHOTS, "Published", Duration::from_secs(90)).await;
    let asked = texts(&log);
    for database in &databases {
        let reads = asked.iter().filter(|sql| reads_columns(sql, database)).count();
        assert_eq!(reads, 1, "{database} is read once for all of its snapshots");
    }
    // Two intervals of quiet: one comparison each, for all three databases and all snapshots, and nothing else.
    log.lock().unwrap().clear();
    let began = Instant::now();
    let look = async || {
        let seen = texts(&log);
        if seen.iter().filter(|sql| is_poll(sql)).count() >= 2 { Ok(()) } else { Err(format!("{} calls", seen.len())) }
    };
    wait_for("two polls", INTERVAL * 4, look).await.unwrap();
    let (took, seen) = (began.elapsed(), texts(&log));
    assert!(seen.iter().all(|sql| is_poll(sql)), "{seen:?}");
    assert!(seen.iter().all(|sql| databases.iter().all(|database| sql.contains(database.as_str()))), "{seen:?}");
    let most = took.as_secs() / INTERVAL.as_secs() + 1;
    assert!(seen.len() as u64 <= most, "{} polls in {took:?}", seen.len());
    let status = case.snapshots().get("s7").await.unwrap().status.unwrap();
    let cache = status.cache.unwrap();
    assert!(cache.hits + cache.misses > 0 && cache.hit_rate.len() == 5, "{cache:?}");
    let metrics = case.world.operator.metrics().await.unwrap();
    let series = |name: &str| {
        let found = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
        found.unwrap_or_else(|| panic!("no {name}"))
    };
    assert!(series("mcp_schema_cache_entries ") >= 3.0 && series("mcp_schema_cache_bytes ") > 1000.0);
    assert!((0.0..=1.0).contains(&series("mcp_schema_cache_hit_ratio ")));
    assert!(series("mcp_schema_cache_requests_total{result=\"coalesced\",tier=\"memory\"} ") > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_away_is_probed_by_one_and_everybody_is_back_when_it_is() {
    const SNAPSHOTS: usize = 20;
    const PERIOD: Duration = Duration::from_secs(2);
    let case = Case::new("breaker").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, _log) = watching(&case).await;
    for n in 0..SNAPSHOTS {
        case.named_snapshot(&format!("s{n}"), &server.url(), json!({})).await;
    }
    all(&case, SNAPSHOTS, "Published", SOON).await;
    server.set(Mode::Broken(Fault::Status(503), When::Always));
    all(&case, SNAPSHOTS, "ServingStale", SOON).await;
    let open = async || {
        let snapshots = case.snapshots().list(&Default::default()).await.map_err(|error| error.to_string())?;
        let told =
            snapshots.iter().filter_map(|s| find(&s.status.as_ref()?.conditions, ConditionType::SourceReachable));
        let open = told.filter(|condition| condition.reason == "CircuitOpen").count();
        if open >= SNAPSHOTS / 2 { Ok(()) } else { Err(format!("{open} of {SNAPSHOTS}")) }
    };
    wait_for("the circuit to open", SOON, open).await.unwrap();
    // What the server is asked while it is away, over several periods: one try in each.
    let requests = || server.calls().values().sum::<usize>();
    let (before, began) = (requests(), Instant::now());
    let later = async || if began.elapsed() >= PERIOD * 5 { Ok(()) } else { Err("not yet") };
    wait_for("five periods", PERIOD * 6, later).await.unwrap();
    let (tries, took) = (requests() - before, began.elapsed());
    let periods = took.as_secs_f64() / PERIOD.as_secs_f64();
    assert!((1.0..=periods + 1.0).contains(&(tries as f64)), "{tries} requests in {periods} periods");
    let metrics = case.world.operator.metrics().await.unwrap();
    assert!(metrics.contains("mcp_schema_source_circuit_open{source=\"inline\"} "), "{metrics}");
    server.set(Mode::Healthy);
    all(&case, SNAPSHOTS, "Published", PERIOD + Duration::from_secs(30)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_holds_up_nobody_but_its_own_snapshots() {
    let case = Case::new("hangs").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (dead, _dead_log) = watching(&case).await;
    let (good, _good_log) = watching(&case).await;
    dead.set(Mode::Broken(Fault::Hang, When::Always));
    // More than the operator works on at once.
    for n in 0..40 {
        case.named_snapshot(&format!("dead{n}"), &dead.url(), json!({})).await;
    }
    let began = Instant::now();
    case.snapshot(&good.url(), json!({})).await;
    case.published().await;
    assert!(began.elapsed() < Duration::from_secs(9), "published while the others waited: {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_too_old_is_said_to_be_and_stays() {
    let case = Case::new("stale").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, _log) = watching(&case).await;
    case.snapshot(&server.url(), json!({"refresh": {"maxStaleness": "12s"}})).await;
    case.published().await;
    let index = async || case.config_maps().get("orders-schema").await.unwrap();
    let stale = async || index().await.metadata.annotations.unwrap().remove(annotations::STALE);
    let data = case.data("orders-schema").await;
    assert_eq!(stale().await.as_deref(), Some("false"));
    server.set(Mode::Broken(Fault::Status(503), When::Always));
    case.condition(ConditionType::Ready, "True", "ServingStale").await;
    let status = case.condition(ConditionType::Ready, "False", "StaleTooLong").await;
    for (kind, truth) in [
        (ConditionType::Reconciling, "True"),
        (ConditionType::Stalled, "False"),
        (ConditionType::Fresh, "False"),
        (ConditionType::Published, "True"),
    ] {
        assert_eq!(find(&status.conditions, kind).unwrap().status, truth, "{}", kind.as_str());
    }
    assert!(Case::message(&status, ConditionType::Ready).contains("maxStaleness (12 s)"));
    assert_eq!((stale().await.as_deref(), case.data("orders-schema").await), (Some("true"), data.clone()));
    case.event("StaleTooLong").await;
    let metrics = case.world.operator.metrics().await.unwrap();
    let ready = format!(
        "mcp_schema_snapshot_condition{{condition=\"Ready\",name=\"orders\",namespace=\"{}\"}} 0",
        case.namespace
    );
    assert!(metrics.contains(&ready));
    server.set(Mode::Healthy);
    let status = case.published().await;
    assert!(!status.stale);
    assert_eq!((stale().await.as_deref(), case.data("orders-schema").await), (Some("false"), data));
    case.event("Recovered").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_fallback_a_failed_look_is_not_ready_at_once() {
    let case = Case::new("nofallback").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let (server, _log) = watching(&case).await;
    let label = json!({"mcpschema.io/instance": "strict"});
    let strict = operator(case.world.bed, &["--instance", "strict", "--fallback-enabled=false"]).await.unwrap();
    case.labelled_snapshot("orders", &server.url(), json!({}), label).await;
    case.published().await;
    let data = case.data("orders-schema").await;
    server.set(Mode::Broken(Fault::Status(503), When::Always));
    let status = case.condition(ConditionType::Ready, "False", "SourceUnavailable").await;
    assert!(Case::message(&status, ConditionType::Ready).contains("MCP_FALLBACK_ENABLED is false"));
    assert_eq!(case.data("orders-schema").await, data, "applications keep what they have");
    assert_eq!(strict.terminate(Duration::from_secs(30)).await.unwrap(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_reads_what_it_names() {
    let case = Case::new("scopes").await;
    let other = format!("{}_other", case.database);
    case.table("t", "id INT PRIMARY KEY").await;
    case.run(&format!("CREATE DATABASE `{other}`")).await;
    case.run(&format!("CREATE TABLE `{other}`.t (id INT PRIMARY KEY)")).await;
    let (server, log) = watching(&case).await;
    let both = json!({"databases": {"include": [case.database, other]}, "refresh": {"policy": "OnChange"}});
    case.snapshot(&server.url(), both).await;
    case.published().await;
    for (value, first, second) in [
        ("1 all".to_owned(), 1, 1),
        ("2 tables".to_owned(), 1, 1),
        (format!("3 {other}"), 0, 1),
        (format!("4 {}.t", case.database), 1, 0),
        (format!("5 `{other}`"), 0, 1),
        ("6 databases".to_owned(), 0, 0),
    ] {
        log.lock().unwrap().clear();
        case.annotate(annotations::REFRESH, &value).await;
        case.until(&format!("refresh {value}"), |now| now.last_handled_refresh.as_ref() == Some(&value)).await;
        let asked = texts(&log);
        let reads = |database: &str| asked.iter().filter(|sql| reads_columns(sql, database)).count();
        assert_eq!((reads(&case.database), reads(&other)), (first, second), "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retained_config_maps_outlive_their_snapshot_and_are_adopted_by_the_next() {
    let case = Case::new("retained").await;
    case.table("t", "id INT PRIMARY KEY").await;
    let url = case.world.bed.mcp.url();
    case.snapshot(&url, json!({})).await;
    case.published().await;
    let owners = async || case.config_maps().get("orders-schema").await.unwrap().metadata.owner_references;
    assert_eq!(owners().await.map(|owners| owners.len()), Some(1));
    case.snapshot(&url, json!({"output": {"deletionPolicy": "Retain"}})).await;
    let let_go = async || match owners().await {
        None => Ok(()),
        Some(owners) => Err(format!("{owners:?}")),
    };
    wait_for("no owner", SOON, let_go).await.unwrap();
    let before = case.config_maps().get("orders-schema").await.unwrap();
    case.snapshots().delete("orders", &Default::default()).await.unwrap();
    let gone = async || match case.snapshots().get_opt("orders").await.unwrap() {
        None => Ok(()),
        Some(_) => Err("still there"),
    };
    wait_for("the snapshot to go", SOON, gone).await.unwrap();
    let kept = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!((kept.metadata.uid.clone(), &kept.data), (before.metadata.uid.clone(), &before.data));
    case.snapshot(&url, json!({})).await;
    case.published().await;
    let adopted = case.config_maps().get("orders-schema").await.unwrap();
    assert_eq!((adopted.metadata.uid, adopted.data), (before.metadata.uid, before.data));
    assert_eq!(owners().await.map(|owners| owners.len()), Some(1));
}
