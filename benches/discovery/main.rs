//! How long discovery takes next to the SQL it stands for: 1,000 tables of 20 columns on a real database, read through a
//! real MCP server by discovery and, in the same run and turn by turn, by a client that sends the plain bulk queries and
//! throws the answers away. Beside it the same tables in ten databases, a look at them when nothing changed, and a client
//! that asks table by table. A measurement: it fails when something breaks or is found incomplete, not when it is slow.

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
use crate::report::{Figures, Series};
use crate::watch::{Bytes, Texts};
use crate::workload::{COLUMNS, DATABASE, TABLES};

/// Timed runs of each kind, odd so that there is a middle one.
const ROUNDS: usize = 5;
/// Longest time spent on asking table by table; the rest is extrapolated.
const PATIENCE: Duration = Duration::from_secs(60);

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
    eprintln!("bench: creating {TABLES} tables of {COLUMNS} columns, twice");
    let database = Database::start(Engine::MariaDb).await?;
    workload::create(&database.admin()).await?;
    let reader = database.create_reader("bench_reader", &["*"]).await?;
    let server = McpServer::start(&database, &reader).await?;
    let bytes = Bytes::default();
    let connection = Connection::connect(Endpoint::new(&server.url())?, Arc::new(bytes.clone())).await?;
    let raw = Raw::open(server.url()).await?;
    let one = Selection::new(&[DATABASE], &[], &[], &[])?;
    let ten = Selection::new(&workload::parts(), &[], &[], &[])?;
    let bench = Bench { connection, bytes, raw, one, ten };
    let report = bench.run().await?;
    bench.connection.close().await;
    Ok(report)
}

/// Both clients, connected.
struct Bench {
    connection: Connection,
    bytes: Bytes,
    raw: Raw,
    /// All tables in one database.
    one: Selection,
    /// As many in ten.
    ten: Selection,
}

impl Bench {
    async fn run(&self) -> Result<String, Box<dyn Error>> {
        // The first runs fill the database's caches and tell which statements there are.
        let mut figures = Figures::default();
        let plain = self.discover(Texts::plain(&self.connection), &self.one, &mut Series::default()).await?;
        let first = self.discover(Texts::new(&self.connection), &self.one, &mut Series::default()).await?;
        if first.0 != plain.0 {
            return Err("packed rows and plain rows gave different schemas".into());
        }
        let bulk: Vec<String> = plain.1.into_iter().filter(|sql| !sql.contains("BIT_XOR")).collect();
        let known = self.discover(Texts::new(&self.connection), &self.ten, &mut Series::default()).await?.0;
        for round in 0..ROUNDS {
            eprintln!("bench: round {} of {ROUNDS}", round + 1);
            // Turn by turn, so that neither always finds what the other left in a cache.
            if round.is_multiple_of(2) {
                self.time_raw(&mut figures.raw, &bulk).await?;
            }
            self.discover(Texts::new(&self.connection), &self.one, &mut figures.discovery).await?;
            self.discover(Texts::plain(&self.connection), &self.one, &mut figures.plain).await?;
            if !round.is_multiple_of(2) {
                self.time_raw(&mut figures.raw, &bulk).await?;
            }
            self.discover(Texts::new(&self.connection), &self.ten, &mut figures.ten).await?;
            self.time_poll(&mut figures.poll, &known).await?;
        }
        self.time_per_table(&mut figures).await?;
        let mcp = self.connection.server();
        Ok(format!(
            "{TABLES} tables x {COLUMNS} columns, all discovered, {ROUNDS} rounds; {} through {} {}\n{}",
            known.server.version,
            mcp.name,
            mcp.version,
            figures.report(TABLES)
        ))
    }

    /// One whole discovery, checked: what it found and what it sent.
    async fn discover(
        &self,
        source: Texts<'_>,
        selection: &Selection,
        series: &mut Series,
    ) -> Result<(Discovered, Vec<String>), Box<dyn Error>> {
        self.bytes.take();
        let started = Instant::now();
        let found = discovery::discover(&source, selection, &Settings::default()).await?;
        let took = started.elapsed();
        workload::check(&found)?;
        let texts = source.into_texts();
        series.note(texts.len(), self.bytes.take(), took);
        Ok((found, texts))
    }

    async fn time_raw(&self, series: &mut Series, texts: &[String]) -> Result<(), Box<dyn Error>> {
        let started = Instant::now();
        let bytes = self.raw.send(texts).await?;
        series.note(texts.len(), bytes, started.elapsed());
        Ok(())
    }

    async fn time_poll(&self, series: &mut Series, known: &Discovered) -> Result<(), Box<dyn Error>> {
        self.bytes.take();
        let (source, prints) = (Texts::new(&self.connection), &known.fingerprints);
        let started = Instant::now();
        let (settings, memory) = (Settings::default(), &known.memory);
        let seen = discovery::poll(&source, &known.server, prints, &self.ten, &settings, memory).await?;
        let took = started.elapsed();
        if !seen.unchanged(prints) {
            return Err("a poll saw a change where there was none".into());
        }
        series.note(source.into_texts().len(), self.bytes.take(), took);
        Ok(())
    }

    /// Every table, or as many as [`PATIENCE`] allows.
    async fn time_per_table(&self, figures: &mut Figures) -> Result<(), Box<dyn Error>> {
        eprintln!("bench: table by table");
        let (started, mut bytes) = (Instant::now(), 0);
        while figures.sampled < TABLES && started.elapsed() < PATIENCE {
            bytes += self.raw.send(&workload::queries_of(figures.sampled)).await?;
            figures.sampled += 1;
        }
        figures.per_table.note(3 * figures.sampled, bytes, started.elapsed());
        Ok(())
    }
}
