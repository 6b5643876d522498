//! Roles, each with everything that the ones before it may do.

use std::fmt;
use std::str::FromStr;

/// What a person may do. Ordered: viewer < operator < admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// All pages and the CSV.
    Viewer,
    /// Also handle, reopen, edit and record failures.
    Operator,
    /// Also delete, users, tokens, archive.
    Admin,
}

impl Role {
    pub const ALL: [Role; 3] = [Role::Viewer, Role::Operator, Role::Admin];

    /// As stored and as typed on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Role, String> {
        let known = Role::ALL.into_iter().find(|role| role.as_str() == text);
        known.ok_or_else(|| "must be viewer, operator or admin".to_owned())
    }
}

/// What somebody or something may do: a role, or the one thing that platforms do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    Role(Role),
    /// A program that may only record failures and create usages; it sees no page and no list.
    Reporter,
}

impl Grant {
    pub const ALL: [Grant; 4] =
        [Grant::Reporter, Grant::Role(Role::Viewer), Grant::Role(Role::Operator), Grant::Role(Role::Admin)];

    /// Whether it may read failures and usages.
    pub fn reads(self) -> bool {
        matches!(self, Grant::Role(_))
    }

    /// As stored and as typed on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Grant::Role(role) => role.as_str(),
            Grant::Reporter => "reporter",
        }
    }
}

impl FromStr for Grant {
    type Err = String;

    fn from_str(text: &str) -> Result<Grant, String> {
        let known = Grant::ALL.into_iter().find(|grant| grant.as_str() == text);
        known.ok_or_else(|| "must be reporter, viewer, operator or admin".to_owned())
    }
}
