//! How the components of a composite stand in its bytes: for `CompositeType` two bytes of length, the value, and the
//! end-of-component byte; for `DynamicCompositeType` each with its type before it.

use std::borrow::Cow;

use super::Class;

/// How a composite ends: what its last end-of-component byte says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Before all names that begin with these components.
    Before,
    /// A name of its own.
    Name,
    /// After all names that begin with these components.
    After,
}

impl End {
    fn of(byte: u8) -> End {
        match byte.cast_signed() {
            ..0 => End::Before,
            0 => End::Name,
            1.. => End::After,
        }
    }

    pub(crate) fn byte(self) -> u8 {
        match self {
            End::Before => 0xff,
            End::Name => 0,
            End::After => 1,
        }
    }
}

/// A component: its class, and the bytes of its value.
#[derive(Clone, Debug)]
pub(crate) struct Component<'a> {
    pub(crate) class: Cow<'a, Class>,
    /// For a dynamic composite, what names the class in the bytes.
    pub(crate) kind: Option<Kind<'a>>,
    pub(crate) value: &'a [u8],
    /// `None` where another component follows.
    pub(crate) end: Option<End>,
}

/// What names the class of a component of a dynamic composite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    Alias(u8),
    Name(&'a str),
}

/// What is wrong where the components of a name cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    TooMany,
    CutType,
    UnknownType,
    CutLength,
    CutValue,
    CutEnd,
    AfterTheEnd,
}

impl Broken {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Broken::TooMany => "no more components than the type has",
            Broken::CutType => "a component with its whole type",
            Broken::UnknownType => "a component of a type that is known",
            Broken::CutLength => "a component with two bytes of length",
            Broken::CutValue => "a component with as many bytes as its length says",
            Broken::CutEnd => "a component with its end byte",
            Broken::AfterTheEnd => "nothing after an end byte that is not zero",
        }
    }
}

/// The classes of a composite's components.
#[derive(Clone, Copy)]
pub(crate) enum Classes<'a> {
    Fixed(&'a [Class]),
    Dynamic(&'a [(u8, Class)]),
}

/// The components of a name; after something broken there are no more.
#[derive(Clone)]
pub(crate) struct Components<'a> {
    classes: Classes<'a>,
    /// Cassandra puts this before the static columns of a CQL table.
    is_static: bool,
    rest: &'a [u8],
    done: bool,
    at: usize,
}

const STATIC: [u8; 2] = [0xff, 0xff];

impl<'a> Components<'a> {
    pub(crate) fn new(classes: Classes<'a>, name: &'a [u8]) -> Components<'a> {
        let after = name.strip_prefix(&STATIC).filter(|_| matches!(classes, Classes::Fixed(_)));
        Components { classes, is_static: after.is_some(), rest: after.unwrap_or(name), done: false, at: 0 }
    }

    pub(crate) fn is_static(&self) -> bool {
        self.is_static
    }

    /// The bytes that have not been read; after something broken, those of the component that is.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn component(&mut self) -> Result<Component<'a>, Broken> {
        let mut rest = self.rest;
        let (class, kind) = match self.classes {
            Classes::Fixed(classes) => (Cow::Borrowed(classes.get(self.at).ok_or(Broken::TooMany)?), None),
            Classes::Dynamic(aliases) => {
                let (class, kind) = dynamic_class(aliases, &mut rest)?;
                (class, Some(kind))
            }
        };
        let length = take(&mut rest, 2).ok_or(Broken::CutLength)?;
        let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
        let value = take(&mut rest, length).ok_or(Broken::CutValue)?;
        let end = End::of(take(&mut rest, 1).ok_or(Broken::CutEnd)?[0]);
        let end = match end {
            _ if rest.is_empty() => Some(end),
            End::Name => None,
            _ => return Err(Broken::AfterTheEnd),
        };
        self.at += 1;
        self.rest = rest;
        Ok(Component { class, kind, value, end })
    }
}

impl<'a> Iterator for Components<'a> {
    type Item = Result<Component<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done || self.rest.is_empty() {
            return None;
        }
        let component = self.component();
        self.done = component.is_err();
        Some(component)
    }
}

fn take<'a>(rest: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(n)?;
    *rest = after;
    Some(taken)
}

const ALIAS: u8 = 0x80;

fn dynamic_class<'a>(
    aliases: &'a [(u8, Class)],
    rest: &mut &'a [u8],
) -> Result<(Cow<'a, Class>, Kind<'a>), Broken> {
    let header = take(rest, 2).ok_or(Broken::CutType)?;
    if header[0] & ALIAS != 0 {
        let class = alias_class(aliases, header[1]).ok_or(Broken::UnknownType)?;
        return Ok((Cow::Borrowed(class), Kind::Alias(header[1])));
    }
    let length = usize::from(u16::from_be_bytes([header[0], header[1]]));
    let name = take(rest, length).ok_or(Broken::CutType)?;
    let name = std::str::from_utf8(name).map_err(|_| Broken::UnknownType)?;
    let class = named_class(name).ok_or(Broken::UnknownType)?;
    Ok((Cow::Owned(class), Kind::Name(name)))
}

pub(crate) fn alias_class(aliases: &[(u8, Class)], alias: u8) -> Option<&Class> {
    let at = aliases.iter().position(|(other, _)| *other == alias)?;
    Some(&aliases[at].1)
}

/// The class of a component that carries its name. A dynamic composite in it is refused: such names could nest without
/// end.
pub(crate) fn named_class(name: &str) -> Option<Class> {
    Class::parse(name).ok().filter(|class| class.is_known() && !holds_dynamic(class))
}

fn holds_dynamic(class: &Class) -> bool {
    match class {
        Class::DynamicComposite(_) => true,
        Class::Composite(classes) => classes.iter().any(holds_dynamic),
        Class::Map(classes) => classes.iter().any(holds_dynamic),
        Class::Reversed(class) | Class::Frozen(class) | Class::List(class) | Class::Set(class) => {
            holds_dynamic(class)
        }
        _ => false,
    }
}

/// Appends what names the class of a component of a dynamic composite.
pub(crate) fn put_kind(kind: Kind<'_>, out: &mut Vec<u8>) -> Option<()> {
    match kind {
        Kind::Alias(alias) => out.extend_from_slice(&[ALIAS, alias]),
        Kind::Name(name) => {
            let length = u16::try_from(name.len()).ok().filter(|length| length >> 15 == 0)?;
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(name.as_bytes());
        }
    }
    Some(())
}

/// Appends a component whose value `put` appends; `None` where the value is longer than 65,535 bytes.
pub(crate) fn put_component<E>(
    out: &mut Vec<u8>,
    end: End,
    put: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<Option<()>, E> {
    let place = out.len();
    out.extend_from_slice(&[0; 2]);
    put(out)?;
    let Ok(length) = u16::try_from(out.len() - place - 2) else { return Ok(None) };
    out[place..place + 2].copy_from_slice(&length.to_be_bytes());
    out.push(end.byte());
    Ok(Some(()))
}
