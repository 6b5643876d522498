//! The reasons that occur, one shape for each cause, with weights by which a few causes dominate.
//!
//! The wording is the platform's, character by character: causes are recognised by it.

use super::random::{Random, Weights};
use crate::causes::cause::Cause;
use crate::causes::family::Family;
use crate::usages::usage::Usage;

/// The platform's text when two of its transactions wait for each other.
pub(super) const DEADLOCK: &str =
    "(1213, 'Deadlock found when trying to get lock; try restarting transaction')";

/// What a reason says about the usage, so that both tell the same story.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Nothing,
    NoUsages,
    NullUsages,
    CutUsages,
    RetiredModel,
    VideoModel,
}

/// One wording of a reason.
pub(super) struct Shape {
    weight: u64,
    pub(super) sign: Sign,
    /// Fills in the variable parts.
    pub(super) write: fn(&mut Random, &Usage) -> String,
}

const fn shape(weight: u64, sign: Sign, write: fn(&mut Random, &Usage) -> String) -> Shape {
    Shape { weight, sign, write }
}

const SHAPES: &[Shape] = &[
    shape(150, Sign::NoUsages, |_, _| "usages is None".to_owned()),
    shape(55, Sign::Nothing, |_, _| "accounting failed".to_owned()),
    shape(50, Sign::RetiredModel, |_, u| format!("llm not found({})", text(&u.llmid))),
    shape(100, Sign::Nothing, |_, u| format!("llm ({}) donot has a pricing_program", text(&u.llmid))),
    shape(140, Sign::Nothing, |r, u| unpriced(r, u, true)),
    shape(40, Sign::Nothing, |r, u| unpriced(r, u, false)),
    shape(12, Sign::Nothing, |r, _| {
        charging(r.pick(&["pricing_program", "ppid_timing", "pricing spec"]), " data not found")
    }),
    shape(18, Sign::CutUsages, |_, _| charging("", "Expecting value: line 1 column 1 (char 0)")),
    shape(20, Sign::Nothing, |_, _| {
        charging("", "unsupported operand type(s) for *: 'float' and 'NoneType'")
    }),
    shape(6, Sign::Nothing, |_, _| charging("", "unsupported operand type(s) for +=: 'int' and 'NoneType'")),
    shape(10, Sign::NullUsages, |_, _| charging("", "'NoneType' object has no attribute 'get'")),
    shape(6, Sign::NullUsages, |_, _| charging("", "'NoneType' object has no attribute 'items'")),
    shape(14, Sign::VideoModel, |_, _| charging("", "'prompt_tokens'")),
    shape(9, Sign::VideoModel, |_, _| charging("", "'completion_tokens'")),
    shape(8, Sign::Nothing, |_, _| charging("", "'duration'")),
    shape(6, Sign::Nothing, |_, _| charging("", "'size'")),
    shape(35, Sign::Nothing, |r, _| refusal(r)),
    shape(8, Sign::Nothing, |_, _| "'status'".to_owned()),
    shape(26, Sign::Nothing, |r, _| gateway(r, "502, message='Bad Gateway'")),
    shape(20, Sign::Nothing, |r, _| gateway(r, "504, message='Gateway Time-out'")),
    shape(18, Sign::Nothing, |r, _| unreachable_host(r)),
    shape(16, Sign::Nothing, |_, u| {
        format!("account not found: orgid={}, subject=客户资金账户", text(&u.userorgid))
    }),
    shape(90, Sign::Nothing, |_, _| "账户余额不够".to_owned()),
    shape(60, Sign::Nothing, |_, _| "insufficient balance".to_owned()),
    shape(45, Sign::Nothing, |_, _| DEADLOCK.to_owned()),
    shape(18, Sign::Nothing, |_, _| {
        "(1205, 'Lock wait timeout exceeded; try restarting transaction')".to_owned()
    }),
    shape(30, Sign::Nothing, |_, _| "(2013, 'Lost connection to MySQL server during query')".to_owned()),
    shape(12, Sign::Nothing, |r, _| gone_away(r)),
    shape(6, Sign::Nothing, |r, _| format!(r#"(1062, "Duplicate entry '{}' for key 'PRIMARY'")"#, r.id())),
    shape(6, Sign::Nothing, |_, _| r#"(1054, "Unknown column 'cost' in 'field list'")"#.to_owned()),
    shape(4, Sign::Nothing, |_, _| r#"(1406, "Data too long for column 'transno' at row 1")"#.to_owned()),
    shape(4, Sign::Nothing, |_, _| r#"(1146, "Table 'sage.biz_order' doesn't exist")"#.to_owned()),
    shape(6, Sign::Nothing, |_, _| "(1040, 'Too many connections')".to_owned()),
    shape(5, Sign::Nothing, |r, _| quota(r)),
    shape(4, Sign::Nothing, |r, _| {
        format!("[Errno 111] Connect call failed ('10.20.0.{}', 3306)", r.between(2, 90))
    }),
];

/// Shapes for `count` failures in random order: every shape `at_least` so often, the rest by weight.
pub(super) fn plan(random: &mut Random, count: usize, at_least: usize) -> Vec<&'static Shape> {
    let mut shapes: Vec<_> = SHAPES.iter().cycle().take(SHAPES.len() * at_least).collect();
    let weights = Weights::new(SHAPES.iter().map(|shape| shape.weight));
    shapes.resize_with(count, || &SHAPES[weights.draw(random)]);
    random.shuffle(&mut shapes);
    shapes
}

/// The shape of a further attempt: the same again, or anything that says nothing about the usage.
pub(super) fn again(random: &mut Random, first: &'static Shape) -> &'static Shape {
    if random.chance(60) {
        return first;
    }
    let apt = |shape: &Shape| {
        if shape.sign == Sign::Nothing { shape.weight } else { 0 }
    };
    &SHAPES[Weights::new(SHAPES.iter().map(apt)).draw(random)]
}

/// A reason for that usage that lies outside of prices, models and usages, the common ones more often: those are in order
/// where the platform has a price.
pub(super) fn from_outside(random: &mut Random, usage: &Usage) -> String {
    let weights = Weights::new(SHAPES.iter().map(|shape| shape.weight));
    for _ in 0..100 {
        let reason = (SHAPES[weights.draw(random)].write)(random, usage);
        let family = Cause::of(Some(&reason)).family;
        if matches!(family, Family::RemoteCentre | Family::Balance | Family::Database) {
            return reason;
        }
    }
    DEADLOCK.to_owned()
}

fn text(id: &Option<String>) -> &str {
    id.as_deref().unwrap_or("None")
}

fn charging(name: &str, message: &str) -> String {
    format!("llm_charging failed: {name}{message}")
}

/// The price that came back as nothing; the dict is sometimes 8 kB long, or the whole text was cut inside it.
fn unpriced(random: &mut Random, usage: &Usage, with_ppid: bool) -> String {
    let ppid = if with_ppid { format!("'{}'", random.id()) } else { "None".to_owned() };
    let dict = text(&usage.usages).replace('"', "'").replace(':', ": ").replace(',', ", ");
    let head = format!("llm_charging failed: ppid={ppid}, usages=");
    let tail = format!("llmusage.id='{}'  env.buffered_charging() return None", usage.id);
    match random.below(40) {
        0 => format!("{head}{}", dict.chars().take(24).collect::<String>()),
        1 => format!("{head}{{'usage': {dict}, 'chunks': [{}]}}{tail}", vec![dict.as_str(); 100].join(", ")),
        _ => format!("{head}{dict}{tail}"),
    }
}

fn refusal(random: &mut Random) -> String {
    let body = random.pick(&[
        "{'status': 'error', 'message': '余额不足'}",
        "{'status': 'error', 'message': '余额不足'}",
        "{'status': 'error', 'message': '账户已冻结'}",
        "{'status': 'failed', 'msg': 'customer account is frozen'}",
    ]);
    format!("{body} tpac accounting error")
}

fn gateway(random: &mut Random, answer: &str) -> String {
    let (host, call) = (random.between(1, 4), random.id());
    format!("{answer}, url='https://tpac{host}.example.com/api/accounting?call={call}'")
}

fn unreachable_host(random: &mut Random) -> String {
    let (host, port) = (random.between(1, 40), random.pick(&["443", "443", "8443"]));
    format!(
        "Cannot connect to host tpac{}.example.com:{port} ssl:default [Connect call failed ('203.0.113.{host}', {port})]",
        host % 4 + 1
    )
}

fn gone_away(random: &mut Random) -> String {
    let inner = random.pick(&[
        "BrokenPipeError(32, 'Broken pipe')",
        "ConnectionResetError(104, 'Connection reset by peer')",
    ]);
    format!(r#"(2006, "MySQL server has gone away ({inner})")"#)
}

fn quota(random: &mut Random) -> String {
    let call = random.id();
    format!(
        "HTTP 429, {{'error': {{'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request {call}', \
         'type': 'insufficient_quota'}}}}"
    )
}
