struct Latest<'a, T: Copy, U, const N: usize>
where
    U: Clone,
{
    #[cassa(key)]
    sensor: &'a str,
    value: Option<T>,
    #[cassa(json)]
    raw: U,
    hash: [u8; N],
}
