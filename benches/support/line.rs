//! The bare side: a client that does nothing but send and read.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cassa::wire::methods::SetKeyspace;

use super::Any;

pub(crate) struct Line {
    stream: TcpStream,
    reply: Vec<u8>,
}

impl Line {
    pub(crate) fn open(address: SocketAddr, keyspace: &str) -> Any<Line> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut line = Line { stream, reply: Vec::new() };
        let mut frame = Vec::new();
        cassa::wire::encode_call(&SetKeyspace { keyspace: keyspace.to_owned() }, 1, &mut frame);
        line.exchange(&frame)?;
        Ok(line)
    }

    pub(crate) fn exchange(&mut self, frame: &[u8]) -> Any<()> {
        self.stream.write_all(frame)?;
        let mut length = [0; 4];
        self.stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        // as large as the largest so far: to fill it with zeros each time would be the bench's own work
        if self.reply.len() < length {
            self.reply.resize(length, 0);
        }
        self.stream.read_exact(&mut self.reply[..length])?;
        Ok(())
    }
}
