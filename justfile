# What CI runs
check:
    .ci/run

# All tests, as the README runs them
test:
    cargo test --workspace --all-features

# The quick start against an embedded server
example:
    cargo run --example quick_start

format:
    cargo fmt --all
