//! serde's `rename_all` rules. The names must come out exactly as serde's own.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const RULES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn parse(rule: &str) -> Option<Case> {
        RULES.iter().find(|(name, _)| *name == rule).map(|(_, case)| *case)
    }

    pub(crate) fn rules() -> String {
        RULES.map(|(name, _)| format!("`{name}`")).join(", ")
    }

    /// Of a field's name, which serde takes to be in snake case whatever it looks like.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Case::Lower | Case::Snake => field.to_owned(),
            Case::Upper | Case::ScreamingSnake => field.to_ascii_uppercase(),
            Case::Pascal => pascal(field),
            Case::Camel => {
                let pascal = pascal(field);
                let mut characters = pascal.chars();
                match characters.next() {
                    Some(first) => first.to_ascii_lowercase().to_string() + characters.as_str(),
                    None => pascal,
                }
            }
            Case::Kebab => field.replace('_', "-"),
            Case::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let mut word_begins = true;
    let mut name = String::with_capacity(field.len());
    for character in field.chars() {
        if character == '_' {
            word_begins = true;
        } else if word_begins {
            name.push(character.to_ascii_uppercase());
            word_begins = false;
        } else {
            name.push(character);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_renamed_as_serde_does() {
        let table = [
            ("lowercase", "tail_num", "tail_num"),
            ("UPPERCASE", "tail_num", "TAIL_NUM"),
            ("PascalCase", "tail_num", "TailNum"),
            ("camelCase", "tail_num", "tailNum"),
            ("camelCase", "_tail__num_", "tailNum"),
            ("snake_case", "tailNum", "tailNum"),
            ("SCREAMING_SNAKE_CASE", "tail_num", "TAIL_NUM"),
            ("kebab-case", "tail_num", "tail-num"),
            ("SCREAMING-KEBAB-CASE", "tail_num", "TAIL-NUM"),
        ];
        for (rule, field, expected) in table {
            let case = Case::parse(rule).expect("a rule of serde's");
            assert_eq!(case.apply(field), expected, "{rule} of {field}");
        }
        assert_eq!(Case::parse("Camelcase"), None);
    }
}
