//! From the description of a server to its endpoint, without the credentials. Pure.

use std::num::NonZeroU32;

use http::{HeaderName, HeaderValue};

use super::{invalid, references};
use crate::api::source::{CustomTool, DialectChoice, Server, TransportChoice};
use crate::config::RunConfig;
use crate::controller::outcome::Failure;
use crate::duration;
use crate::mcp::{Custom, Dialect, Endpoint, Transport};

/// Most bytes of `custom.extraArguments` as JSON: they travel with every call.
pub(super) const MAX_EXTRA: usize = 16 * 1024;

/// The endpoint at `url` as `spec` describes it; what it leaves out is the operator's default.
///
/// # Errors
/// `InvalidSpec` with the field that cannot be used.
pub(super) fn endpoint(url: &str, spec: &Server, config: &RunConfig) -> Result<Endpoint, Failure> {
    let time = |field: &str, given: Option<&String>, default| match given.map(|text| duration::parse(text)) {
        None => Ok(default),
        Some(parsed) => parsed.map_err(|problem| invalid(format!("source.{field}: {problem}"))),
    };
    let custom = match (&spec.custom, spec.dialect) {
        (Some(tool), Some(DialectChoice::Custom)) => Some(custom(tool)?),
        (None, Some(DialectChoice::Custom)) | (Some(_), _) => {
            return Err(invalid("source.custom goes with dialect: Custom; set both or neither"));
        }
        (None, _) => None,
    };
    let endpoint = Endpoint {
        transport: spec.transport.and_then(transport),
        dialect: spec.dialect.and_then(dialect),
        custom,
        headers: plain_headers(spec)?,
        max_in_flight: spec.max_in_flight.and_then(NonZeroU32::new),
        connect_timeout: time("connectTimeout", spec.connect_timeout.as_ref(), config.connection_timeout)?,
        request_timeout: time("requestTimeout", spec.request_timeout.as_ref(), config.request_timeout)?,
        max_retries: spec.max_retries.unwrap_or(config.max_retries),
        retry_delay: time("retryDelay", spec.retry_delay.as_ref(), config.retry_delay)?,
        ..Endpoint::new(url).map_err(|e| invalid(e.to_string()))?
    };
    in_clear_text(spec, &endpoint)?;
    Ok(endpoint)
}

const fn transport(choice: TransportChoice) -> Option<Transport> {
    match choice {
        TransportChoice::Auto => None,
        TransportChoice::StreamableHttp => Some(Transport::StreamableHttp),
        TransportChoice::Sse => Some(Transport::Sse),
        TransportChoice::RestTools => Some(Transport::RestTools),
    }
}

const fn dialect(choice: DialectChoice) -> Option<Dialect> {
    match choice {
        DialectChoice::Auto => None,
        DialectChoice::Pytidb => Some(Dialect::Pytidb),
        DialectChoice::Dbhub => Some(Dialect::Dbhub),
        DialectChoice::Toolbox => Some(Dialect::Toolbox),
        DialectChoice::Benborla => Some(Dialect::Benborla),
        DialectChoice::RestTools => Some(Dialect::RestTools),
        DialectChoice::Custom => Some(Dialect::Custom),
    }
}

fn custom(tool: &CustomTool) -> Result<Custom, Failure> {
    if tool.tool.is_empty() || tool.sql_argument.is_empty() {
        return Err(invalid("source.custom needs tool and sqlArgument"));
    }
    if tool.extra_arguments.contains_key(&tool.sql_argument) {
        let name = &tool.sql_argument;
        let text = format!("source.custom.extraArguments holds {name:?}, which carries the SQL text; take it out");
        return Err(invalid(text));
    }
    let bytes = serde_json::to_vec(&tool.extra_arguments).map_or(0, |json| json.len());
    if bytes > MAX_EXTRA {
        return Err(invalid(format!(
            "source.custom.extraArguments has {bytes} bytes as JSON, {MAX_EXTRA} is the most"
        )));
    }
    Ok(Custom {
        tool: tool.tool.clone(),
        sql_argument: tool.sql_argument.clone(),
        extra_arguments: tool.extra_arguments.clone(),
        rows_pointer: tool.rows_pointer.clone(),
    })
}

/// The headers whose value stands in the spec.
fn plain_headers(spec: &Server) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    let plain = spec.headers.iter().enumerate().filter_map(|(at, header)| Some((at, header, header.value.as_ref()?)));
    plain
        .map(|(at, header, text)| {
            let value = HeaderValue::from_bytes(text.as_bytes());
            let value = value.map_err(|_| invalid(format!("source.headers[{at}].value holds control characters")))?;
            Ok((references::header_name(&header.name, at)?, value))
        })
        .collect()
}

/// The API server has refused this already. Said again here, since a credential that was sent cannot be taken back.
fn in_clear_text(spec: &Server, endpoint: &Endpoint) -> Result<(), Failure> {
    let secret = |h: &crate::api::source::Header| {
        h.value_from_secret_ref.is_some() || h.name.eq_ignore_ascii_case("authorization")
    };
    let allowed = endpoint.url.scheme() == "https" || spec.allow_insecure_auth == Some(true);
    if allowed || !(spec.auth.is_some() || spec.headers.iter().any(secret)) {
        return Ok(());
    }
    Err(invalid(
        "a credential is sent over https only; use an https url, or set source.allowInsecureAuth: true to send it in clear text",
    ))
}
