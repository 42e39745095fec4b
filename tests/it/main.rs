//! All integration tests, in one binary.

mod properties;
mod scan;
mod tidy;
