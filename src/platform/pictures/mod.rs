//! Logos: whatever somebody uploads becomes a small PNG of our own making, or a refusal that says what to do.
//!
//! Promises: a file is what its content says, never what its name or declared type says; nothing of the upload reaches a
//! visitor but its pixels (no metadata, no trailing bytes, no script); size, memory and time are bounded before they are
//! spent; a picture drawn sideways by its camera note comes out upright. Does not do: storing (`storage`), judging what
//! the picture shows.

use crate::kernel::pictures::too_heavy;
pub use crate::kernel::pictures::{MAX_BYTES, OUT_SIDE};
use std::io::Cursor;
use std::time::Duration;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::codecs::webp::{WebPDecoder, WebPEncoder};
use image::error::LimitError;
use image::imageops;
use image::{DynamicImage, ExtendedColorType, ImageBuffer, ImageDecoder, ImageEncoder as _, ImageError, Limits, Rgba, RgbaImage};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

pub mod preview;
mod svg;

/// The most pixels a side, and in all, of an upload.
pub const MAX_SIDE: u32 = 4096;
pub const MAX_PIXELS: u64 = 16_000_000;
/// The fewest pixels a side.
pub const MIN_SIDE: u32 = 32;

/// Memory that a decoder may take: 16 megapixels of four 16-bit channels, and half as much again to work in.
const DECODER_BYTES: u64 = 192 * 1024 * 1024;
/// Reading is recursive for SVG, and uploads choose how deep; the stack is only reserved, not used, by others.
const STACK: usize = 32 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// Two at once: each may take some hundred megabytes for a moment.
static GATE: Semaphore = Semaphore::const_new(2);

/// What an upload was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    Png,
    Jpeg,
    WebP,
    Svg,
}

impl SourceKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Svg => "SVG",
        }
    }
}

/// A picture that is safe to store and to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanPicture {
    /// The PNG, 8 bits a channel.
    pub png: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// SHA-256 of `png`.
    pub sha256_hex: String,
    pub source_kind: SourceKind,
    /// Something to tell the person beside the preview: what was left out.
    pub note: Option<&'static str>,
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PictureRefusal {
    /// Stable, part of the API.
    pub code: &'static str,
    /// What happened and what to do next.
    pub message: String,
}

impl PictureRefusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    fn broken(kind: SourceKind) -> Self {
        let kind = kind.as_str();
        Self::new("PICTURE_BROKEN", format!("This {kind} file is damaged or incomplete. Save it again, and upload the new file."))
    }

    fn too_large() -> Self {
        Self::new(
            "PICTURE_TOO_LARGE",
            format!(
                "This picture has too many pixels. Make it at most {MAX_SIDE} pixels a side; {OUT_SIDE} is plenty for a logo."
            ),
        )
    }
}

/// [`clean_logo`] off the async threads, two at a time, with an answer within ten seconds.
///
/// # Errors
/// As [`clean_logo`]; `PICTURE_BUSY` when no turn came, `PICTURE_TOO_SLOW` when reading took too long.
pub async fn clean_logo_async(bytes: Vec<u8>) -> Result<CleanPicture, PictureRefusal> {
    let busy = || PictureRefusal::new("PICTURE_BUSY", "Many pictures are being read right now. Try again in a minute.");
    let turn = tokio::time::timeout(PATIENCE, GATE.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let cleaned = clean_logo(&bytes);
        // The turn ends with the work, not with the waiting: giving up on slow files must not let more of them in.
        drop(turn);
        cleaned
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(cleaned)) => cleaned,
        Ok(Err(_)) => Err(unreadable()),
        Err(_) => Err(PictureRefusal::new(
            "PICTURE_TOO_SLOW",
            "This picture takes too long to read. Save it as a PNG of 1024 pixels, and upload that.",
        )),
    }
}

/// A picture of ours, smaller: its longer side at most `side`, as lossless WebP. Two at a time, off the async threads.
///
/// # Errors
/// When no turn came, or it is no picture of ours.
pub async fn shrink(png: bytes::Bytes, side: u32) -> Result<Vec<u8>, PictureRefusal> {
    let busy = || PictureRefusal::new("PICTURE_BUSY", "Many pictures are being read right now. Try again in a minute.");
    let turn = tokio::time::timeout(PATIENCE, GATE.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let picture = decode(PngDecoder::with_limits(Cursor::new(&png[..]), limits()), SourceKind::Png)?;
        let picture = fit(picture, side);
        let mut webp = Vec::new();
        let (width, height) = picture.dimensions();
        let written = WebPEncoder::new_lossless(&mut webp).encode(picture.as_raw(), width, height, ExtendedColorType::Rgba8);
        drop(turn);
        written.map(|()| webp).map_err(|_| unreadable())
    });
    work.await.map_err(|_| unreadable())?
}

