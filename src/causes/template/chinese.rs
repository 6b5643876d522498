//! Names of customers in Chinese, which no blank and no capital letter sets off: companies by their endings, people by
//! their family names between a word such as 客户 and what is said of them.

/// Endings of the names of companies.
const COMPANIES: [&str; 5] = ["有限责任公司", "股份有限公司", "有限公司", "集团", "分公司"];

/// Words before a name.
const BEFORE: [&str; 14] = [
    "客户",
    "用户",
    "会员",
    "商户",
    "机构",
    "企业",
    "租户",
    "组织",
    "找不到",
    "未找到",
    "当前",
    "账户",
    "账号",
    "单位",
];

/// Words before the name of a person.
const BEFORE_PERSON: [&str; 5] = ["客户", "用户", "会员", "联系人", "申请人"];

/// What is said of a person.
const AFTER_PERSON: [&str; 16] = [
    "余额",
    "账户",
    "账号",
    "的",
    "未",
    "不存在",
    "已",
    "没有",
    "无权",
    "欠费",
    "额度",
    "不可用",
    "被",
    "可用",
    "尚未",
    "不能",
];

const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧温";

/// The longest name of a company, in letters.
const LONGEST: usize = 24;

/// Words behind which, after a sign, a name stands.
const LABELS: [&str; 15] = [
    "名称",
    "户名",
    "姓名",
    "客户",
    "用户",
    "企业",
    "公司",
    "机构",
    "商户",
    "租户",
    "组织",
    "联系人",
    "会员",
    "申请人",
    "付款方",
];

/// What is said of a customer, behind the name or in its place.
const SAID: [&str; 31] = [
    "余额",
    "欠费",
    "不",
    "未",
    "已",
    "无权",
    "无法",
    "无效",
    "无可用",
    "额度",
    "账户",
    "账号",
    "停用",
    "停机",
    "冻结",
    "权限",
    "失败",
    "错误",
    "超出",
    "超限",
    "超时",
    "超额",
    "禁用",
    "被",
    "没有",
    "可用",
    "状态",
    "余",
    "为空",
    "尚",
    "的",
];

/// Whether a sign may stand between such a word and a name.
pub(super) fn is_label_sign(next: char) -> bool {
    matches!(next, '：' | ':' | '-' | '（' | '(' | '【' | '[' | '「' | '“' | '"' | '\'' | '《')
}

/// Whether a name may follow the word.
pub(super) fn is_label(word: &str) -> bool {
    LABELS.iter().any(|label| word.ends_with(label))
}

/// Where the name stands in what follows the sign.
pub(super) fn labelled(sign: char, rest: &str) -> Option<(usize, usize)> {
    let close = match sign {
        '（' | '(' => Some(['）', ')']),
        '【' | '[' => Some(['】', ']']),
        '「' => Some(['」', '」']),
        '“' => Some(['”', '”']),
        '《' => Some(['》', '》']),
        '"' | '\'' => Some([sign, sign]),
        _ => None,
    };
    let from = if close.is_none() { rest.len() - rest.trim_start_matches(' ').len() } else { 0 };
    let name = rest.get(from..)?;
    let letters = name.char_indices().take(LONGEST + 8);
    let is_end = |next: char| match close {
        Some(close) => close.contains(&next),
        None => next.is_whitespace() || "，。；、,;|）)】]」”\"'-：:".contains(next),
    };
    let end = letters.clone().find(|(_, next)| is_end(*next)).map(|(at, _)| at);
    let end = end.or_else(|| (close.is_none() && letters.count() < LONGEST + 8).then_some(name.len()))?;
    let name = name.get(..end)?;
    let said = SAID.iter().filter_map(|said| name.find(said)).min();
    let end = match said {
        Some(0) => return None,
        Some(said) if close.is_none() => said,
        _ => end,
    };
    name.get(..end)?.chars().any(super::notation::is_wide_letter).then_some((from, from + end))
}

/// The parts of a run of Chinese letters, and of each whether it is a name.
pub(super) fn parts(run: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let mut rest = run;
    while let Some((from, to)) = company(rest).or_else(|| person(rest)) {
        parts.push((rest.get(..from).unwrap_or_default(), false));
        parts.push((rest.get(from..to).unwrap_or_default(), true));
        rest = rest.get(to..).unwrap_or_default();
    }
    parts.push((rest, false));
    parts
}

fn company(run: &str) -> Option<(usize, usize)> {
    let (end, ending) = COMPANIES.iter().filter_map(|ending| Some((run.find(ending)?, *ending))).min()?;
    let before = run.get(..end)?;
    let from = BEFORE.iter().filter_map(|word| Some(before.rfind(word)? + word.len())).max().unwrap_or(0);
    let name = before.get(from..)?;
    let letters = name.chars().count();
    ((2..=LONGEST).contains(&letters)).then_some((from, end + ending.len()))
}

fn person(run: &str) -> Option<(usize, usize)> {
    for word in BEFORE_PERSON {
        let Some(at) = run.find(word) else { continue };
        let from = at + word.len();
        let name = run.get(from..)?;
        if !name.chars().next().is_some_and(|first| FAMILIES.contains(first)) {
            continue;
        }
        for letters in 2..=3 {
            let length: usize = name.chars().take(letters).map(char::len_utf8).sum();
            let after = name.get(length..)?;
            if name.chars().count() > letters && AFTER_PERSON.iter().any(|said| after.starts_with(said)) {
                return Some((from, from + length));
            }
        }
    }
    None
}
