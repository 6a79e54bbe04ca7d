//! The picture that other sites show beside a link to a page of ours: 1200 × 630, drawn from words and a logo.
//!
//! Promises: equal content gives an equal picture, under one hash; any words fit (they wrap, shrink, and end in "…"); letters
//! that our fonts do not have are left out, and where none are left the page's address stands for its name. Does not do:
//! deciding what may be shown (the caller hands in what everybody may see), colour emoji.

use super::{GATE, PATIENCE, PictureRefusal, STACK, unreadable};
use crate::kernel::canonical;
use askama::Template as _;
use image::{DynamicImage, ImageEncoder as _, RgbaImage, codecs::png, imageops};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};
use skrifa::{FontRef, MetadataProvider as _};
use std::{
    io::Cursor,
    sync::{Arc, LazyLock},
};

/// Counts up when the drawing changes, so that kept pictures of the old one are not found.
const DRAWING: u32 = 2;
const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
/// Where words begin and end.
const LEFT: f32 = 80.0;
const RIGHT: f32 = 1120.0;
/// The plate of a logo: left, top, width, height.
const PLATE: (f32, f32, f32, f32) = (840.0, 172.0, 280.0, 210.0);
/// No name is read further than this.
const LONGEST: usize = 240;

const INK: &str = "#221f19";
const SOFT: &str = "#5a5347";
const ACCENT: &str = "#0b6466";

/// Letters that we can draw. The first that has a letter draws it.
static FACES: [&[u8]; 8] = [
    include_bytes!("fonts/inter-latin-600.ttf"),
    include_bytes!("fonts/inter-latin-400.ttf"),
    include_bytes!("fonts/inter-latin-ext-600.ttf"),
    include_bytes!("fonts/inter-greek-600.ttf"),
    include_bytes!("fonts/inter-cyrillic-600.ttf"),
    include_bytes!("fonts/noto-arabic-600.ttf"),
    include_bytes!("fonts/noto-hebrew-600.ttf"),
    include_bytes!("fonts/noto-devanagari-600.ttf"),
];

static FONTS: LazyLock<(Arc<fontdb::Database>, Vec<String>)> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    let mut families = Vec::new();
    for face in FACES {
        let ids = fonts.load_font_source(fontdb::Source::Binary(Arc::new(face)));
        let family = ids.first().and_then(|id| Some(fonts.face(*id)?.families.first()?.0.clone()));
        families.push(family.unwrap_or_else(|| "Inter".into()));
    }
    (Arc::new(fonts), families)
});

static MAPS: LazyLock<Vec<FontRef<'static>>> =
    LazyLock::new(|| FACES.iter().filter_map(|face| FontRef::new(face).ok()).collect());

/// Which face has a letter.
fn face_of(letter: char) -> Option<usize> {
    MAPS.iter().position(|face| face.charmap().map(letter).is_some())
}

/// What the picture says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// What kind of thing it is, and whose.
    pub over: String,
    /// The name.
    pub title: String,
    /// When and where, in at most two lines.
    pub lines: Vec<String>,
    /// Stands on the plate where there is no logo; without it there is no plate.
    pub initials: String,
    /// The hash of the logo, for the picture's own.
    pub logo_key: Option<String>,
    /// The page's address without its scheme.
    pub address: String,
}

impl Preview {
    /// The hash under which the picture of these words is kept.
    pub fn hash(&self) -> String {
        let Self { over, title, lines, initials, logo_key, address } = self;
        canonical::sha256_hex(&canonical::text(&(DRAWING, over, title, lines, initials, logo_key, address)))
    }
}

/// One line of words, where it stands.
#[derive(Debug)]
struct Line {
    x: f32,
    y: f32,
    anchor: &'static str,
    weight: u16,
    size: f32,
    fill: &'static str,
    text: String,
}

