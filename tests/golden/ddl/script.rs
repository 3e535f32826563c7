//! Scripts of DDL taken apart: words, statements, definitions.

/// A word of the script: a name or keyword, a string with its quotes, or one other character.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let mut word = String::from(c);
        match c {
            c if c.is_whitespace() => continue,
            '\'' | '`' => {
                while let Some(next) = chars.next() {
                    word.push(next);
                    if next == '\\' && c == '\'' {
                        word.extend(chars.next());
                    } else if next == c && chars.next_if_eq(&c).is_none() {
                        break;
                    }
                }
            }
            c if c.is_alphanumeric() || c == '_' || c == '@' => {
                while let Some(next) = chars.next_if(|c| c.is_alphanumeric() || matches!(c, '_' | '@')) {
                    word.push(next);
                }
            }
            _ => {}
        }
        out.push(word);
    }
    out
}

pub(super) fn name(word: &str) -> String {
    word.strip_prefix('`').and_then(|w| w.strip_suffix('`')).unwrap_or(word).to_owned()
}

/// The statements of the script, comments left out.
pub(super) fn statements(text: &str) -> Vec<Vec<String>> {
    let lines: String = text.lines().filter(|line| !line.starts_with("--")).map(|line| format!("{line}\n")).collect();
    words(&lines).split(|word| word == ";").map(<[String]>::to_vec).filter(|s| !s.is_empty()).collect()
}

/// Splits at commas outside parentheses; the second value is what follows the closing parenthesis.
pub(super) fn body(words: &[String]) -> (Vec<Vec<String>>, Vec<String>) {
    let (mut depth, mut parts) = (0, vec![Vec::new()]);
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            "," if depth == 1 => {
                parts.push(Vec::new());
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            return (parts, words[at + 1..].to_vec());
        }
        if !(depth == 1 && word == "(" && parts == [Vec::<String>::new()]) {
            parts.last_mut().unwrap().push(word.clone());
        }
    }
    (parts, Vec::new())
}
