//! The CSV of groups: what they share, with names, then count, money and share.

use super::{Dimension, Group, Grouping, percent, sum};
use crate::base::csv::{Sink, Writer};
use crate::error::Result;

/// What is written of each group behind what it shares; the share is a number of percents of the amount of all.
const SUMS: [&str; 5] = ["count", "sum_amount", "sum_cost", "margin", "share"];

/// What the names of a dimension are called, where its keys have any.
fn column_of_names(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Model => Some("model_name"),
        Dimension::Organisation => Some("organisation_name"),
        Dimension::User => Some("user_name"),
        Dimension::Cause => Some("cause_title"),
        _ => None,
    }
}

/// Writes groups in their order; `name` knows the names of keys.
///
/// # Errors
/// What was handed to the sink until then is no file: the transfer must end as broken.
pub fn write(
    groups: &[Group],
    grouping: Grouping,
    name: &dyn Fn(Dimension, &str) -> Option<String>,
    bom: bool,
    sink: Sink<'_>,
) -> Result<()> {
    let columns = |dimension: Dimension| {
        [Some(dimension.as_str()), column_of_names(dimension)].into_iter().flatten().collect::<Vec<_>>()
    };
    let header: Vec<&str> = grouping.dimensions().flat_map(columns).chain(SUMS).collect();
    let mut writer = Writer::new(sink, bom, &header)?;
    let whole = sum(groups).amount;
    for group in groups {
        for (dimension, key) in grouping.dimensions().zip(&group.keys) {
            writer.text(key.as_deref())?;
            if column_of_names(dimension).is_some() {
                let found = key.as_deref().and_then(|key| name(dimension, key));
                writer.text(found.as_deref())?;
            }
        }
        writer.number(Some(group.count))?;
        writer.number(Some(group.amount))?;
        writer.number(Some(group.cost))?;
        writer.number(Some(group.margin()))?;
        writer.number(group.share(whole).map(percent))?;
        writer.end_row()?;
    }
    writer.finish()
}
