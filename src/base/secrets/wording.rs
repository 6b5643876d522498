//! Words behind the name of a secret that tell how it is: for masking and for causes alike.

use std::collections::HashSet;
use std::sync::LazyLock;

static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("wording.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Chinese that begins such wording.
const CHINESE: [&str; 45] = [
    "已", "未", "不", "无", "过期", "失效", "错误", "有误", "失败", "缺失", "缺少", "为空", "必", "请", "或",
    "和", "与", "的", "是否", "被", "异常", "非法", "格式", "校验", "验证", "认证", "鉴权", "权限", "额度",
    "余额", "需要", "应", "超", "重复", "正确", "有效", "尚", "没", "长度", "类型", "可能", "检查", "配置",
    "解析", "空",
];

/// Whether a word is such wording.
pub fn is_word(word: &str) -> bool {
    let bare = word.trim_matches(|sign: char| !sign.is_alphanumeric());
    if bare.is_empty() {
        return true;
    }
    if bare.starts_with(|first: char| !first.is_ascii()) {
        return CHINESE.iter().any(|begin| bare.starts_with(begin));
    }
    WORDS.contains(bare.to_ascii_lowercase().as_str())
}

/// Whether a value behind the name of a secret is wording from its beginning to its end.
pub fn is_wording(value: &str) -> bool {
    let mut words = value.split(|sign: char| sign.is_whitespace() || ",;:/.!?()'\"".contains(sign));
    value.len() <= 400 && words.all(is_word)
}
