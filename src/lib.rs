#![doc = include_str!("README.md")]

pub mod text;

pub mod error;
pub mod model;
pub mod syntax;

pub mod classify;
pub mod judge;
pub mod link;
pub mod normalize;
pub mod pair;
pub mod restore;
pub mod rewrite;
pub mod scan;
pub mod suggest;

pub mod discover;
pub mod fingerprint;
pub mod ledger;
pub mod snapshot;
pub mod store;

pub mod plan;
pub mod run;

pub mod config;
pub mod pipeline;
pub mod report;

pub mod cli;
