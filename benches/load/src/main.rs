//! Asks a server on the loopback address, at most so often, and prints what came of it as one line of JSON.
//!
//! Every connection is a thread that keeps one HTTP/1.1 connection and asks one thing after the other. With a rate, each
//! question has its moment, and what it waited for that moment's turn counts (a slow answer delays no clock). CPU time is what
//! /proc says of the processes that are named, before and after. Everything is bounded: questions, seconds, size of answers.
//!
//! load --addr 127.0.0.1:3000 --asks FILE --connections 8 (--requests 5000 | --seconds 10) [--rate 200]
//!      [--pids 12,13]
//!
//! A line of FILE is `label<TAB>method<TAB>path<TAB>header: value|header: value<TAB>body`; `{n}` anywhere is the number of the
//! question. Connections take lines in turn, again from the top when they are through.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// Nothing asks longer or more than this.
const LONGEST: Duration = Duration::from_secs(600);
const MOST: usize = 2_000_000;
const PATIENCE: Duration = Duration::from_secs(60);
const LARGEST: usize = 64 * 1024 * 1024;

type Failed = Box<dyn std::error::Error + Send + Sync>;

struct Ask {
    label: String,
    method: String,
    path: String,
    headers: Vec<String>,
    body: String,
}

struct Plan {
    addr: SocketAddr,
    asks: Vec<Ask>,
    connections: usize,
    requests: usize,
    until: Duration,
    rate: f64,
    pids: Vec<u32>,
}

/// What one label's answers were.
#[derive(Default)]
struct Told {
    micros: Vec<u32>,
    statuses: BTreeMap<u16, usize>,
    bytes: usize,
    broken: usize,
}

