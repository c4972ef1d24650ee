//! Reads the names of classes.

use super::class::PACKAGE;
use super::{Class, InvalidClass};

/// Deeper than any comparator in earnest nests.
const MAX_DEPTH: u32 = 16;

type Parsed<T> = Result<T, &'static str>;

/// Reads a class name, see [`Class::parse`].
pub(super) fn parse(text: &str) -> Result<Class, InvalidClass> {
    let mut parser = Parser { rest: text, depth: 0 };
    parser
        .class()
        .and_then(|class| {
            parser.skip_blank();
            let after = "nothing may follow the class";
            if parser.rest.is_empty() { Ok(class) } else { Err(after) }
        })
        .map_err(|why| InvalidClass::new(text, why))
}

struct Parser<'t> {
    rest: &'t str,
    depth: u32,
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".-_+&".contains(&byte)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n')
}

impl<'t> Parser<'t> {
    fn skip_blank(&mut self) {
        self.rest = self.rest.trim_start_matches(is_blank);
    }

    /// Between parameters Cassandra takes any number of commas.
    fn skip_blank_and_commas(&mut self) {
        self.rest = self.rest.trim_start_matches(|c| is_blank(c) || c == ',');
    }

    fn accept(&mut self, token: &str) -> bool {
        self.skip_blank();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// The bytes of a name; there may be none.
    fn word(&mut self) -> &'t str {
        self.skip_blank();
        let end = self.rest.bytes().position(|byte| !is_name_byte(byte)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn class(&mut self) -> Parsed<Class> {
        self.skip_blank();
        let start = self.rest;
        let name = self.word();
        if name.is_empty() {
            return Err(match self.depth {
                0 if start.is_empty() => "the text is empty",
                0 => "a name has to come first",
                _ => "a parameter has a character that Cassandra does not know",
            });
        }
        if self.depth == MAX_DEPTH {
            return Err("the parameters nest too deep");
        }
        self.depth += 1;
        let class = self.parameterized(name, start)?;
        self.depth -= 1;
        Ok(class)
    }

    /// The class `name`, which stands at `start`, with what parameters follow it.
    fn parameterized(&mut self, name: &'t str, start: &'t str) -> Parsed<Class> {
        let one = |classes: Vec<Class>| match <[Class; 1]>::try_from(classes) {
            Ok([class]) => Ok(class),
            Err(_) => Err("this type takes exactly one parameter"),
        };
        let short = name.strip_prefix(PACKAGE).unwrap_or(name);
        match short {
            "CompositeType" => Ok(Class::composite(self.classes()?)),
            "DynamicCompositeType" => self.aliases().map(|aliases| Class::DynamicComposite(aliases.into())),
            "ReversedType" => Ok(Class::reversed(one(self.classes()?)?)),
            "FrozenType" => Ok(Class::Frozen(one(self.classes()?)?.into())),
            "ListType" => Ok(Class::List(one(self.classes()?)?.into())),
            "SetType" => Ok(Class::Set(one(self.classes()?)?.into())),
            "MapType" => match <[Class; 2]>::try_from(self.classes()?) {
                Ok(pair) => Ok(Class::Map(pair.into())),
                Err(_) => Err("MapType takes exactly two parameters"),
            },
            _ => match Class::KNOWN.into_iter().find(|class| class.name() == short) {
                Some(class) => Ok(if self.reversed_parameter()? { Class::reversed(class) } else { class }),
                None => {
                    self.skip_parameters()?;
                    let length = start.len() - self.rest.len();
                    Ok(Class::Custom(start[..length].trim_end_matches(is_blank).into()))
                }
            },
        }
    }

    /// Calls `parameter` until the parenthesis closes.
    fn parameters(&mut self, mut parameter: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        if !self.accept("(") {
            return Ok(());
        }
        loop {
            self.skip_blank_and_commas();
            if self.rest.is_empty() {
                return Err("a parenthesis is not closed");
            }
            if self.accept(")") {
                return Ok(());
            }
            let before = self.rest.len();
            parameter(self)?;
            if self.rest.len() == before {
                return Err("a parameter has a character that Cassandra does not know");
            }
        }
    }

    /// `(LongType, UTF8Type)`: at least one.
    fn classes(&mut self) -> Parsed<Vec<Class>> {
        let mut classes = Vec::new();
        self.parameters(|parser| parser.class().map(|class| classes.push(class)))?;
        if classes.is_empty() { Err("this type needs parameters") } else { Ok(classes) }
    }

    /// `(a=>AsciiType, l=>LongType)`, in the order of the aliases; of two equal ones the last counts.
    fn aliases(&mut self) -> Parsed<Vec<(u8, Class)>> {
        let mut aliases: Vec<(u8, Class)> = Vec::new();
        self.parameters(|parser| {
            let &[alias] = parser.word().as_bytes() else {
                return Err("an alias is a single letter or digit");
            };
            if !parser.accept("=>") {
                return Err("an alias is followed by => and a type");
            }
            let class = parser.class()?;
            match aliases.binary_search_by_key(&alias, |(alias, _)| *alias) {
                Ok(at) => aliases[at].1 = class,
                Err(at) => aliases.insert(at, (alias, class)),
            }
            Ok(())
        })?;
        Ok(aliases)
    }

    /// `(reversed=true)`, which every type without parameters of its own takes; other keys change nothing.
    fn reversed_parameter(&mut self) -> Parsed<bool> {
        let mut reversed = false;
        self.parameters(|parser| {
            let key = parser.word();
            let value = if parser.accept("=") { parser.word() } else { "" };
            if key == "reversed" {
                reversed = matches!(value, "" | "true");
            }
            Ok(())
        })?;
        Ok(reversed)
    }

    /// The parameters of a type that has no variant of its own: characters of names, separators, parentheses.
    fn skip_parameters(&mut self) -> Parsed<()> {
        self.skip_blank();
        if !self.rest.starts_with('(') {
            let plain = self.rest.is_empty() || self.depth > 1;
            return if plain {
                Ok(())
            } else {
                Err("only letters, digits and . _ - + & may stand in a name")
            };
        }
        let mut depth = 0_usize;
        for (at, byte) in self.rest.bytes().enumerate() {
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        self.rest = &self.rest[at + 1..];
                        return Ok(());
                    }
                }
                b',' | b'=' | b'>' | b':' | b' ' | b'\t' | b'\n' => {}
                other if is_name_byte(other) => {}
                _ => return Err("a parameter has a character that Cassandra does not know"),
            }
        }
        Err("a parenthesis is not closed")
    }
}