/// Reads an upload and draws it anew. Blocks for up to some seconds: call [`clean_logo_async`] from async code.
///
/// # Errors
/// A sentence for the person and a stable code: `PICTURE_NONE`, `PICTURE_TOO_HEAVY`, `PICTURE_KIND`, `PICTURE_BROKEN`,
/// `PICTURE_TOO_LARGE`, `PICTURE_TOO_SMALL`, `PICTURE_TOO_NARROW`, `PICTURE_BLANK`, `SVG_TOO_HEAVY`, `SVG_BROKEN`,
/// `SVG_ENTITIES`, `SVG_EMBEDS_PICTURE`, `SVG_TOO_COMPLEX`.
pub fn clean_logo(bytes: &[u8]) -> Result<CleanPicture, PictureRefusal> {
    let kind = recognise(bytes)?;
    // A thread of its own: a stack of known size, and a decoder that panics ends this upload only.
    std::thread::scope(|scope| {
        let reader =
            std::thread::Builder::new().name("picture".into()).stack_size(STACK).spawn_scoped(scope, || read(bytes, kind));
        match reader.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(cleaned)) => cleaned,
            Ok(Err(_)) => Err(PictureRefusal::broken(kind)),
            Err(_) => Err(PictureRefusal::new("PICTURE_BUSY", "Many pictures are being read right now. Try again in a minute.")),
        }
    })
}

fn unreadable() -> PictureRefusal {
    PictureRefusal::new("PICTURE_BROKEN", "This picture cannot be read. Save it as a PNG, and upload that.")
}

/// What is this, by its first bytes?
fn recognise(bytes: &[u8]) -> Result<SourceKind, PictureRefusal> {
    if bytes.is_empty() {
        return Err(PictureRefusal::new("PICTURE_NONE", "This file is empty. Choose another one."));
    }
    if bytes.len() > MAX_BYTES {
        return Err(PictureRefusal::new("PICTURE_TOO_HEAVY", too_heavy()));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(SourceKind::Png)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Ok(SourceKind::Jpeg)
    } else if bytes.len() >= 12 && bytes.starts_with(b"RIFF") && &bytes[8..12] == b"WEBP" {
        Ok(SourceKind::WebP)
    } else if svg::looks_like_one(bytes) {
        Ok(SourceKind::Svg)
    } else {
        Err(wrong_kind(bytes))
    }
}

fn wrong_kind(bytes: &[u8]) -> PictureRefusal {
    let named = match infer::get(bytes).map(|found| found.extension()) {
        Some("gif") => "This is a GIF.",
        Some("avif" | "heif" | "heic") => "This is an HEIF or AVIF picture.",
        Some("bmp") => "This is a BMP picture.",
        Some("ico") => "This is an icon file.",
        Some("tif") => "This is a TIFF picture.",
        Some("psd") => "This is a Photoshop file.",
        Some("pdf") => "This is a PDF.",
        Some("gz" | "zip") => "This file is packed.",
        _ => "This is not a picture that we can read.",
    };
    PictureRefusal::new("PICTURE_KIND", format!("{named} Save the logo as PNG, JPEG, WebP or plain SVG, and upload that."))
}

fn read(bytes: &[u8], kind: SourceKind) -> Result<CleanPicture, PictureRefusal> {
    let (picture, note) = match kind {
        SourceKind::Png => (decode(PngDecoder::with_limits(Cursor::new(bytes), limits()), kind)?, None),
        SourceKind::Jpeg => {
            // The decoder would paint a missing half grey.
            if !jpeg_is_whole(bytes) {
                return Err(PictureRefusal::broken(kind));
            }
            (decode(JpegDecoder::new(Cursor::new(bytes)), kind)?, None)
        }
        SourceKind::WebP => (decode(WebPDecoder::new(Cursor::new(bytes)), kind)?, None),
        SourceKind::Svg => {
            let drawn = svg::draw(bytes)?;
            (drawn.picture, drawn.note)
        }
    };
    if picture.pixels().all(|pixel| pixel.0[3] == 0) {
        return Err(PictureRefusal::new(
            "PICTURE_BLANK",
            match kind {
                SourceKind::Svg => {
                    "There is nothing to see in this SVG. If it holds text, convert the text to outlines; then save and upload it again."
                }
                _ => "This picture is fully transparent. Save it again with the logo visible.",
            },
        ));
    }
    let picture = fit(picture, OUT_SIDE);
    let png = encode(&picture)?;
    let sha256_hex = hex::encode(Sha256::digest(&png));
    Ok(CleanPicture { width: picture.width(), height: picture.height(), png, sha256_hex, source_kind: kind, note })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(DECODER_BYTES);
    limits
}

