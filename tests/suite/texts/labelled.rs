//! Reasons with the cause that a person would give them: each entry is one cause, and no two entries are the same.

/// A cause by name, and reasons of it.
pub type Labelled = (&'static str, Vec<String>);

const IDS: [&str; 6] =
    ["V1StGXR8_Z5jdHi6B-myT", "0", "qwen3-max", "-_aBcDeFgHiJkLmNoPqRs", "org-b", "Kf9aQ2zXw0LmN7bVc3RtY"];

const DICTS: [&str; 8] = [
    "{'prompt_tokens': 12, 'completion_tokens': 340}",
    "{'prompt_tokens': 1, 'completion_tokens': 2, 'details': {'cached': [1, 2, {'a': 'b'}]}}",
    "{}",
    "{\"total_tokens\": 99, \"model\": \"kimi-k3\"}",
    "{'text': \"it's a trap, isn't it\", 'n': 1.5e-05}",
    "{'prompt_tokens': 12, 'compl",
    "{'status': 'SUCCEEDED', 'message': {'role': 'user', 'content': '你好, \"x\"'}, 'code': 7}",
    "{'size': '1024x1024', 'duration': 5.0, 'url': 'https://cdn.example.com/a.png?x={1}'}",
];

fn each(values: &[&str], write: impl Fn(&str) -> String) -> Vec<String> {
    values.iter().map(|value| write(value)).collect()
}

fn one(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

fn unpriced(ppid: &str, usages: &str, luid: &str) -> String {
    format!(
        "llm_charging failed: ppid={ppid}, usages={usages}llmusage.id='{luid}'  env.buffered_charging() return None"
    )
}

/// All of them.
pub fn all() -> Vec<Labelled> {
    [platform(), charging(), remote(), database(), suppliers(), python(), chinese(), others()].concat()
}

fn platform() -> Vec<Labelled> {
    let mut priced: Vec<String> = Vec::new();
    let mut unknown: Vec<String> = Vec::new();
    for (dict, id) in DICTS.iter().zip(IDS.iter().cycle()) {
        priced.push(unpriced(&format!("'{id}'"), dict, "u1"));
        unknown.push(unpriced("None", dict, id));
    }
    let long = format!("{{'chunks': [{}]}}", vec!["{'a': 1, 'b': 'x'}"; 450].join(", "));
    priced.push(unpriced("'p'", &long, "V1StGXR8_Z5jdHi6B-myT"));
    unknown.push(unpriced("None", &long, "V1StGXR8_Z5jdHi6B-myT"));
    for end in [
        "{'prompt_tok",
        "{'a': 1, 'b': [1, 2",
        "{}",
        "{'a': 1}llmusage.id='u1",
        "{'a': 1}llmusage.id='u1'  env.buff",
    ] {
        priced.push(format!("llm_charging failed: ppid='p1', usages={end}"));
        unknown.push(format!("llm_charging failed: ppid=None, usages={end}"));
    }
    vec![
        ("no usages", one("usages is None")),
        ("generic", one("accounting failed")),
        ("no reason", vec![String::new(), " ".to_owned()]),
        ("model gone", each(&IDS, |id| format!("llm not found({id})"))),
        ("model is None", one("llm not found(None)")),
        ("no pricing program", each(&IDS, |id| format!("llm ({id}) donot has a pricing_program"))),
        ("no pricing program of None", one("llm (None) donot has a pricing_program")),
        ("no price", priced),
        ("no price without ppid", unknown),
        (
            "price data missing",
            each(
                &[
                    "pricing_program",
                    "ppid_timing",
                    "pricing spec",
                    "qwen3-max",
                    "价格表",
                    "V1StGXR8_Z5jdHi6B-myT",
                ],
                |name| format!("llm_charging failed: {name} data not found"),
            ),
        ),
        ("account", each(&IDS, |id| format!("account not found: orgid={id}, subject=客户资金账户"))),
        ("balance zh", one("账户余额不够")),
        ("balance en", one("insufficient balance")),
    ]
}

fn charging() -> Vec<Labelled> {
    let mut all = vec![
        (
            "json",
            [(1, 1, 0), (2, 5, 17), (120, 33, 8812)]
                .map(|(line, column, place)| format!("llm_charging failed: Expecting value: line {line} column {column} (char {place})"))
                .into(),
        ),
        (
            "json delimiter",
            [(1, 1, 0), (2, 5, 17)]
                .map(|(line, column, place)| format!("llm_charging failed: Expecting ',' delimiter: line {line} column {column} (char {place})"))
                .into(),
        ),
    ];
    for (label, text) in [
        ("float * None", "unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ("None * float", "unsupported operand type(s) for *: 'NoneType' and 'float'"),
        ("int += None", "unsupported operand type(s) for +=: 'int' and 'NoneType'"),
        ("int -= None", "unsupported operand type(s) for -=: 'int' and 'NoneType'"),
        ("int + str", "unsupported operand type(s) for +: 'int' and 'str'"),
        ("None get", "'NoneType' object has no attribute 'get'"),
        ("None items", "'NoneType' object has no attribute 'items'"),
        ("str items", "'str' object has no attribute 'items'"),
        ("None subscript", "'NoneType' object is not subscriptable"),
        ("key prompt_tokens", "'prompt_tokens'"),
        ("key completion_tokens", "'completion_tokens'"),
        ("key duration", "'duration'"),
        ("key size", "'size'"),
        ("key price_1k", "'price_1k'"),
        ("key price_1m", "'price_1m'"),
        ("division", "division by zero"),
        ("float division", "float division by zero"),
        ("range", "list index out of range"),
        ("name", "name 'pricing' is not defined"),
        ("other name", "name 'env' is not defined"),
        ("argument", "charge() missing 1 required positional argument: 'usages'"),
        ("other argument", "charge() missing 1 required positional argument: 'ppid'"),
        ("keyword", "charge() got an unexpected keyword argument 'unit'"),
    ] {
        all.push((label, one(&format!("llm_charging failed: {text}"))));
    }
    all.push(("bare key status", one("'status'")));
    all.push(("bare key usage", one("'usage'")));
    all.push((
        "literal",
        each(&["abc", "12.5", "", "n/a", "约100"], |text| {
            format!("llm_charging failed: invalid literal for int() with base 10: '{text}'")
        })
        .into_iter()
        .filter(|text| !text.ends_with("''"))
        .collect(),
    ));
    all.push((
        "to float",
        each(&["abc", "1,2", "免费"], |text| {
            format!("llm_charging failed: could not convert string to float: '{text}'")
        }),
    ));
    all
}

fn remote() -> Vec<Labelled> {
    let urls = [
        "https://tpac1.example.com/api/accounting?call=V1StGXR8",
        "http://10.0.0.7:8080/x",
        "https://tpac.example.cn",
    ];
    let hosts = [
        ("tpac1.example.com", "443", "203.0.113.5"),
        ("tpac", "8443", "10.0.0.1"),
        ("localhost", "80", "127.0.0.1"),
        ("10.1.2.3", "9000", "10.1.2.3"),
    ];
    let mut all = vec![
        (
            "tpac balance",
            vec![
                "{'status': 'error', 'message': '余额不足'} tpac accounting error".to_owned(),
                "{\"status\": \"error\", \"message\": \"余额不足\"} tpac accounting error".to_owned(),
            ],
        ),
        ("tpac frozen", one("{'status': 'error', 'message': '账户已冻结'} tpac accounting error")),
        (
            "tpac customer",
            each(&["C10023", "V1StGXR8_Z5jdHi6B-myT", "99"], |id| {
                format!("{{'status': 'error', 'message': 'customer {id} not found'}} tpac accounting error")
            }),
        ),
        (
            "tpac money",
            each(&["0.00036", "12", "1,234.50"], |money| {
                format!(
                    "{{'status': 'error', 'message': '余额不足，当前余额{money}元'}} tpac accounting error"
                )
            }),
        ),
    ];
    for (label, answer) in [
        ("502", "502, message='Bad Gateway'"),
        ("504", "504, message='Gateway Time-out'"),
        ("504 other words", "504, message='Gateway Timeout'"),
        ("503", "503, message='Service Unavailable'"),
        ("500", "500, message='Internal Server Error'"),
        ("429", "429, message='Too Many Requests'"),
        ("404", "404, message='Not Found'"),
        ("0 html", "200, message='Attempt to decode JSON with unexpected mimetype: text/html'"),
    ] {
        if label == "0 html" {
            continue;
        }
        all.push((label, each(&urls, |url| format!("{answer}, url='{url}'"))));
    }
    let connect = |end: &str| -> Vec<String> {
        hosts
            .iter()
            .map(|(host, port, ip)| {
                format!(
                    "Cannot connect to host {host}:{port} ssl:default [{}]",
                    end.replace("IP", ip).replace("PORT", port)
                )
            })
            .collect()
    };
    all.push(("connect", connect("Connect call failed ('IP', PORT)")));
    all.push(("name", connect("Name or service not known")));
    all.push(("refused", connect("Connection refused")));
    all.push((
        "certificate",
        connect(
            "SSLCertVerificationError: (1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed')",
        ),
    ));
    all.push((
        "errno 111",
        hosts
            .iter()
            .map(|(_, port, ip)| format!("[Errno 111] Connect call failed ('{ip}', {port})"))
            .collect(),
    ));
    all.push((
        "errno 113",
        hosts
            .iter()
            .map(|(_, port, ip)| format!("[Errno 113] Connect call failed ('{ip}', {port})"))
            .collect(),
    ));
    all.push(("errno 104", one("[Errno 104] Connection reset by peer")));
    all.push(("errno -2", one("[Errno -2] Name or service not known")));
    all.push(("errno -3", one("[Errno -3] Temporary failure in name resolution")));
    all.push(("disconnected", one("Server disconnected")));
    all.push(("timeout", one("Connection timeout to host")));
    all.push(("timeout with host", each(&urls, |url| format!("Connection timeout to host {url}"))));
    all.push(("read timeout", each(&["30", "60.0", "5"], |seconds| {
        format!("HTTPSConnectionPool(host='api.example.com', port=443): Read timed out. (read timeout={seconds})")
    })));
    all.push(("retries", each(&["0x7f8a1c0b2d30", "0x7fffdeadbeef"], |place| {
        format!("HTTPSConnectionPool(host='api.example.com', port=443): Max retries exceeded with url: /v1/chat?a=1 (Caused by NewConnectionError('<urllib3.connection.HTTPSConnection object at {place}>: Failed to establish a new connection: [Errno 111] Connection refused'))")
    })));
    all
}

fn database() -> Vec<Labelled> {
    let mut all: Vec<Labelled> = [
        ("1213", "(1213, 'Deadlock found when trying to get lock; try restarting transaction')"),
        ("1205", "(1205, 'Lock wait timeout exceeded; try restarting transaction')"),
        ("2013", "(2013, 'Lost connection to MySQL server during query')"),
        (
            "2013 errno",
            "(2013, 'Lost connection to MySQL server during query ([Errno 104] Connection reset by peer)')",
        ),
        (
            "2013 other errno",
            "(2013, 'Lost connection to MySQL server during query ([Errno 110] Connection timed out)')",
        ),
        ("1040", "(1040, 'Too many connections')"),
        ("1054 cost", r#"(1054, "Unknown column 'cost' in 'field list'")"#),
        ("1054 tenantid", r#"(1054, "Unknown column 'tenantid' in 'field list'")"#),
        ("1054 where", r#"(1054, "Unknown column 'cost' in 'where clause'")"#),
        ("1048", r#"(1048, "Column 'userid' cannot be null")"#),
        ("1048 other", r#"(1048, "Column 'llmid' cannot be null")"#),
        ("number alone", "(1213, 'Lock wait timeout exceeded; try restarting transaction')"),
        ("sqlite", "database is locked"),
        ("sqlite table", "no such table: biz_order"),
        ("sqlite other table", "no such table: llmusage"),
        ("sqlite column", "no such column: cost"),
    ]
    .map(|(label, text)| (label, one(text)))
    .into();
    all.push((
        "2006",
        [
            "BrokenPipeError(32, 'Broken pipe')",
            "ConnectionResetError(104, 'Connection reset by peer')",
            "TimeoutError(110, 'Connection timed out')",
        ]
        .map(|inside| format!(r#"(2006, "MySQL server has gone away ({inside})")"#))
        .into(),
    ));
    all.push((
        "1062 primary",
        each(&IDS, |id| format!(r#"(1062, "Duplicate entry '{id}' for key 'PRIMARY'")"#)),
    ));
    all.push((
        "1062 other key",
        each(&IDS, |id| format!(r#"(1062, "Duplicate entry '{id}' for key 'idx_llmusage_taskid'")"#)),
    ));
    all.push((
        "1406 transno",
        each(&["1", "20"], |row| format!(r#"(1406, "Data too long for column 'transno' at row {row}")"#)),
    ));
    all.push((
        "1406 taskid",
        each(&["1", "20"], |row| format!(r#"(1406, "Data too long for column 'taskid' at row {row}")"#)),
    ));
    all.push((
        "1146 biz_order",
        each(&["sage", "sage_test", "db2"], |db| {
            format!(r#"(1146, "Table '{db}.biz_order' doesn't exist")"#)
        }),
    ));
    all.push((
        "1146 pricing",
        each(&["sage", "sage_test"], |db| format!(r#"(1146, "Table '{db}.pricing_program' doesn't exist")"#)),
    ));
    all.push((
        "1366",
        each(&["abc", "", "x'y"], |value| {
            format!(r#"(1366, "Incorrect double value: '{value}' for column 'amount' at row 1")"#)
        })
        .into_iter()
        .filter(|text| !text.contains("''"))
        .collect(),
    ));
    all.push((
        "1045",
        [("root", "10.0.0.1"), ("sage", "db.local")]
            .map(|(user, host)| {
                format!(r#"(1045, "Access denied for user '{user}'@'{host}' (using password: YES)")"#)
            })
            .into(),
    ));
    all.push(("2003", [("10.0.0.1", "111"), ("db", "111"), ("db.local", "111")].map(|(host, number)| format!(r#"(2003, "Can't connect to MySQL server on '{host}' ([Errno {number}] Connection refused)")"#)).into()));
    all.push((
        "2003 timed out",
        each(&["10.0.0.1", "db"], |host| {
            format!(r#"(2003, "Can't connect to MySQL server on '{host}' (timed out)")"#)
        }),
    ));
    all.push(("alchemy", each(&IDS, |id| format!("(pymysql.err.OperationalError) (1213, 'Deadlock found when trying to get lock; try restarting transaction')\n[SQL: UPDATE llmusage SET accounting_status=%(s)s WHERE id = %(i)s]\n[parameters: {{'s': 'accounted', 'i': '{id}'}}]\n(Background on this error at: https://sqlalche.me/e/20/e3q8)"))));
    all
}

fn suppliers() -> Vec<Labelled> {
    let quota = |body: &str| format!("Error code: 429 - {body}");
    vec![
        ("quota", vec![
            quota("{'error': {'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request a1b2c3', 'type': 'insufficient_quota'}}"),
            quota("{'error': {'message': 'You exceeded your current quota, request V1StGXR8_Z5jdHi6B-myT', 'type': 'insufficient_quota', 'code': 'insufficient_quota'}}"),
            quota("{\"error\": {\"code\": \"insufficient_quota\", \"message\": \"You exceeded your current quota, request 99\", \"type\": \"insufficient_quota\"}}"),
            quota("{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded your current quota, request 00\",\"type\":\"insufficient_quota\"}}"),
        ]),
        ("quota other type", vec![quota("{'error': {'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request a1b2c3', 'type': 'billing'}}")]),
        ("quota other code", vec![quota("{'error': {'code': 'rate_limit_exceeded', 'message': 'You exceeded your current quota, request a1b2c3', 'type': 'insufficient_quota'}}")]),
        ("quota other status", vec!["Error code: 403 - {'error': {'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request a1b2c3', 'type': 'insufficient_quota'}}".to_owned()]),
        ("rate", [("gpt-4o", "org-Ab12", 10_000, "6s"), ("qwen-max", "org-zz", 3, "1m30s"), ("kimi-k3", "org-V1StGXR8", 500, "350ms")].map(|(model, org, limit, wait)| {
            format!("Error code: 429 - {{'error': {{'message': 'Rate limit reached for model `{model}` in organization {org} on tokens per min (TPM): Limit {limit}, Used {limit}, Requested 2. Please try again in {wait}.', 'type': 'tokens', 'param': None, 'code': 'rate_limit_exceeded'}}}}")
        }).into()),
        ("rate of requests", vec!["Error code: 429 - {'error': {'message': 'Rate limit reached for model `gpt-4o` in organization org-Ab12 on requests per min (RPM): Limit 10, Used 10, Requested 2. Please try again in 6s.', 'type': 'requests', 'param': None, 'code': 'rate_limit_exceeded'}}".to_owned()]),
        ("no model", each(&["gpt-5", "qwen-max", "deepseek-chat", "kimi"], |model| {
            format!("Error code: 404 - {{'error': {{'message': 'The model `{model}` does not exist or you do not have access to it.', 'type': 'invalid_request_error', 'param': None, 'code': 'model_not_found'}}}}")
        })),
        ("key", each(&["sk-proj-abcDEF123456", "sk-ab****************yz12", "sk-V1StGXR8Z5jdHi6BmyT"], |key| {
            format!("Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: {key}. You can find your API key at https://platform.example.com/keys.', 'type': 'invalid_request_error', 'param': None, 'code': 'invalid_api_key'}}}}")
        }).into_iter().take(1).collect()),
        ("field max_tokens", each(&["9000", "-1"], |number| format!("Error code: 400 - {{'error': {{'message': \"Invalid 'max_tokens': integer {number} is not allowed\", 'type': 'invalid_request_error', 'param': 'max_tokens', 'code': 'invalid_value'}}}}"))),
        ("field top_p", each(&["9000", "-1"], |number| format!("Error code: 400 - {{'error': {{'message': \"Invalid 'top_p': integer {number} is not allowed\", 'type': 'invalid_request_error', 'param': 'top_p', 'code': 'invalid_value'}}}}"))),
        ("dashscope", each(&["7f1e6a80-1111-4c2b-9a6e-5d2f3b4c5d6e", "00000000-2222-4c2b-9a6e-5d2f3b4c5d6e"], |id| format!("{{\"code\":\"Throttling.RateQuota\",\"message\":\"Requests rate limit exceeded, please try again later.\",\"request_id\":\"{id}\"}}"))),
        ("dashscope arrears", each(&["7f1e6a80-1111-4c2b-9a6e-5d2f3b4c5d6e", "00000000-2222-4c2b-9a6e-5d2f3b4c5d6e"], |id| format!("{{\"code\":\"Arrearage\",\"message\":\"Access denied, please make sure your account is in good standing.\",\"request_id\":\"{id}\"}}"))),
        ("numeric code", each(&["1", "2"], |n| format!("{{\"code\": 1113, \"msg\": \"您的账户已欠费\", \"data\": {{\"n\": {n}}}}}"))),
        ("other numeric code", each(&["1", "2"], |n| format!("{{\"code\": 1302, \"msg\": \"您的账户已欠费\", \"data\": {{\"n\": {n}}}}}"))),
        ("escaped chinese", vec!["{\"code\": 1302, \"message\": \"\\u60a8\\u7684\\u8d26\\u6237\\u5df2\\u6b20\\u8d39\"}".to_owned(), "{'code': 1302, 'message': '您的账户已欠费'}".to_owned()]),
        ("http 429 body", each(&["a1", "V1StGXR8_Z5jdHi6B-myT"], |id| format!("HTTP 429, {{'error': {{'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request {id}', 'type': 'insufficient_quota'}}}}"))),
        ("http 402 body", each(&["a1", "V1StGXR8_Z5jdHi6B-myT"], |id| format!("HTTP 402, {{'error': {{'code': 'insufficient_quota', 'message': 'You exceeded your current quota, request {id}', 'type': 'insufficient_quota'}}}}"))),
        ("http 500", one("HTTP 500")),
        ("http 503", one("HTTP 503")),
        ("json in json", each(&["a1b2", "c3d4"], |id| format!("{{\"error\": {{\"message\": \"{{\\\"code\\\": \\\"overloaded\\\", \\\"message\\\": \\\"upstream {id} is busy\\\"}}\", \"type\": \"upstream_error\"}}}}"))),
        ("detail", each(&["3", "77"], |n| format!("{{\"detail\": [{{\"type\": \"missing\", \"loc\": [\"body\", \"messages\", {n}], \"msg\": \"Field required\", \"input\": {{\"a\": {n}}}}}]}}"))),
        ("detail other field", each(&["3", "77"], |n| format!("{{\"detail\": [{{\"type\": \"missing\", \"loc\": [\"body\", \"model\", {n}], \"msg\": \"Field required\", \"input\": {{\"a\": {n}}}}}]}}"))),
        ("success false", each(&["9", "88"], |n| format!("{{'success': False, 'errorCode': 'E{n}00', 'errorMessage': 'x'}}")).into_iter().take(1).collect()),
        ("context", each(&["128000 tokens. However, your messages resulted in 130011", "8192 tokens. However, your messages resulted in 9000"], |text| format!("This model's maximum context length is {text} tokens. Please reduce the length of the messages."))),
    ]
}

fn python() -> Vec<Labelled> {
    let traceback = |file: &str, line: u32, end: &str| {
        format!(
            "Traceback (most recent call last):\n  File \"{file}\", line {line}, in charge\n    prices = await env.buffered_charging(llm.ppid, usages)\n{end}"
        )
    };
    let both = |end: &str| {
        vec![
            traceback("/d/sage/py3/lib/llmage/accounting.py", 118, end),
            traceback("/opt/app/accounting.py", 7, end),
            traceback("C:\\sage\\accounting.py", 31, end),
        ]
    };
    vec![
        ("trace size", both("KeyError: 'size'")),
        ("trace duration", both("KeyError: 'duration'")),
        ("trace type", both("TypeError: 'NoneType' object is not iterable")),
        ("trace value", [12, 99].map(|n| traceback("/a.py", n, &format!("ValueError: too many values to unpack (expected {n})"))).into()),
        ("key error", one("KeyError: 'size'")),
        ("attribute", one("AttributeError: 'dict' object has no attribute 'price'")),
        ("attribute other", one("AttributeError: 'dict' object has no attribute 'cost'")),
        ("attribute of list", one("AttributeError: 'list' object has no attribute 'price'")),
        ("module", one("No module named 'pricing'")),
        ("module other", one("No module named 'sage'")),
        ("codec", each(&["0xe4 in position 10", "0xff in position 0"], |text| format!("'utf-8' codec can't decode byte {text}: invalid start byte"))),
        ("codec ascii", each(&["0xe4 in position 10", "0xff in position 0"], |text| format!("'ascii' codec can't decode byte {text}: invalid start byte"))),
        ("file", each(&["/tmp/a.json", "/var/lib/x/y.yaml", "prices.json"], |file| format!("[Errno 2] No such file or directory: '{file}'"))),
        ("permission", each(&["/tmp/a.json", "/var/lib/x/y.yaml"], |file| format!("[Errno 13] Permission denied: '{file}'"))),
        ("object", each(&["0x7f1234567890", "0x7fffffffffff"], |place| format!("<Task pending name='x' coro=<charge() running> at {place}> got Future attached to a different loop")).into_iter().collect()),
        ("recursion", [3, 30, 900].map(|deep| format!("Traceback (most recent call last):\n{}RecursionError: maximum recursion depth exceeded", "  File \"/d/p.py\", line 64, in price\n    return self.parent.price(usages)\n".repeat(deep))).into_iter().skip(1).collect()),
    ]
}

fn chinese() -> Vec<Labelled> {
    vec![
        ("zh quota", each(&["100", "2,500", "8.5"], |n| format!("今日额度已用完，限额{n}元"))),
        ("zh token", each(&["100", "99999"], |n| format!("输入长度超过限制：{n} tokens"))),
        (
            "zh user",
            each(&["张三", "u-1", "V1StGXR8_Z5jdHi6B-myT"], |user| format!("用户【{user}】余额不足")),
        ),
        ("zh org", each(&["甲公司", "乙集团"], |org| format!("机构“{org}”未开通记账"))),
        ("zh model", each(&["qwen-max", "kimi-k3", "gpt4o"], |model| format!("模型 {model} 不存在"))),
        ("zh model off", each(&["qwen-max", "kimi-k3", "gpt4o"], |model| format!("模型 {model} 已下线"))),
        ("zh code", one("错误码：1001，请求频率过高")),
        ("zh other code", one("错误码：1002，请求频率过高")),
        ("zh date", each(&["2026-05-01 12:00:00", "2026/5/1 8:00:01"], |date| format!("账期 {date} 已关闭"))),
        ("zh date in words", each(&["2026年5月1日", "2025年12月31日"], |date| format!("账期{date}已关闭"))),
        ("zh closed", one("账期已关闭")),
        ("zh frozen", one("账户已冻结")),
        ("zh price", one("价格异常")),
    ]
}

fn others() -> Vec<Labelled> {
    vec![
        (
            "uuid",
            each(
                &["7f1e6a80-1111-4c2b-9a6e-5d2f3b4c5d6e", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "123"],
                |id| format!("request {id} was rejected"),
            ),
        ),
        ("rejected by", one("request was rejected")),
        ("mail", each(&["a@b.com", "ops+x@mail.example.cn"], |mail| format!("cannot notify {mail}"))),
        (
            "date",
            each(
                &[
                    "2026-05-01",
                    "2026-05-01T10:00:00Z",
                    "2026-05-01 10:00:00.123",
                    "Fri, 22 May 2026 00:00:00 GMT",
                ],
                |date| format!("price list expired at {date}"),
            ),
        ),
        ("wait", each(&["30s", "1.5 seconds", "2 minutes", "500ms"], |time| format!("gave up after {time}"))),
        ("gave up", one("gave up")),
        ("rows", each(&["1 row", "2 rows", "1,204 rows"], |rows| format!("updated {rows} instead of none"))),
        ("ppid None", one("price of ppid=None is missing")),
        ("ppid", each(&["'p1'", "'V1StGXR8_Z5jdHi6B-myT'"], |id| format!("price of ppid={id} is missing"))),
        ("exit 137", one("worker ended with exit code 137")),
        ("exit 1", one("worker ended with exit code 1")),
        ("signal 9", one("worker ended by signal 9")),
        ("signal 15", one("worker ended by signal 15")),
        ("html 502", one("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body></html>")),
        (
            "html 504",
            one("<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body></body></html>"),
        ),
        ("required", one("'model' is a required property")),
        ("other required", one("'messages' is a required property")),
        ("percent", each(&["100%", "87.5%"], |part| format!("quota used to {part}"))),
        ("money", each(&["¥12.50", "¥0.01"], |money| format!("charge of {money} refused"))),
        (
            "grpc",
            each(&["14", "14"], |code| format!("grpc status = {code}: unavailable"))
                .into_iter()
                .take(1)
                .collect(),
        ),
    ]
}
