//! What a page waits for before it is painted, in a header of its answer.
//!
//! Promises: `Link` names the style sheet and the font of the first line, by the names that the document uses, and only files
//! that are there. So nothing is fetched twice (a preload serves the `<link>` of the same address) and nothing unused.
//!
//! Whoever stands between us and the browser can make 103 Early Hints of it, and then both files come while the page is still
//! being rendered. We send no 103 ourselves: a service of hyper answers once, and an informational status becomes a 500
//! (`proto/h1/role.rs` of hyper 1.12).
//!
//! The program (glue, wasm and the chunks of the page's area) is not named here, on purpose. Where it starts by itself, Leptos names
//! all of it at the top of the document, below the style sheet, so a browser finds every file with the first bytes that it reads;
//! a header would win nothing but its place before the style sheet. Pages that strangers read fetch none of it unasked
//! (`app/document.rs`). Pages work before the program is there.

use crate::app::hashes;
use leptos::config::LeptosOptions;
use std::{fmt::Write as _, path::Path};

/// The font of running text: the only one that every page needs. The others are for letters that few pages have.
const FONT: &str = "fonts/inter-latin.woff2";

/// The header of every page, found at the start: files do not change while the program runs. Nothing, where nothing was built.
pub fn links(options: &LeptosOptions) -> Option<http::HeaderValue> {
    http::HeaderValue::from_str(&written(options, &hashes::read(options))?).ok()
}

fn written(options: &LeptosOptions, hashes: &str) -> Option<String> {
    let sheet = format!("{}/{}{}.css", options.pkg_url_path(), options.output_name, hashes::mark(hashes, "css"));
    let is_there = |file: &str| Path::new(options.site_root.as_ref()).join(file).is_file();
    let mut links = String::new();
    if is_there(&sheet) {
        _ = write!(links, "</{sheet}>; rel=preload; as=style");
    }
    if is_there(FONT) {
        let comma = if links.is_empty() { "" } else { ", " };
        _ = write!(links, "{comma}</{FONT}>; rel=preload; as=font; type=\"font/woff2\"; crossorigin=anonymous");
    }
    (!links.is_empty()).then_some(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_are_there_are_named() {
        let site = tempfile::tempdir().unwrap();
        let options = |hashed| {
            LeptosOptions::builder()
                .output_name("commdesk")
                .site_root(site.path().to_string_lossy().into_owned())
                .site_pkg_dir("pkg")
                .hash_files(hashed)
                .build()
        };
        let hashes = "js: JJJ\nwasm: WWW\ncss: CCC\nmanifest: MMM\n";
        assert_eq!(written(&options(true), hashes), None);
        for (folder, file) in [("pkg", "commdesk.CCC.css"), ("pkg", "commdesk.css"), ("fonts", "inter-latin.woff2")] {
            std::fs::create_dir_all(site.path().join(folder)).unwrap();
            std::fs::write(site.path().join(folder).join(file), "x").unwrap();
        }
        let font = "</fonts/inter-latin.woff2>; rel=preload; as=font; type=\"font/woff2\"; crossorigin=anonymous";
        let with = |sheet: &str| Some(format!("</pkg/{sheet}>; rel=preload; as=style, {font}"));
        assert_eq!(written(&options(true), hashes), with("commdesk.CCC.css"));
        assert_eq!(written(&options(false), ""), with("commdesk.css"));
        // A build that is half there: what an answer names would be asked for, and not found.
        assert_eq!(written(&options(true), "css: OTHER"), Some(font.to_owned()));
    }
}