fn main() -> Result<(), Failed> {
    let plan = Arc::new(plan()?);
    let next = Arc::new(AtomicUsize::new(0));
    let all = Arc::new(Mutex::new(BTreeMap::<String, Told>::new()));
    let before: Vec<f64> = plan.pids.iter().map(|pid| cpu_millis(*pid)).collect();
    let began = Instant::now();
    let threads: Vec<_> = (0..plan.connections)
        .map(|_| {
            let (plan, next, all) = (Arc::clone(&plan), Arc::clone(&next), Arc::clone(&all));
            std::thread::spawn(move || {
                let mine = ask_on(&plan, &next, began);
                let mut all = all.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                for (label, told) in mine {
                    let whole = all.entry(label).or_default();
                    whole.micros.extend(told.micros);
                    whole.bytes += told.bytes;
                    whole.broken += told.broken;
                    for (status, count) in told.statuses {
                        *whole.statuses.entry(status).or_default() += count;
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a connection's thread broke")?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let cpu: Vec<f64> = plan.pids.iter().zip(before).map(|(pid, before)| cpu_millis(*pid) - before).collect();
    let all = std::mem::take(&mut *all.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    println!("{}", report(all, seconds, &cpu));
    Ok(())
}

fn plan() -> Result<Plan, Failed> {
    let mut given = BTreeMap::new();
    let mut words = std::env::args().skip(1);
    while let Some(name) = words.next() {
        given.insert(name.clone(), words.next().ok_or_else(|| format!("{name} wants a value"))?);
    }
    let wanted = |name: &str| given.get(name).ok_or_else(|| format!("{name} is missing"));
    let number = |name: &str, otherwise: f64| given.get(name).map_or(Ok(otherwise), |text| text.parse::<f64>());
    let addr: SocketAddr = wanted("--addr")?.parse()?;
    if !addr.ip().is_loopback() {
        return Err("only the loopback address is ever asked".into());
    }
    let text = std::fs::read_to_string(wanted("--asks")?)?;
    let asks: Vec<Ask> = text.lines().filter(|line| !line.is_empty()).map(ask_of).collect::<Result<_, _>>()?;
    if asks.is_empty() {
        return Err("there is nothing to ask".into());
    }
    let (seconds, requests) = (number("--seconds", 0.0)?, number("--requests", 0.0)? as usize);
    if seconds <= 0.0 && requests == 0 {
        return Err("say --requests or --seconds".into());
    }
    Ok(Plan {
        addr,
        asks,
        connections: (number("--connections", 1.0)? as usize).clamp(1, 512),
        requests: if requests == 0 { MOST } else { requests.min(MOST) },
        until: if seconds > 0.0 { Duration::from_secs_f64(seconds).min(LONGEST) } else { LONGEST },
        rate: number("--rate", 0.0)?,
        pids: given.get("--pids").map_or(Ok(Vec::new()), |list| list.split(',').map(str::parse).collect())?,
    })
}

fn ask_of(line: &str) -> Result<Ask, Failed> {
    let mut parts = line.split('\t').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (label, method, path, headers, body) = (part(), part(), part(), part(), part());
    if !path.starts_with('/') {
        return Err(format!("“{line}” has no path").into());
    }
    let headers = headers.split('|').filter(|header| !header.is_empty()).map(str::to_owned).collect();
    Ok(Ask { label, method, path, headers, body })
}

/// One connection: asks until the plan is through.
fn ask_on(plan: &Plan, next: &AtomicUsize, began: Instant) -> BTreeMap<String, Told> {
    let mut mine = BTreeMap::<String, Told>::new();
    let mut line: Option<BufReader<TcpStream>> = None;
    loop {
        let number = next.fetch_add(1, Relaxed);
        if number >= plan.requests {
            break;
        }
        let mut since = Instant::now();
        if plan.rate > 0.0 {
            let moment = began + Duration::from_secs_f64(number as f64 / plan.rate);
            if moment.duration_since(began) >= plan.until {
                break;
            }
            std::thread::sleep(moment.saturating_duration_since(since));
            since = moment;
        } else if began.elapsed() >= plan.until {
            break;
        }
        let ask = &plan.asks[number % plan.asks.len()];
        let told = mine.entry(ask.label.clone()).or_default();
        match exchange(plan, ask, number, &mut line) {
            Ok((status, bytes)) => {
                told.micros.push(u32::try_from(since.elapsed().as_micros()).unwrap_or(u32::MAX));
                *told.statuses.entry(status).or_default() += 1;
                told.bytes += bytes;
            }
            Err(_) => {
                told.broken += 1;
                line = None;
            }
        }
    }
    mine
}

fn exchange(plan: &Plan, ask: &Ask, number: usize, kept: &mut Option<BufReader<TcpStream>>) -> Result<(u16, usize), Failed> {
    let line = match kept {
        Some(line) => line,
        None => {
            let stream = TcpStream::connect_timeout(&plan.addr, PATIENCE)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            kept.insert(BufReader::with_capacity(64 * 1024, stream))
        }
    };
    let fill = |text: &str| text.replace("{n}", &number.to_string());
    let mut request = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", ask.method, fill(&ask.path), plan.addr);
    for header in &ask.headers {
        write!(request, "{}\r\n", fill(header))?;
    }
    let body = fill(&ask.body);
    if ask.method != "GET" {
        write!(request, "content-length: {}\r\n", body.len())?;
    }
    request.push_str("\r\n");
    request.push_str(&body);
    line.get_mut().write_all(request.as_bytes())?;

    let mut text = String::new();
    let read_line = |line: &mut BufReader<TcpStream>, text: &mut String| -> Result<(), Failed> {
        text.clear();
        if line.read_line(text)? == 0 { Err("the connection was closed".into()) } else { Ok(()) }
    };
    read_line(line, &mut text)?;
    let status: u16 = text.split(' ').nth(1).ok_or("no status")?.parse()?;
    let (mut length, mut chunked, mut closes) = (None, false, false);
    loop {
        read_line(line, &mut text)?;
        let header = text.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = Some(value.trim().parse::<usize>()?);
        }
        chunked |= header.starts_with("transfer-encoding:") && header.contains("chunked");
        closes |= header == "connection: close";
    }
    let mut bytes = 0;
    if chunked {
        loop {
            read_line(line, &mut text)?;
            let size = usize::from_str_radix(text.trim().split(';').next().unwrap_or_default(), 16)?;
            skip(line, size + 2)?;
            bytes += size;
            if size == 0 {
                break;
            }
            if bytes > LARGEST {
                return Err("the answer has no end".into());
            }
        }
    } else if let Some(length) = length.filter(|length| *length <= LARGEST) {
        skip(line, length)?;
        bytes = length;
    }
    if closes {
        *kept = None;
    }
    Ok((status, bytes))
}

fn skip(line: &mut BufReader<TcpStream>, size: usize) -> Result<(), Failed> {
    let read = std::io::copy(&mut line.by_ref().take(size as u64), &mut std::io::sink())?;
    if read == size as u64 { Ok(()) } else { Err("the answer was cut short".into()) }
}

/// User and system time of a process with all its threads, in milliseconds; of one that is gone, nothing.
fn cpu_millis(pid: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    // A tick is a hundredth of a second on every Linux that people run.
    (ticks(11) + ticks(12)) * 10.0
}

fn report(all: BTreeMap<String, Told>, seconds: f64, cpu: &[f64]) -> String {
    let mut whole = Told::default();
    let mut by_label = Vec::new();
    for (label, told) in all {
        whole.micros.extend(&told.micros);
        whole.bytes += told.bytes;
        whole.broken += told.broken;
        for (status, count) in &told.statuses {
            *whole.statuses.entry(*status).or_default() += count;
        }
        by_label.push(format!("{label:?}:{}", figures(told, seconds)));
    }
    let cpu = cpu.iter().map(|millis| format!("{millis:.3}")).collect::<Vec<_>>().join(",");
    format!("{{\"seconds\":{seconds:.4},\"cpu\":[{cpu}],\"all\":{},\"by\":{{{}}}}}", figures(whole, seconds), by_label.join(","))
}

fn figures(mut told: Told, seconds: f64) -> String {
    told.micros.sort_unstable();
    let count = told.micros.len();
    let at = |part: f64| {
        told.micros.get(((count as f64 * part).ceil() as usize).saturating_sub(1)).map_or(0.0, |it| f64::from(*it) / 1e3)
    };
    let errors: usize =
        told.statuses.iter().filter(|(status, _)| **status >= 400).map(|(_, count)| count).sum::<usize>() + told.broken;
    let statuses = told.statuses.iter().map(|(status, count)| format!("\"{status}\":{count}")).collect::<Vec<_>>().join(",");
    format!(
        "{{\"count\":{count},\"rate\":{:.2},\"errors\":{errors},\"statuses\":{{{statuses}}},\"p50\":{:.3},\"p95\":{:.3},\"p99\":{:.3},\"max\":{:.3},\"bytes\":{}}}",
        count as f64 / seconds,
        at(0.50),
        at(0.95),
        at(0.99),
        at(1.0),
        told.bytes
    )
}