/// Sizes are judged from the header, before a pixel is decoded. An animated file gives its first picture.
fn decode<D: ImageDecoder>(opened: Result<D, ImageError>, kind: SourceKind) -> Result<RgbaImage, PictureRefusal> {
    let judge = |error: ImageError| match error {
        ImageError::Limits(LimitError { .. }) => PictureRefusal::too_large(),
        _ => PictureRefusal::broken(kind),
    };
    let mut decoder = opened.map_err(judge)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    decoder.set_limits(limits()).map_err(judge)?;
    // A damaged camera note is no reason to refuse a picture.
    let orientation = decoder.orientation();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(judge)?;
    if let Ok(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture.into_rgba8())
}

fn check_size(width: u32, height: u32) -> Result<(), PictureRefusal> {
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureRefusal::too_large());
    }
    if width < MIN_SIDE || height < MIN_SIDE {
        return Err(PictureRefusal::new(
            "PICTURE_TOO_SMALL",
            format!(
                "This picture has {width} × {height} pixels. Use one with at least {MIN_SIDE} a side; 512 look sharp everywhere."
            ),
        ));
    }
    check_shape(f64::from(width), f64::from(height))
}

/// What is longer than 32 times its height would vanish when it is made to fit.
fn check_shape(width: f64, height: f64) -> Result<(), PictureRefusal> {
    let ratio = f64::from(OUT_SIDE / MIN_SIDE);
    if width.max(height) > width.min(height) * ratio {
        return Err(PictureRefusal::new(
            "PICTURE_TOO_NARROW",
            "This picture is too long and thin to be shown as a logo. Crop it, or leave more room around it.",
        ));
    }
    Ok(())
}

/// Walks the segments to the picture data and looks for the end mark behind it. Within the data the two bytes of the mark
/// cannot stand for anything else (ITU T.81, B.1.1.5); in segments before it (a camera's thumbnail) they can.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        match bytes.get(at..at + 4) {
            Some([0xff, 0xff, ..]) => at += 1,
            Some([0xff, 0xda, ..]) => return bytes[at..].windows(2).any(|pair| pair == [0xff, 0xd9]),
            Some([0xff, 0x01 | 0xd0..=0xd7, ..]) => at += 2,
            Some([0xff, _, high, low]) => at += 2 + usize::from(u16::from_be_bytes([*high, *low])).max(2),
            _ => return false,
        }
    }
}

/// Makes the longer side at most `most`; small pictures stay as they are.
fn fit(picture: RgbaImage, most: u32) -> RgbaImage {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= most {
        return picture;
    }
    let scaled = |side: u32| {
        let side = (u64::from(side) * u64::from(most) + u64::from(longest) / 2) / u64::from(longest);
        u32::try_from(side).unwrap_or(most).max(1)
    };
    // The colour of a transparent pixel means nothing, and must not bleed into the edges: weigh colours by their alpha.
    let weighed: ImageBuffer<Rgba<u16>, Vec<u16>> = ImageBuffer::from_fn(width, height, |x, y| {
        let [r, g, b, a] = picture.get_pixel(x, y).0.map(u16::from);
        Rgba([r * a, g * a, b * a, a * 255])
    });
    drop(picture);
    let small = imageops::resize(&weighed, scaled(width), scaled(height), imageops::FilterType::Lanczos3);
    ImageBuffer::from_fn(small.width(), small.height(), |x, y| {
        let [r, g, b, a] = small.get_pixel(x, y).0.map(u32::from);
        if a == 0 {
            return Rgba([0, 0, 0, 0]);
        }
        let channel = |weighed: u32| u8::try_from((weighed * 255 + a / 2) / a).unwrap_or(u8::MAX);
        Rgba([channel(r), channel(g), channel(b), u8::try_from((a + 127) / 255).unwrap_or(u8::MAX)])
    })
}

fn encode(picture: &RgbaImage) -> Result<Vec<u8>, PictureRefusal> {
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Default, FilterType::Adaptive);
    let (width, height) = picture.dimensions();
    let written = if picture.pixels().all(|pixel| pixel.0[3] == 255) {
        let opaque: Vec<u8> = picture.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        encoder.write_image(&opaque, width, height, ExtendedColorType::Rgb8)
    } else {
        encoder.write_image(picture.as_raw(), width, height, ExtendedColorType::Rgba8)
    };
    written.map(|()| png).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests;
