//! Tests by the public door, one module a theme.

#![cfg(all(feature = "derive", feature = "embedded"))]

mod batch;
mod column_family;
mod embedded_cluster;
mod embedded_connections;
mod embedded_faults;
mod embedded_indexes;
mod embedded_limits;
mod embedded_model;
mod embedded_near;
mod embedded_partitioners;
mod embedded_replies;
mod embedded_restart;
mod embedded_rows;
mod embedded_schema;
#[cfg(feature = "tls")]
mod embedded_tls;
mod embedded_users;
mod embedded_wide;
mod examples;
mod guide;
mod guide_promises;
mod log;
mod mapper;
mod mapper_cluster;
mod mapper_wide;
mod pool;
mod pool_accounts;
mod pool_calls;
mod pool_chaos;
mod pool_cluster;
mod pool_down;
mod pool_end;
mod pool_hosts;
mod pool_ledger;
mod pool_outcomes;
mod pool_pycassa;
mod pool_support;
#[cfg(feature = "tls")]
mod pool_tls;
mod raw;
mod schema;
mod schema_kinds;
mod scripted;
#[cfg(feature = "cli")]
mod serve;
#[cfg(feature = "cli")]
mod serve_options;
mod support;
mod system_manager;
mod transcripts;
mod ui;
mod unit_of_work;
