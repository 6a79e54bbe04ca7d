//! How large a picture may be that somebody brings, and in which sizes kept pictures are served: a closed set, so that nobody
//! makes us draw and keep others.

/// The most bytes of an upload.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The longer side of what we make of it is at most this.
pub const OUT_SIDE: u32 = 1024;

/// What is said of one with more than [`MAX_BYTES`].
pub fn too_heavy() -> String {
    let most = MAX_BYTES / 1024 / 1024;
    format!("This file is larger than {most} MB. Save the logo smaller, {OUT_SIDE} pixels wide for example.")
}

/// The longer side of each, in pixels.
pub const SIDES: [u32; 4] = [64, 128, 256, 512];

/// Where a kept picture is served in one of [`SIDES`]. Nothing for an address that is no kept picture's.
pub fn sized(url: &str, side: u32) -> Option<String> {
    let hash = url.strip_prefix("/media/logos/")?.strip_suffix(".png")?;
    (SIDES.contains(&side) && hash.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .then(|| format!("/media/logos/{side}/{hash}.webp"))
}

/// `src` and `srcset` of a picture that fills a box of at most `side` CSS pixels, on plain and on dense screens.
pub fn sources(url: &str, side: u32) -> (String, Option<String>) {
    match (sized(url, side), sized(url, side * 2)) {
        (Some(plain), Some(dense)) => (plain.clone(), Some(format!("{plain} 1x, {dense} 2x"))),
        _ => (url.to_owned(), None),
    }
}

/// As [`sources`], of a box that is narrower on some screens: each side with its width, so that a page which says in `sizes` how
/// wide the box is gets the one that fits.
pub fn widths(url: &str, side: u32) -> (String, Option<String>) {
    let served = SIDES.iter().filter(|own| **own <= side * 2);
    let all: Option<Vec<String>> = served.map(|own| sized(url, *own).map(|at| format!("{at} {own}w"))).collect();
    match (sized(url, side), all) {
        (Some(plain), Some(all)) => (plain, Some(all.join(", "))),
        _ => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kept_pictures_come_in_sizes() {
        assert_eq!(sized("/media/logos/ab12.png", 64).as_deref(), Some("/media/logos/64/ab12.webp"));
        assert_eq!(sized("/media/logos/ab12.png", 65), None);
        for other in
            ["/media/photos/ab12.png", "https://elsewhere.example/ab12.png", "/media/logos/../ab.png", "/media/logos/a/b.png"]
        {
            assert_eq!(sources(other, 64), (other.to_owned(), None));
            assert_eq!(widths(other, 64), (other.to_owned(), None));
        }
        let (plain, both) = sources("/media/logos/ab12.png", 128);
        assert_eq!(plain, "/media/logos/128/ab12.webp");
        assert_eq!(both.as_deref(), Some("/media/logos/128/ab12.webp 1x, /media/logos/256/ab12.webp 2x"));
        let (plain, all) = widths("/media/logos/ab12.png", 128);
        assert_eq!(plain, "/media/logos/128/ab12.webp");
        let wide = |side: u32| format!("/media/logos/{side}/ab12.webp {side}w");
        assert_eq!(all, Some([64, 128, 256].map(wide).join(", ")));
    }
}
