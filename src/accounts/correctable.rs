//! Which fields of a failed usage may be corrected, and from which role on.

use std::str::FromStr;

use super::role::{Grant, Role};

/// The columns that a correction may ever touch.
pub const COLUMNS: [&str; 4] = ["llmid", "userid", "userorgid", "usages"];

/// The fields that may be corrected, each with the least role.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correctable(Vec<(&'static str, Role)>);

impl Correctable {
    /// The fields that this role may correct.
    pub fn of(&self, role: Role) -> Vec<&'static str> {
        self.0.iter().filter(|(_, least)| role >= *least).map(|(column, _)| *column).collect()
    }

    /// The fields that a program with this grant may correct.
    pub fn granted(&self, grant: Grant) -> Vec<&'static str> {
        match grant {
            Grant::Role(role) => self.of(role),
            Grant::Reporter => Vec::new(),
        }
    }
}

impl FromStr for Correctable {
    type Err = String;

    fn from_str(text: &str) -> Result<Correctable, String> {
        let mut fields: Vec<(&'static str, Role)> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, role) = part.split_once(':').ok_or_else(|| format!("{part}: must be field:role"))?;
            let column = COLUMNS.into_iter().find(|column| *column == name.trim());
            let column = column.ok_or_else(|| format!("{name}: must be one of {}", COLUMNS.join(", ")))?;
            let role: Role = role.trim().parse().map_err(|why| format!("{part}: the role {why}"))?;
            if role == Role::Viewer {
                return Err(format!("{part}: the role must be operator or admin"));
            }
            if fields.iter().any(|(known, _)| *known == column) {
                return Err(format!("{column} stands there twice"));
            }
            fields.push((column, role));
        }
        Ok(Correctable(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_corrects_what_the_setting_gives_it() {
        let set: Correctable = "llmid:operator, userorgid:admin".parse().unwrap();
        assert_eq!(set.of(Role::Operator), ["llmid"]);
        assert_eq!(set.of(Role::Admin), ["llmid", "userorgid"]);
        assert!("".parse::<Correctable>().unwrap().of(Role::Admin).is_empty());
        for wrong in ["llmid", "amount:admin", "llmid:boss", "llmid:viewer", "llmid:admin,llmid:operator"] {
            assert!(wrong.parse::<Correctable>().is_err(), "{wrong}");
        }
    }
}
