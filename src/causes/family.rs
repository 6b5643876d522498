//! The families of causes: which part of the platform, or who beside it, has to look.

/// Where a cause belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    NoUsage,
    NoPrice,
    PriceEngine,
    Model,
    RemoteCentre,
    Balance,
    Database,
    Code,
    Other,
}

impl Family {
    pub const ALL: [Family; 9] = [
        Family::NoUsage,
        Family::NoPrice,
        Family::PriceEngine,
        Family::Model,
        Family::RemoteCentre,
        Family::Balance,
        Family::Database,
        Family::Code,
        Family::Other,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Family::NoUsage => "no_usage",
            Family::NoPrice => "no_price",
            Family::PriceEngine => "price_engine",
            Family::Model => "model",
            Family::RemoteCentre => "remote_centre",
            Family::Balance => "balance",
            Family::Database => "database",
            Family::Code => "code",
            Family::Other => "other",
        }
    }

    /// The family of that stored name; what is unknown is other.
    pub fn parse(text: &str) -> Family {
        Family::ALL.into_iter().find(|family| family.as_str() == text).unwrap_or(Family::Other)
    }
}

/// The stored names of [`Family::ALL`], in its order.
pub const FAMILIES: [&str; Family::ALL.len()] = {
    let mut names = [""; Family::ALL.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = Family::ALL[place].as_str();
        place += 1;
    }
    names
};

/// Signs in small letters; the first that a template has decides.
const SIGNS: [(Family, &[&str]); 9] = [
    (Family::NoUsage, &["usages is none", "no usage", "usages is empty"]),
    (Family::Model, &["llm not found(", "donot has a pricing_program"]),
    (
        Family::NoPrice,
        &["env.buffered_charging() return none", " data not found", "no price", "price not found"],
    ),
    (
        Family::PriceEngine,
        &["llm_charging failed", "pricing program", "pricing_program", "buffered_charging"],
    ),
    (Family::RemoteCentre, &["tpac "]),
    (
        Family::Database,
        &[
            "mysql",
            "deadlock",
            "lock wait timeout",
            "database is locked",
            "sqlite",
            "psycopg",
            "pymysql",
            "sqlalchemy",
            "too many connections",
            "duplicate entry",
            "duplicate key",
            "unknown column",
            "data too long for column",
            "' doesn't exist\")",
            "operationalerror",
            "integrityerror",
            "no such table",
            "no such column",
        ],
    ),
    (
        Family::Balance,
        &["account not found", "insufficient balance", "insufficient_balance", "余额", "欠费", "balance"],
    ),
    (
        Family::RemoteCentre,
        &[
            "message='",
            "url='",
            "cannot connect",
            "connect call failed",
            "connection",
            "timeout",
            "timed out",
            "bad gateway",
            "gateway time",
            "http ",
            "error code: ",
            "status_code",
            "status code",
            "ssl",
            "disconnected",
            "{'code'",
            "{'error",
            "{'message",
            "errno 1",
            "name or service not known",
            "rate limit",
            "quota",
            "service unavailable",
        ],
    ),
    (
        Family::Code,
        &[
            "traceback",
            "nonetype",
            "object has no attribute",
            "unsupported operand",
            "keyerror",
            "typeerror",
            "valueerror",
            "attributeerror",
            "indexerror",
            "nameerror",
            "expecting value",
            "list index out of range",
            "not subscriptable",
            "not iterable",
            "unexpected keyword argument",
            "positional argument",
            "is not defined",
            "division by zero",
            "recursion",
            "unboundlocal",
            "codec can't",
            "invalid literal",
            "could not convert",
        ],
    ),
];

/// `(1213, …`: a number of the server or of its client, and a text.
fn is_of_mysql(template: &str) -> bool {
    let parts = template.strip_prefix('(').and_then(|rest| rest.split_once(", "));
    parts.is_some_and(|(number, text)| {
        number.len() == 4
            && number.starts_with(['1', '2', '3', '4'])
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && text.starts_with(['\'', '"'])
    })
}

pub fn of(template: &str) -> Family {
    // A lookup that found nothing tells only the name: of the answer of the remote centre, or of something in code.
    if let Some(name) = template.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''))
        && !name.contains([' ', '\''])
    {
        return if name == "status" { Family::RemoteCentre } else { Family::Code };
    }
    if is_of_mysql(template) {
        return Family::Database;
    }
    let small = template.to_lowercase();
    let is_sign = |signs: &&[&str]| signs.iter().any(|sign| small.contains(sign));
    SIGNS.iter().find(|(_, signs)| is_sign(signs)).map_or(Family::Other, |(family, _)| *family)
}
