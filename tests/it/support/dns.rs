//! A resolver on loopback that answers what it was told: TXT, A, AAAA and MX by name, over UDP, and over TCP what is too long for that.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// Records by name and type.
#[derive(Clone, Debug)]
pub(crate) enum Record {
    /// One text, cut into strings of 255 as zone files want it.
    Txt(String),
    Address(IpAddr),
    Exchanger(&'static str),
    /// No answer at all.
    Silence,
}

#[derive(Default)]
struct State {
    zone: HashMap<String, Vec<Record>>,
    questions: usize,
    by_tcp: usize,
}

/// A running resolver.
pub(crate) struct Dns {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// Bytes of an answer that still go over UDP, as this server likes it.
const UDP_MOST: usize = 1_232;

impl Dns {
    /// Listens on a free port of this machine until the runtime ends.
    pub(crate) async fn start() -> Self {
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
            // The same port by TCP may be taken by somebody else.
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("its address")).await {
                break (udp, tcp);
            }
        };
        let address = udp.local_addr().expect("its address");
        let state = Arc::new(Mutex::new(State::default()));
        let (by_udp, by_tcp) = (Arc::clone(&state), Arc::clone(&state));
        tokio::spawn(async move {
            let mut buffer = [0; 2_048];
            while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
                if let Some(answer) = answer(&by_udp, &buffer[..length], UDP_MOST) {
                    let _gone = udp.send_to(&answer, from).await;
                }
            }
        });
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = tcp.accept().await {
                let state = Arc::clone(&by_tcp);
                tokio::spawn(async move {
                    while let Ok(length) = stream.read_u16().await {
                        let mut question = vec![0; length.into()];
                        stream.read_exact(&mut question).await?;
                        state.lock().unwrap().by_tcp += 1;
                        if let Some(answer) = answer(&state, &question, usize::MAX) {
                            stream.write_u16(answer.len().try_into().expect("a short answer")).await?;
                            stream.write_all(&answer).await?;
                        }
                    }
                    Ok::<_, std::io::Error>(())
                });
            }
        });
        Self { address, state }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands at a name from now on.
    pub(crate) fn set(&self, name: &str, records: &[Record]) {
        self.state.lock().unwrap().zone.insert(name.to_owned(), records.to_vec());
    }

    /// One text.
    pub(crate) fn txt(&self, name: &str, text: &str) {
        self.set(name, &[Record::Txt(text.to_owned())]);
    }

    /// Takes a name out.
    pub(crate) fn remove(&self, name: &str) {
        self.state.lock().unwrap().zone.remove(name);
    }

    /// Questions so far, and how many of them came by TCP.
    pub(crate) fn questions(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.questions, state.by_tcp)
    }
}

fn answer(state: &Mutex<State>, question: &[u8], most: usize) -> Option<Vec<u8>> {
    let (name, kind, end) = asked(question)?;
    let mut state = state.lock().unwrap();
    state.questions += 1;
    let known = state.zone.get(&name);
    let records = known.cloned().unwrap_or_default();
    if records.iter().any(|record| matches!(record, Record::Silence)) {
        return None;
    }
    let data: Vec<Vec<u8>> = records.iter().filter_map(|record| data(record, kind)).collect();
    let mut out = question[..2].to_vec();
    // An answer, recursion wanted and available; no such name where there is none.
    let code = if known.is_some() { 0 } else { 3 };
    out.extend_from_slice(&[0x81, 0x80 | code, 0, 1]);
    out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
    out.extend_from_slice(&[0, 0, 0, 0]);
    out.extend_from_slice(&question[12..end]);
    for data in data {
        out.extend_from_slice(&[0xC0, 0x0C]);
        out.extend_from_slice(&kind.to_be_bytes());
        out.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
        out.extend_from_slice(&data);
    }
    if out.len() > most {
        out.truncate(end);
        out[2] |= 2;
        out[6..12].fill(0);
    }
    Some(out)
}

/// Name and type of the one question, and where it ends.
fn asked(bytes: &[u8]) -> Option<(String, u16, usize)> {
    let (mut at, mut labels) = (12, Vec::new());
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(bytes.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let kind = u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?);
    Some((labels.join("."), kind, at + 4))
}

fn data(record: &Record, kind: u16) -> Option<Vec<u8>> {
    match (record, kind) {
        (Record::Txt(text), 16) => {
            let strings = text.as_bytes().chunks(255);
            Some(strings.flat_map(|part| [&[u8::try_from(part.len()).unwrap()], part].concat()).collect())
        }
        (Record::Address(IpAddr::V4(address)), 1) => Some(address.octets().to_vec()),
        (Record::Address(IpAddr::V6(address)), 28) => Some(address.octets().to_vec()),
        (Record::Exchanger(name), 15) => {
            let mut out = vec![0, 10];
            for label in name.split('.') {
                out.push(u8::try_from(label.len()).unwrap());
                out.extend_from_slice(label.as_bytes());
            }
            out.push(0);
            Some(out)
        }
        _ => None,
    }
}
