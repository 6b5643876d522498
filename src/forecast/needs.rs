//! What a cause says must be there for the next try to pass, and what of it no table of the platform tells.

use crate::causes::family::Family;
use crate::causes::outcome;

/// What a cause asks for beside what every usage needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// The factor that the price did not find in the usage.
    pub factor: Option<String>,
    /// Whether the organisation lacked an account.
    pub account: bool,
    /// Key of the words for what only somebody else knows.
    pub beyond: Option<&'static str>,
    /// Whether nobody knows if the customer was charged before it failed.
    pub is_outcome_unknown: bool,
}

/// Errors of the database that pass by themselves: nothing was written, and nothing but the moment was wrong.
const OF_THE_MOMENT: [&str; 3] = ["(1213,", "(1205,", "(1040,"];

/// What the cause of that wording asks for.
pub fn of(template: &str, family: Family) -> Needs {
    let is_outcome_unknown = outcome::is_unknown(template, family);
    Needs { is_outcome_unknown, ..lacked(template, family, is_outcome_unknown) }
}

fn lacked(template: &str, family: Family, is_outcome_unknown: bool) -> Needs {
    let beyond = |key| Needs { beyond: Some(key), ..Needs::default() };
    match family {
        Family::NoUsage | Family::Model => Needs::default(),
        // The map of the model tells whether there is one now.
        Family::NoPrice if template.contains("ppid=None") => Needs::default(),
        Family::NoPrice => beyond("test-beyond-price"),
        Family::PriceEngine => match factor(template) {
            Some(factor) => Needs { factor: Some(factor), ..Needs::default() },
            None => beyond("test-beyond-engine"),
        },
        Family::RemoteCentre => beyond("test-beyond-remote"),
        Family::Balance if template.contains("account not found") => {
            Needs { account: true, ..Needs::default() }
        }
        Family::Balance => beyond("test-beyond-balance"),
        Family::Database if OF_THE_MOMENT.iter().any(|error| template.starts_with(error)) => Needs::default(),
        Family::Database if is_outcome_unknown => beyond("test-beyond-lost"),
        Family::Database => beyond("test-beyond-schema"),
        Family::Code | Family::Other => beyond("test-beyond-other"),
    }
}

/// `llm_charging failed: 'prompt_tokens'`: the price looked for that and found nothing.
fn factor(template: &str) -> Option<String> {
    let name = template.strip_prefix("llm_charging failed: '")?.strip_suffix('\'')?;
    let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causes::cause::Cause;

    fn of_reason(reason: &str) -> Needs {
        let cause = Cause::of(Some(reason));
        of(&cause.template, cause.family)
    }

    #[test]
    fn each_wording_of_the_platform_says_what_it_lacked() {
        let nothing = Needs::default();
        let unpriced = |ppid: &str| {
            format!(
                "llm_charging failed: ppid={ppid}, usages={{'a': 1}}llmusage.id='x'  env.buffered_charging() return None"
            )
        };
        for (reason, needs) in [
            ("usages is None", nothing.clone()),
            ("llm not found(m1)", nothing.clone()),
            ("llm (m1) donot has a pricing_program", nothing.clone()),
            (&*unpriced("None"), nothing.clone()),
            ("(1213, 'Deadlock found when trying to get lock; try restarting transaction')", nothing.clone()),
            (
                "llm_charging failed: 'prompt_tokens'",
                Needs { factor: Some("prompt_tokens".to_owned()), ..nothing.clone() },
            ),
            ("account not found: orgid=o1, subject=客户资金账户", Needs { account: true, ..nothing }),
        ] {
            assert_eq!(of_reason(reason), needs, "{reason}");
        }
        for (reason, beyond) in [
            (&*unpriced("'p1'"), "test-beyond-price"),
            ("llm_charging failed: pricing spec data not found", "test-beyond-price"),
            ("llm_charging failed: Expecting value: line 1 column 1 (char 0)", "test-beyond-engine"),
            ("502, message='Bad Gateway', url='https://a.example.com/x'", "test-beyond-remote"),
            ("账户余额不够", "test-beyond-balance"),
            ("(1054, \"Unknown column 'cost' in 'field list'\")", "test-beyond-schema"),
            ("(2013, 'Lost connection to MySQL server during query')", "test-beyond-lost"),
            (
                "(2006, \"MySQL server has gone away (BrokenPipeError(32, 'Broken pipe'))\")",
                "test-beyond-lost",
            ),
            ("accounting failed", "test-beyond-other"),
        ] {
            assert_eq!(of_reason(reason).beyond, Some(beyond), "{reason}");
        }
    }
}
