//! What the derive says to a mistake, and what it takes. The texts are those of one compiler version: after an update
//! of the compiler, `TRYBUILD=overwrite` writes them anew, to be read before they are committed.

#[test]
fn the_derive_answers_each_mistake() {
    let cases = trybuild::TestCases::new();
    for kind in ["attributes", "keys", "names", "roles", "serde", "types", "verbs", "wide"] {
        cases.compile_fail(format!("tests/ui/{kind}/*.rs"));
    }
    cases.pass("tests/ui/pass/*.rs");
}
