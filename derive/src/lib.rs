//! The derive macro of `cassa`.