impl Line {
    /// The text by font: what draws a line takes letters of another script from one font for the whole of it, or from none.
    fn spans(&self) -> Vec<(&'static str, String)> {
        let mut spans: Vec<(&'static str, String)> = Vec::new();
        for letter in self.text.chars() {
            let family = face_of(letter).and_then(|face| FONTS.1.get(face)).map_or("Inter", String::as_str);
            match spans.last_mut() {
                // Spaces stay with the word before them.
                Some((last, text)) if *last == family || letter == ' ' => text.push(letter),
                _ => spans.push((family, letter.to_string())),
            }
        }
        spans
    }
}

#[derive(askama::Template)]
#[template(path = "preview/card.svg")]
struct Card {
    plate: bool,
    plate_x: f32,
    plate_y: f32,
    plate_width: f32,
    plate_height: f32,
    lines: Vec<Line>,
}

/// Draws it as a PNG, off the async threads and never more than two pictures at once.
///
/// # Errors
/// `PICTURE_BUSY` when no turn came in time; `PICTURE_BROKEN` when it cannot be drawn.
pub async fn draw(preview: Preview, logo: Option<Vec<u8>>) -> Result<Vec<u8>, PictureRefusal> {
    let busy = || PictureRefusal::new("PICTURE_BUSY", "Many pictures are being drawn right now. Try again in a minute.");
    let turn = tokio::time::timeout(PATIENCE, GATE.acquire()).await.map_err(|_| busy())?.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let drawn = std::thread::scope(|scope| {
            let hand = std::thread::Builder::new().name("preview".into()).stack_size(STACK);
            let drawn = hand.spawn_scoped(scope, || png_of(&preview, logo.as_deref())).map(std::thread::ScopedJoinHandle::join);
            drawn.ok().and_then(Result::ok).flatten()
        });
        drop(turn);
        drawn
    });
    work.await.ok().flatten().ok_or_else(unreadable)
}

fn png_of(preview: &Preview, logo: Option<&[u8]>) -> Option<Vec<u8>> {
    let svg = card(preview, logo.is_some()).render().ok()?;
    let tree = Tree::from_str(&svg, &options()).ok()?;
    let mut pixmap = Pixmap::new(WIDTH, HEIGHT)?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    // The ground is opaque, so that premultiplied colours are the colours.
    let mut picture = RgbaImage::from_raw(WIDTH, HEIGHT, pixmap.data().to_vec())?;
    if let Some(mark) = logo.and_then(mark) {
        let (left, top, width, height) = PLATE;
        let x = left + (width - mark.width() as f32) / 2.0;
        let y = top + (height - mark.height() as f32) / 2.0;
        imageops::overlay(&mut picture, &mark, x as i64, y as i64);
    }
    let opaque = DynamicImage::ImageRgba8(picture).into_rgb8();
    let mut written = Vec::new();
    png::PngEncoder::new_with_quality(&mut written, png::CompressionType::Default, png::FilterType::Adaptive)
        .write_image(opaque.as_raw(), WIDTH, HEIGHT, image::ExtendedColorType::Rgb8)
        .ok()?;
    Some(written)
}

/// A stored logo, which we drew ourselves once, at the size of its plate.
fn mark(png: &[u8]) -> Option<RgbaImage> {
    let picture = DynamicImage::from_decoder(png::PngDecoder::new(Cursor::new(png)).ok()?).ok()?;
    let (.., width, height) = PLATE;
    Some(picture.resize((width - 64.0) as u32, (height - 56.0) as u32, imageops::FilterType::Lanczos3).into_rgba8())
}

fn options() -> Options<'static> {
    Options { font_family: "Inter".into(), fontdb: Arc::clone(&FONTS.0), ..Options::default() }
}

