//! Objects as they are gathered, and handed to the threads once there are enough.

use std::collections::VecDeque;

use super::Loader;
use super::crew::{Flight, Load};
use crate::error::{ChunkKind, Result};
use crate::unit_of_work::UnitOfWork;
use crate::unit_of_work::chunk::Chunk;
use crate::unit_of_work::counters::Counters;
use crate::wire::ConsistencyLevel;

impl Loader {
    /// Begins an object: sends what is gathered, if that is enough.
    pub(super) fn begin(&mut self) -> Result<()> {
        self.go_on()?;
        let options = &self.work.options;
        let (bytes, rows) = (options.byte_limit, options.row_limit);
        let full = self.work.bytes >= bytes
            || self.work.pending.rows().len() >= rows
            || self.work.counters.rows.len() >= rows;
        if full && !self.inside {
            self.depart()?;
            self.tell();
        }
        Ok(())
    }

    /// Gathers one object.
    pub(super) fn one<T>(&mut self, gather: impl FnOnce(&mut UnitOfWork) -> Result<T>) -> Result<T> {
        self.begin()?;
        let done = gather(&mut self.work)?;
        if !self.inside {
            self.objects += 1;
        }
        Ok(done)
    }

    /// Hands what is gathered to the threads.
    pub(super) fn depart(&mut self) -> Result<()> {
        if !self.work.is_dirty() {
            self.nothing_departs();
            return Ok(());
        }
        let level = self.work.prepare().inspect_err(|_| self.cut_off = true)?;
        let (columns, counters) = (self.columns(level), self.counters(level));
        self.work.bytes = 0;
        let flight = Flight {
            number: self.flights,
            objects: self.objects,
            columns,
            counters,
            out: 0,
            added: Counters::default(),
            broken: false,
        };
        self.flights += 1;
        self.crew.depart(flight, self.requests);
        self.go_on()
    }

    /// What is written, in chunks; it leaves the unit.
    fn columns(&mut self, level: ConsistencyLevel) -> VecDeque<Load> {
        let (mut loads, mut done, limits) = (VecDeque::new(), 0, self.work.limits());
        while done < self.work.pending.rows().len() {
            let mut chunk = Chunk::default();
            self.work.fill_columns(&mut chunk, limits, done);
            done += chunk.rows();
            let sums = Counters::default();
            loads.push_back(Load { chunk, kind: ChunkKind::Columns, level, rows: Vec::new(), sums });
        }
        let mut rows = self.work.pending.take_first(done).into_iter();
        for load in &mut loads {
            load.rows.reserve_exact(load.chunk.rows());
            for row in rows.by_ref().take(load.chunk.rows()) {
                let more = row.families().skip(1).map(|(family, _)| (family, row.key.clone()));
                load.rows.extend(more);
                let first = row.families().next().map_or(0, |(family, _)| family);
                load.rows.push((first, row.key));
            }
        }
        loads
    }

    /// What is added to counters, in chunks; it leaves the unit.
    fn counters(&mut self, level: ConsistencyLevel) -> VecDeque<Load> {
        let (mut loads, limits) = (VecDeque::new(), self.work.limits());
        while !self.work.counters.is_empty() {
            let mut chunk = Chunk::default();
            self.work.fill_counters(&mut chunk, limits, 0);
            let sums = self.work.counters.take_first(chunk.rows());
            let rows =
                sums.rows.iter().flat_map(|(key, row)| row.keys().map(|family| (*family, key.clone())));
            let rows = rows.collect();
            loads.push_back(Load { chunk, kind: ChunkKind::Counters, level, rows, sums });
        }
        loads
    }

    /// Objects without a column need not be sent: they are acknowledged with those before them.
    fn nothing_departs(&mut self) {
        let mut state = self.crew.state();
        if let Some(last) = state.flights.back_mut() {
            last.objects = self.objects;
        } else if !state.stopped {
            state.acknowledged = self.objects;
        }
    }
}
