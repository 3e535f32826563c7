//! A condition's text taken apart into the few forms that are evaluated here. Everything else is "not evaluated", with why.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectNamePart,
    UnaryOperator, Value as Literal,
};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::super::column::Column;
use super::decimal::Decimal;
use super::pattern;

/// Deepest nesting of a condition.
const MAX_DEPTH: usize = 64;
/// Longest condition.
const MAX_TEXT: usize = 64 << 10;

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// `<=>`: NULL is equal to NULL.
    NullSafe,
}

/// Arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    DivideWhole,
    Modulo,
}

/// Functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    CharLength,
    OctetLength,
    Lower,
    Upper,
    Trim,
    Abs,
    Coalesce,
    JsonValid,
    JsonType,
}

/// A condition.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Null,
    Number(Decimal),
    Float(f64),
    Text(String),
    Column(usize),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Xor(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Negative(Box<Self>),
    Compare(Comparison, Box<Self>, Box<Self>),
    Arithmetic(Arithmetic, Box<Self>, Box<Self>),
    Between(Box<Self>, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Self>),
    IsNull(Box<Self>),
    /// IS TRUE (true) or IS FALSE.
    Is(Box<Self>, bool),
    Like(Box<Self>, String, Option<char>),
    Regexp(Box<Self>, regex::Regex),
    Call(Call, Vec<Self>),
}

type Parsed = Result<Node, &'static str>;

const UNSUPPORTED: &str = "it uses what is not evaluated here";

/// What the names in a condition mean.
struct Scope<'a> {
    columns: &'a [Column],
    find: &'a dyn Fn(&str) -> Option<usize>,
    named: &'a mut Vec<usize>,
}

/// Parses a condition; `named` gets the columns it names.
pub(super) fn parse(
    text: &str,
    columns: &[Column],
    find: &dyn Fn(&str) -> Option<usize>,
    named: &mut Vec<usize>,
) -> Parsed {
    const UNREADABLE: &str = "its text cannot be read";
    if text.len() > MAX_TEXT {
        return Err("its text is too long");
    }
    let dialect = MySqlDialect {};
    let mut tokens = Tokenizer::new(&dialect, text).tokenize().map_err(|_| UNREADABLE)?;
    operator_mod(&mut tokens);
    let mut parser = Parser::new(&dialect).with_recursion_limit(MAX_DEPTH).with_tokens(tokens);
    let expr = parser.parse_expr().map_err(|_| UNREADABLE)?;
    if parser.peek_token().token != Token::EOF {
        return Err(UNREADABLE);
    }
    node(&expr, &mut Scope { columns, find, named }, 0)
}

/// The parser does not know the operator MOD, which MariaDB writes for `%`; a function of that name stays.
fn operator_mod(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let calls = matches!(tokens.get(at + 1), Some(Token::LParen));
        if let Some(token) = tokens.get_mut(at)
            && matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("mod"))
            && !calls
        {
            *token = Token::Mod;
        }
    }
}

fn node(expr: &Expr, scope: &mut Scope<'_>, depth: usize) -> Parsed {
    if depth > MAX_DEPTH {
        return Err("it is nested too deep");
    }
    let mut boxed = |expr: &Expr| node(expr, scope, depth + 1).map(Box::new);
    let not = |node: Node, negated: bool| if negated { Node::Not(Box::new(node)) } else { node };
    match expr {
        Expr::Nested(inner) => node(inner, scope, depth + 1),
        Expr::Value(value) => literal(&value.value),
        // A character set before a text says nothing about the text.
        Expr::Prefixed { value, .. } => node(value, scope, depth + 1),
        Expr::Identifier(name) => column(name, scope),
        Expr::CompoundIdentifier(parts) => column(parts.last().ok_or(UNSUPPORTED)?, scope),
        Expr::IsNull(inner) => Ok(Node::IsNull(boxed(inner)?)),
        Expr::IsNotNull(inner) => Ok(not(Node::IsNull(boxed(inner)?), true)),
        Expr::IsTrue(inner) => Ok(Node::Is(boxed(inner)?, true)),
        Expr::IsNotTrue(inner) => Ok(not(Node::Is(boxed(inner)?, true), true)),
        Expr::IsFalse(inner) => Ok(Node::Is(boxed(inner)?, false)),
        Expr::IsNotFalse(inner) => Ok(not(Node::Is(boxed(inner)?, false), true)),
        Expr::UnaryOp { op, expr } => match op {
            UnaryOperator::Not | UnaryOperator::BangNot => Ok(Node::Not(boxed(expr)?)),
            UnaryOperator::Minus => Ok(Node::Negative(boxed(expr)?)),
            UnaryOperator::Plus => node(expr, scope, depth + 1),
            _ => Err(UNSUPPORTED),
        },
        Expr::Between { expr, negated, low, high } => {
            Ok(not(Node::Between(boxed(expr)?, boxed(low)?, boxed(high)?), *negated))
        }
        Expr::InList { expr, list, negated } => {
            let of = boxed(expr)?;
            let list = list.iter().map(|item| node(item, scope, depth + 1)).collect::<Result<_, _>>()?;
            Ok(not(Node::In(of, list), *negated))
        }
        Expr::Like { negated, any: false, expr, pattern, escape_char } => {
            let escape = escape_char.as_deref().map_or(Ok(Some('\\')), escape)?;
            Ok(not(Node::Like(boxed(expr)?, text(pattern)?, escape), *negated))
        }
        Expr::RLike { negated, expr, pattern, .. } => {
            let of = boxed(expr)?;
            let pattern = text(pattern)?;
            let regex = pattern::regex(&pattern, collation_of(&of, scope.columns));
            Ok(not(Node::Regexp(of, regex.ok_or("its regular expression is not evaluated here")?), *negated))
        }
        Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
            Ok(Node::Call(Call::Trim, vec![*boxed(expr)?]))
        }
        Expr::BinaryOp { left, op, right } => binary(op, boxed(left)?, boxed(right)?),
        Expr::Function(function) => call(function, scope, depth),
        _ => Err(UNSUPPORTED),
    }
}