fn card(preview: &Preview, has_logo: bool) -> Card {
    let initials = readable(&preview.initials);
    let plate = has_logo || initials.is_some();
    let (plate_x, plate_y, plate_width, plate_height) = PLATE;
    let room = if plate { plate_x - 56.0 - LEFT } else { RIGHT - LEFT };
    let address = readable(&preview.address).unwrap_or_default();
    let title = readable(&preview.title)
        .or_else(|| address.rsplit('/').next().map(str::to_owned).filter(|tail| !tail.is_empty()))
        .unwrap_or_else(|| "CommDesk".into());
    let mut lines = Vec::new();
    let mut say = |y: f32, size: f32, weight: u16, fill: &'static str, text: String| {
        lines.push(Line { x: LEFT, y, anchor: "start", weight, size, fill, text });
    };
    let (size, rows) = fitted(&title, room);
    let extra: Vec<String> = preview.lines.iter().filter_map(|line| readable(line)).take(2).collect();
    let mut y = 208.0;
    if let Some(over) = readable(&preview.over) {
        say(y, 30.0, 600, ACCENT, cut(&over, room, 30.0, 600));
    }
    y += 26.0;
    for row in rows {
        y += size * 1.14;
        say(y, size, 600, INK, row);
    }
    y += 20.0;
    for line in extra {
        y += 42.0;
        // A long name leaves room for one of them.
        if y < 520.0 {
            say(y, 30.0, 400, SOFT, cut(&line, room, 30.0, 400));
        }
    }
    say(596.0, 26.0, 400, SOFT, cut(&address, RIGHT - LEFT, 26.0, 400));
    if let Some(initials) = initials.filter(|_| !has_logo) {
        let (x, y) = (plate_x + plate_width / 2.0, plate_y + plate_height / 2.0 + 30.0);
        lines.push(Line { x, y, anchor: "middle", weight: 600, size: 84.0, fill: ACCENT, text: initials });
    }
    Card { plate, plate_x, plate_y, plate_width, plate_height, lines }
}

/// The largest size at which a name stands in a few lines, and the lines.
fn fitted(title: &str, room: f32) -> (f32, Vec<String>) {
    for (size, most) in [(76.0, 1), (64.0, 1), (76.0, 2), (64.0, 3), (54.0, 3)] {
        let rows = wrapped(title, room, size, 600);
        if rows.len() <= most {
            return (size, rows);
        }
    }
    let mut rows = wrapped(title, room, 54.0, 600);
    let rest = rows.split_off(2).join(" ");
    rows.push(cut(&format!("{rest} …"), room, 54.0, 600));
    (54.0, rows)
}

fn wrapped(text: &str, room: f32, size: f32, weight: u16) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if let Some(row) = rows.last_mut() {
            let longer = format!("{row} {word}");
            if width(&longer, size, weight) <= room {
                *row = longer;
                continue;
            }
        }
        let mut word = word.to_owned();
        // A word that is longer than a line is broken anywhere.
        while width(&word, size, weight) > room && word.chars().count() > 1 {
            let mut front: String = word.chars().take(about(&word, room, size, weight)).collect();
            while width(&front, size, weight) > room && front.chars().count() > 1 {
                front.pop();
            }
            word = word[front.len()..].to_owned();
            rows.push(front);
        }
        rows.push(word);
    }
    rows
}

/// The text, or its beginning and "…".
fn cut(text: &str, room: f32, size: f32, weight: u16) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut front: Vec<char> = text.trim_end_matches(['…', ' ']).chars().take(about(text, room, size, weight) + 1).collect();
    loop {
        front.pop();
        let shorter = format!("{}…", front.iter().collect::<String>().trim_end());
        if front.is_empty() || width(&shorter, size, weight) <= room {
            return shorter;
        }
    }
}

/// How many letters of a text fit, and some: where to begin to look for the end of a line.
fn about(text: &str, room: f32, size: f32, weight: u16) -> usize {
    let letters = text.chars().count();
    ((letters as f32 * room / width(text, size, weight).max(1.0) * 1.3) as usize).clamp(1, letters)
}

