# What CI runs
check:
    .ci/run

# All tests, as the README runs them
test:
    cargo test --workspace --all-features

# The random tests with other numbers than CI's and many more of them, then each fuzz target for ten minutes
explore:
    PROPTEST_CASES=20000 CASSA_WORK_ROUNDS=2000 cargo test --release --workspace --all-features
    fuzz/run 600

# The quick start against an embedded server
example:
    cargo run --example quick_start

format:
    cargo fmt --all
