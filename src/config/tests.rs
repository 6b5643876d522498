//! The settings of tests whether a retry would pass; what they mean together is checked where prices are asked.

use clap::Args;
use secrecy::SecretString;

/// Where a test looks at the platform.
#[derive(Debug, Clone, Args)]
#[expect(rustdoc::bare_urls, reason = "the text is shown by --help, too")]
pub struct TestSettings {
    /// SQL by which a test of a retry finds models: gives `id, expired_date`; default: table llm where it exists.
    #[arg(long, env = "LLMAGE_TEST_MODELS_SQL", global = true)]
    pub test_models_sql: Option<String>,

    /// SQL by which a test finds pricing programs: gives `llmid, ppid` of each default map; default: table llm_api_map.
    #[arg(long, env = "LLMAGE_TEST_MAPS_SQL", global = true)]
    pub test_maps_sql: Option<String>,

    /// SQL by which a test finds accounts: gives `orgid, id`; without it a missing account is not looked for.
    #[arg(long, env = "LLMAGE_TEST_ACCOUNTS_SQL", global = true)]
    pub test_accounts_sql: Option<String>,

    /// Where a test asks the platform for the price of a usage, such as https://billing.example.com/price; it must write
    /// nothing.
    #[arg(long, env = "LLMAGE_PRICE_URL", global = true, hide_env_values = true)]
    pub price_url: Option<String>,

    /// At least 16 characters that sign the questions for prices; without it none is asked.
    #[arg(long, env = "LLMAGE_PRICE_SECRET", global = true, hide_env_values = true)]
    pub price_secret: Option<SecretString>,

    /// Whether prices may be asked at a private address: this machine, the local network.
    #[arg(long, env = "LLMAGE_PRICE_PRIVATE", default_value_t = false, global = true,
        action = clap::ArgAction::Set, value_name = "true|false")]
    pub price_private: bool,
}