/// As it will be drawn: letters are joined and marks are placed by the same hand.
fn width(text: &str, size: f32, weight: u16) -> f32 {
    let line = Line { x: 0.0, y: size, anchor: "start", weight, size, fill: INK, text: text.to_owned() };
    let line = Card { plate: false, plate_x: 0.0, plate_y: 0.0, plate_width: 0.0, plate_height: 0.0, lines: vec![line] };
    let Some(svg) = line.render().ok().and_then(|svg| Some(svg[svg.rfind("<text")?..svg.rfind("</text>")?].to_owned())) else {
        return f32::MAX;
    };
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{svg}</text></svg>");
    Tree::from_str(&svg, &options()).map_or(f32::MAX, |tree| tree.root().abs_bounding_box().width())
}

/// The text with what we can draw, in one line; nothing where no letter or digit is left.
fn readable(text: &str) -> Option<String> {
    let words: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        // What only turns the direction of letters around could turn the rest of the picture's words around too.
        .filter(|c| {
            *c == ' ' || !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        })
        .filter(|c| !c.is_control() && face_of(*c).is_some())
        .collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().any(char::is_alphanumeric).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::usvg::Node;

    fn named(title: &str) -> Preview {
        Preview {
            over: "Hackathon by Apex Circle".into(),
            title: title.into(),
            lines: vec!["Fri 12 to Sun 14 Mar 2027".into(), "Pune, India".into()],
            initials: "AC".into(),
            logo_key: None,
            address: "commdesk.example/events/hackfest".into(),
        }
    }

    #[test]
    fn any_name_fits() {
        let names = [
            "HackFest".to_owned(),
            "Kubernetes Community Days and Cloud Native Rejekts Joint Conference of South and Southeast Asia for Everybody"
                .to_owned(),
            "W".repeat(120),
            "مؤتمر المطورين العرب للبرمجيات الحرة".to_owned(),
            "כנס המפתחים הגדול".to_owned(),
            "डेवलपर सम्मेलन पुणे".to_owned(),
            "🚀 Launch 🎉 Night 🦀".to_owned(),
            "Žluťoučký kůň Ελλάδα Привет".to_owned(),
        ];
        for name in names {
            let drawn = card(&named(&name), false);
            for line in drawn.lines.iter().filter(|line| line.anchor == "start") {
                let right = line.x + width(&line.text, line.size, line.weight);
                assert!(right <= RIGHT + 1.0 && line.y < 630.0, "{name}: {line:?} ends at {right}");
                if line.y < 530.0 {
                    assert!(right <= PLATE.0, "{name}: {line:?} runs under the plate, to {right}");
                }
            }
            let svg = drawn.render().expect("a card");
            let tree = Tree::from_str(&svg, &options()).expect("a drawing");
            for node in tree.root().children() {
                if let Node::Text(text) = node {
                    let glyphs = text.layouted().iter().flat_map(|span| &span.positioned_glyphs);
                    assert!(glyphs.clone().all(|glyph| glyph.id.0 != 0), "{name} has letters that were not found");
                }
            }
            let png = png_of(&named(&name), None).expect("a picture");
            let picture = image::load_from_memory(&png).expect("our own PNG");
            assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out_and_the_address_stands_for_it() {
        assert_eq!(readable("🚀 Launch 🎉 Night").as_deref(), Some("Launch Night"));
        assert_eq!(readable("\u{202e}gnp.exe\u{2066}").as_deref(), Some("gnp.exe"));
        assert_eq!(readable("🎉🎉"), None);
        let said = card(&named("技術者大会"), false);
        assert!(said.lines.iter().any(|line| line.text == "hackfest"), "{:?}", said.lines);
    }

    #[test]
    fn words_of_others_are_words() {
        let svg = card(&named("</text><script>alert(1)</script>&amp;"), false).render().expect("a card");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(Tree::from_str(&svg, &options()).is_ok());
    }

    #[test]
    fn equal_words_have_one_hash() {
        assert_eq!(named("A").hash(), named("A").hash());
        assert_ne!(named("A").hash(), named("B").hash());
        assert_ne!(named("A").hash(), Preview { logo_key: Some("x".into()), ..named("A") }.hash());
    }
}
