//! How long discovery takes next to the SQL it sends: 1,000 tables of 20 columns on a real database, read through a real
//! MCP server by discovery and, in the same run and turn by turn, by a client that sends the same statements and throws
//! the answers away. What discovery takes longer is ours. A measurement: it fails when something breaks or is found
//! incomplete, not when it is slow.

mod raw;
mod report;
mod watch;
mod workload;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mcp_schema_operator::discovery::{self, Discovered, Settings};
use mcp_schema_operator::mcp::{Connection, Endpoint, SqlSource};
use mcp_schema_operator::schema::select::Selection;
use mcpschema_bed::{Database, Engine, McpServer};

use crate::raw::Raw;
use crate::report::{Series, report};
use crate::watch::{Bytes, Texts};
use crate::workload::{COLUMNS, DATABASE, TABLES};

/// Timed runs of each kind, odd so that there is a middle one.
const ROUNDS: usize = 5;
/// Answers may differ by so many bytes per call: the number of the request.
const SLACK: u64 = 16;

#[tokio::main]
async fn main() -> ExitCode {
    // reqwest panics without a provider, even for plain HTTP. It fails only when one is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match measure().await {
        Ok(report) => {
            println!("\n{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<String, Box<dyn Error>> {
    eprintln!("bench: creating {TABLES} tables of {COLUMNS} columns");
    let database = Database::start(Engine::MariaDb).await?;
    workload::create(&database.admin()).await?;
    let reader = database.create_reader("bench_reader", &[DATABASE]).await?;
    let server = McpServer::start(&database, &reader).await?;
    let bytes = Bytes::default();
    let connection = Connection::connect(Endpoint::new(&server.url())?, Arc::new(bytes.clone())).await?;
    let raw = Raw::open(server.url()).await?;
    let bench = Bench { connection, bytes, raw, selection: Selection::new(&[DATABASE], &[], &[], &[])? };
    let report = bench.run().await?;
    bench.connection.close().await;
    Ok(report)
}

/// Both clients, connected.
struct Bench {
    connection: Connection,
    bytes: Bytes,
    raw: Raw,
    selection: Selection,
}

impl Bench {
    async fn run(&self) -> Result<String, Box<dyn Error>> {
        // The first run fills the database's caches and tells which statements there are.
        let (first, texts, _) = self.discover().await?;
        self.raw.send(&texts).await?;
        let [mut raw, mut discovery, mut poll] = [(); 3].map(|()| Series::default());
        for round in 0..ROUNDS {
            eprintln!("bench: round {} of {ROUNDS}", round + 1);
            // Turn by turn, so that neither always finds what the other left in a cache.
            if round.is_multiple_of(2) {
                self.time_raw(&mut raw, &texts).await?;
                self.time_discovery(&mut discovery, &texts).await?;
            } else {
                self.time_discovery(&mut discovery, &texts).await?;
                self.time_raw(&mut raw, &texts).await?;
            }
            self.time_poll(&mut poll, &first).await?;
        }
        if raw.bytes.abs_diff(discovery.bytes) > SLACK * texts.len() as u64 {
            return Err(format!("raw SQL got {} bytes, discovery {}", raw.bytes, discovery.bytes).into());
        }
        let (server, mcp) = (&first.server, self.connection.server());
        Ok(format!(
            "{TABLES} tables x {COLUMNS} columns, all discovered, {ROUNDS} rounds; {} through {} {}\n{}",
            server.version,
            mcp.name,
            mcp.version,
            report(&raw, &discovery, &poll)
        ))
    }

    /// One whole discovery, checked: what it found, what it sent, how long it took.
    async fn discover(&self) -> Result<(Discovered, Vec<String>, Duration), Box<dyn Error>> {
        let source = Texts::new(&self.connection);
        let started = Instant::now();
        let found = discovery::discover(&source, &self.selection, &Settings::default()).await?;
        let took = started.elapsed();
        workload::check(&found)?;
        Ok((found, source.into_texts(), took))
    }

    async fn time_discovery(&self, series: &mut Series, texts: &[String]) -> Result<(), Box<dyn Error>> {
        self.bytes.take();
        let (_, sent, took) = self.discover().await?;
        if sent != texts {
            return Err("two discoveries of the same schema sent different SQL".into());
        }
        (series.calls, series.bytes) = (sent.len(), self.bytes.take());
        series.times.push(took);
        Ok(())
    }

    async fn time_raw(&self, series: &mut Series, texts: &[String]) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        let bytes = self.raw.send(texts).await?;
        series.times.push(started.elapsed());
        (series.calls, series.bytes) = (texts.len(), bytes);
        Ok(())
    }

    async fn time_poll(&self, series: &mut Series, known: &Discovered) -> Result<(), Box<dyn Error>> {
        self.bytes.take();
        let (source, prints) = (Texts::new(&self.connection), &known.fingerprints);
        let started = Instant::now();
        let seen = discovery::poll(&source, &known.server, prints, &self.selection, &Settings::default()).await?;
        series.times.push(started.elapsed());
        if !seen.unchanged(prints) {
            return Err("a poll saw a change where there was none".into());
        }
        (series.calls, series.bytes) = (source.into_texts().len(), self.bytes.take());
        Ok(())
    }
}
