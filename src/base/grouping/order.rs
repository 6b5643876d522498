//! The order of groups.

use super::group::Group;

/// By what groups are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupColumn {
    Key,
    Count,
    Amount,
    Cost,
    Margin,
}

/// An order of groups; ties by what they share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupOrder {
    pub column: GroupColumn,
    pub descending: bool,
}

/// The names of all orders of groups, and none at all.
pub const GROUP_ORDERS: [&str; 11] =
    ["group", "-group", "count", "-count", "amount", "-amount", "cost", "-cost", "margin", "-margin", ""];

impl GroupColumn {
    pub const ALL: [GroupColumn; 5] =
        [GroupColumn::Key, GroupColumn::Count, GroupColumn::Amount, GroupColumn::Cost, GroupColumn::Margin];

    /// As in the query of a list.
    pub fn as_str(self) -> &'static str {
        match self {
            GroupColumn::Key => "group",
            GroupColumn::Count => "count",
            GroupColumn::Amount => "amount",
            GroupColumn::Cost => "cost",
            GroupColumn::Margin => "margin",
        }
    }
}

impl GroupOrder {
    /// The order of that name; `-` is descending.
    pub fn parse(text: &str) -> Option<GroupOrder> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let column = GroupColumn::ALL.into_iter().find(|column| column.as_str() == name)?;
        Some(GroupOrder { column, descending })
    }

    /// As in the query of a list.
    pub fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.as_str())
    }
}

/// Puts groups in an order; among equals, and by what they share, those without any such thing come first.
pub fn sort(groups: &mut [Group], order: GroupOrder) {
    groups.sort_by(|one, other| {
        let ascending = match order.column {
            GroupColumn::Key => one.keys.cmp(&other.keys),
            GroupColumn::Count => one.count.cmp(&other.count),
            GroupColumn::Amount => one.amount.cmp(&other.amount),
            GroupColumn::Cost => one.cost.cmp(&other.cost),
            GroupColumn::Margin => one.margin().cmp(&other.margin()),
        };
        let ordered = if order.descending { ascending.reverse() } else { ascending };
        ordered.then_with(|| one.keys.cmp(&other.keys))
    });
}