fn binary(op: &BinaryOperator, left: Box<Node>, right: Box<Node>) -> Parsed {
    use BinaryOperator as B;
    Ok(match op {
        B::And => Node::And(left, right),
        B::Or => Node::Or(left, right),
        B::Xor => Node::Xor(left, right),
        B::Eq => Node::Compare(Comparison::Equal, left, right),
        B::NotEq => Node::Compare(Comparison::NotEqual, left, right),
        B::Lt => Node::Compare(Comparison::Less, left, right),
        B::LtEq => Node::Compare(Comparison::LessOrEqual, left, right),
        B::Gt => Node::Compare(Comparison::Greater, left, right),
        B::GtEq => Node::Compare(Comparison::GreaterOrEqual, left, right),
        B::Spaceship => Node::Compare(Comparison::NullSafe, left, right),
        B::Plus => Node::Arithmetic(Arithmetic::Add, left, right),
        B::Minus => Node::Arithmetic(Arithmetic::Subtract, left, right),
        B::Multiply => Node::Arithmetic(Arithmetic::Multiply, left, right),
        B::Divide => Node::Arithmetic(Arithmetic::Divide, left, right),
        B::MyIntegerDivide => Node::Arithmetic(Arithmetic::DivideWhole, left, right),
        B::Modulo => Node::Arithmetic(Arithmetic::Modulo, left, right),
        _ => return Err(UNSUPPORTED),
    })
}

fn literal(value: &Literal) -> Parsed {
    match value {
        Literal::Null => Ok(Node::Null),
        Literal::Boolean(flag) => Ok(Node::Number(Decimal::integer(i128::from(*flag)))),
        Literal::SingleQuotedString(text) | Literal::DoubleQuotedString(text) => Ok(Node::Text(text.clone())),
        Literal::Number(text, _) if text.contains(['e', 'E']) => {
            text.parse().ok().filter(|value: &f64| value.is_finite()).map(Node::Float).ok_or(UNSUPPORTED)
        }
        Literal::Number(text, _) => Decimal::parse(text).map(Node::Number).ok_or("a number in it is too long"),
        _ => Err(UNSUPPORTED),
    }
}

fn column(name: &Ident, scope: &mut Scope<'_>) -> Parsed {
    let at = (scope.find)(&name.value).ok_or("it names a column the table does not have")?;
    if !scope.named.contains(&at) {
        scope.named.push(at);
    }
    Ok(Node::Column(at))
}

fn text(expr: &Expr) -> Result<String, &'static str> {
    let value = match expr {
        Expr::Prefixed { value, .. } => value,
        other => other,
    };
    match value {
        Expr::Value(value) => match &value.value {
            Literal::SingleQuotedString(text) | Literal::DoubleQuotedString(text) => Ok(text.clone()),
            _ => Err(UNSUPPORTED),
        },
        _ => Err("its pattern is no constant"),
    }
}

fn escape(expr: &Expr) -> Result<Option<char>, &'static str> {
    let text = text(expr)?;
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (escape, None) => Ok(escape),
        _ => Err(UNSUPPORTED),
    }
}

/// The collation of a column, where the node is one.
fn collation_of(node: &Node, columns: &[Column]) -> Option<super::super::collation::Collation> {
    match node {
        Node::Column(at) => columns.get(*at).map(|column| column.collation),
        _ => None,
    }
}

fn call(function: &Function, scope: &mut Scope<'_>, depth: usize) -> Parsed {
    let [ObjectNamePart::Identifier(name)] = function.name.0.as_slice() else { return Err(UNSUPPORTED) };
    let FunctionArguments::List(list) = &function.args else { return Err(UNSUPPORTED) };
    let plain = list.duplicate_treatment.is_none() && list.clauses.is_empty() && function.over.is_none();
    let mut arguments = Vec::new();
    for argument in &list.args {
        let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument else { return Err(UNSUPPORTED) };
        arguments.push(node(expr, scope, depth + 1)?);
    }
    let lower = name.value.to_ascii_lowercase();
    let (call, count) = match lower.as_str() {
        "char_length" | "character_length" => (Call::CharLength, 1..=1),
        "length" | "octet_length" => (Call::OctetLength, 1..=1),
        "lower" | "lcase" => (Call::Lower, 1..=1),
        "upper" | "ucase" => (Call::Upper, 1..=1),
        "trim" => (Call::Trim, 1..=1),
        "abs" => (Call::Abs, 1..=1),
        "coalesce" => (Call::Coalesce, 1..=64),
        "ifnull" => (Call::Coalesce, 2..=2),
        "json_valid" => (Call::JsonValid, 1..=1),
        "json_type" => (Call::JsonType, 1..=1),
        "mod" if arguments.len() == 2 => {
            let right = arguments.pop().ok_or(UNSUPPORTED)?;
            let left = arguments.pop().ok_or(UNSUPPORTED)?;
            return Ok(Node::Arithmetic(Arithmetic::Modulo, Box::new(left), Box::new(right)));
        }
        _ => return Err("it calls a function that is not evaluated here"),
    };
    if !plain || !count.contains(&arguments.len()) {
        return Err(UNSUPPORTED);
    }
    Ok(Node::Call(call, arguments))
}
