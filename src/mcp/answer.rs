//! Reads the answer to a call of the SQL tool in one pass. rmcp tries a message as every kind there is, each time from a
//! buffered copy, and that costs several times what all else does with a page of rows. It gets a stand-in instead, and
//! the answer goes past it through [`Exchange`](super::seen::Exchange). Pure; whatever is not plainly a set of rows
//! (errors, lists of tools, notifications, anything malformed) is left to rmcp as it came.

use rmcp::model::{CallToolResult, JsonRpcVersion2_0, RequestId};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::RawAnswer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message<R> {
    #[serde(rename = "jsonrpc")]
    _version: JsonRpcVersion2_0,
    id: RequestId,
    result: R,
}

/// Rows as JSON. The content blocks are skipped: they say the same once more as text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Structured {
    structured_content: Map<String, Value>,
    is_error: Option<bool>,
    result_type: Option<String>,
}

/// Rows as texts alone.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Texts {
    content: Vec<Text>,
    #[serde(default)]
    structured_content: (),
    is_error: Option<bool>,
    result_type: Option<String>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(rename = "type")]
    _kind: TextKind,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextKind {
    Text,
}

/// The answer to request `id`, when `message` is one that succeeded and has structured content, or nothing but texts.
pub(super) fn read(message: &[u8], id: &RequestId) -> Option<RawAnswer> {
    // A search is many times faster than passing over the texts once to see that there is nothing else.
    let message = std::str::from_utf8(message).ok()?;
    let structured = || {
        let Message { id: answered, result, .. } = serde_json::from_str::<Message<Structured>>(message).ok()?;
        let Structured { structured_content, is_error, result_type } = result;
        let answer = RawAnswer { structured: Some(Value::Object(structured_content)), ..RawAnswer::default() };
        plain(answered == *id, is_error, result_type).then_some(answer)
    };
    let texts = || {
        let Message { id: answered, result, .. } = serde_json::from_str::<Message<Texts>>(message).ok()?;
        let Texts { content, structured_content: (), is_error, result_type } = result;
        let content = content.into_iter().map(|block| block.text).collect();
        plain(answered == *id, is_error, result_type).then(|| RawAnswer { content, ..RawAnswer::default() })
    };
    let mentioned = message.contains("\"structuredContent\"");
    mentioned.then(structured).flatten().or_else(texts)
}

fn plain(ours: bool, is_error: Option<bool>, result_type: Option<String>) -> bool {
    ours && is_error != Some(true) && result_type.is_none_or(|kind| kind == "complete")
}

/// What rmcp gets in place of an answer that was [`read`].
pub(super) fn stand_in(id: &RequestId) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": {"content": []}}).to_string()
}

/// Whether a result may be the one of a [`stand_in`]: it says nothing.
pub(super) fn stands_in(result: &CallToolResult) -> bool {
    result.content.is_empty() && result.structured_content.is_none() && result.is_error != Some(true)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use rmcp::model::{ServerJsonRpcMessage, ServerResult};

    use super::*;

    const TEXTS: &str = r#"{"result":{"content":[{"type":"text","text":"{\"n\":1}"},{"type":"text","text":"é\u0005","annotations":{}}],"isError":false},"jsonrpc":"2.0","id":7}"#;
    const ROWS: &str = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[{"type":"text","text":"{}"}],"structuredContent":{"result":[{"n":18446744073709551615}]},"isError":false}}"#;

    #[test]
    fn rows_are_read_without_their_texts() {
        let answer = read(ROWS.as_bytes(), &RequestId::Number(7)).unwrap();
        let structured = Some(json!({"result": [{"n": u64::MAX}]}));
        assert_eq!(answer, RawAnswer { structured, content: vec![], is_error: false });
    }

    #[test]
    fn rows_that_are_texts_alone_are_read_as_they_are() {
        let id = RequestId::Number(7);
        let content = vec!["{\"n\":1}".to_owned(), "é\u{5}".to_owned()];
        assert_eq!(read(TEXTS.as_bytes(), &id), Some(RawAnswer { content, ..RawAnswer::default() }));
        let empty = r#"{"jsonrpc":"2.0","id":7,"result":{"content":[],"structuredContent":null}}"#;
        assert_eq!(read(empty.as_bytes(), &id), Some(RawAnswer::default()));
        for (from, to) in [
            (r#""id":7"#, r#""id":8"#),
            (r#""isError":false"#, r#""isError":true"#),
            (r#""isError":false"#, r#""resultType":"input_required""#),
            (r#""isError":false"#, r#""structuredContent":[1]"#),
            (r#"{"type":"text","text":"{"#, r#"{"type":"resource_link","text":"{"#),
            (r#"{"type":"text","text":"{"#, r#"{"text":"{"#),
            (r#""content":["#, r#""content":[1,"#),
            (r#""content""#, r#""tools""#),
        ] {
            let message = TEXTS.replacen(from, to, 1);
            assert_ne!(message, TEXTS);
            assert_eq!(read(message.as_bytes(), &id), None, "{message}");
        }
        assert_eq!(read(&TEXTS.as_bytes()[..TEXTS.len() - 1], &id), None);
    }

    #[test]
    fn whatever_is_not_plainly_a_set_of_rows_is_left_alone() {
        let id = RequestId::Number(7);
        for (from, to) in [
            (r#""id":7"#, r#""id":8"#),
            (r#""id":7"#, r#""id":"7""#),
            (r#""isError":false"#, r#""isError":true"#),
            (r#""isError":false"#, r#""resultType":"task""#),
            (r#""isError":false"#, r#""isError":0"#),
            (r#"{"result":[{"n":18446744073709551615}]}"#, "[1]"),
            (r#""jsonrpc":"2.0""#, r#""jsonrpc":"1.0""#),
            (r#""jsonrpc":"2.0","#, ""),
            (r#""id":7"#, r#""id":7,"error":{"code":1,"message":"x"}"#),
            (r#""id":7"#, r#""id":7,"method":"ping""#),
            ("}}", "}"),
        ] {
            let message = ROWS.replacen(from, to, 1);
            assert_ne!(message, ROWS);
            assert_eq!(read(message.as_bytes(), &id), None, "{message}");
        }
        let cut = &ROWS[..ROWS.len() - 1];
        assert_eq!(read(cut.as_bytes(), &id), None);
    }

    #[test]
    fn rmcp_takes_a_stand_in_for_the_answer_and_tells_it_from_others() {
        for (text, wanted) in [(stand_in(&RequestId::Number(7)), true), (ROWS.to_owned(), false)] {
            let message = serde_json::from_str(&text).unwrap();
            let ServerJsonRpcMessage::Response(response) = message else { unreachable!("not a response: {text}") };
            assert_eq!(response.id, RequestId::Number(7));
            let ServerResult::CallToolResult(result) = response.result else {
                unreachable!("no tool's result: {text}")
            };
            assert_eq!(stands_in(&result), wanted, "{text}");
        }
    }
}
