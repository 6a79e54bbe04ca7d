//! The document around the application, rendered on the server only, and when the program of a page starts.
//!
//! Pages work before the program is there: everything on them is a link, a form, a `details`. Where people work, it is fetched
//! and started when the browser has nothing else to do. Pages that strangers read sleep: nothing of the program is fetched before
//! somebody shows a sign of life (a pointer that moves, a touch, a key, a focus). Whoever reads on a phone and goes on pays nothing
//! for suggestions and keys that they never use; whoever touches has them a moment later, and until then what they touch
//! does what it does without scripts.

use super::{App, hashes, session};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::{collections::HashMap, path::Path, sync::OnceLock};

/// Routes of the pages that strangers read and that have nothing which only a program could do.
const SLEEPING: &[&str] = &[
    "/",
    "/opportunities",
    "/opportunities/{id}",
    "/directory",
    "/directory/compare",
    "/directory/{slug}",
    "/events",
    "/events/{slug}",
    "/communities",
    "/communities/compare",
    "/communities/{slug}",
    "/api/docs",
];

/// The whole document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let sheet = Program::of(&options).sheet.as_str();
    let start = if sleeps() {
        view! { <WakeWhenTouched options/> }.into_any()
    } else {
        view! { <HydrationScripts options defer=true/> }.into_any()
    };
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=session::theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link id="style" rel="stylesheet" href=sheet/>
                {start}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Is the page that is being rendered one that sleeps? A form that was refused comes back awake: somebody is there.
fn sleeps() -> bool {
    use_context::<http::request::Parts>()
        .filter(|parts| parts.method == http::Method::GET)
        .and_then(|parts| parts.extensions.get::<axum::extract::MatchedPath>().map(|path| SLEEPING.contains(&path.as_str())))
        .unwrap_or_default()
}

/// The program's files and the style sheet, by the names that the build gave them.
#[derive(Debug, PartialEq, Eq)]
struct Program {
    sheet: String,
    glue: String,
    /// What the glue imports; nothing, where the build is not split.
    imported: Option<String>,
    wasm: String,
    /// The code of what strangers read, which the program would ask for as soon as it runs: asked for beside it.
    chunks: Vec<String>,
}

impl Program {
    /// `hashes` is the file beside the program, empty where names carry none; `read` gives a file of the site.
    fn named(options: &LeptosOptions, hashes: &str, read: impl Fn(&Path) -> Option<String>) -> Self {
        let mark = |kind: &str| hashes::mark(hashes, kind);
        let (folder, name) = (options.pkg_url_path(), &options.output_name);
        let at = |file: String| format!("/{folder}/{file}");
        let manifest = format!("__wasm_split_manifest{}.json", mark("manifest"));
        let areas = read(&Path::new(options.site_root.as_ref()).join(folder).join(manifest))
            .and_then(|json| serde_json::from_str::<HashMap<String, Vec<String>>>(&json).ok())
            .unwrap_or_default();
        let imported = (!areas.is_empty()).then(|| at(format!("__wasm_split{}.js", mark("split"))));
        let public =
            areas.into_iter().find(|(area, _)| area.starts_with("public_")).map(|(_, chunks)| chunks).unwrap_or_default();
        Self {
            sheet: at(format!("{name}{}.css", mark("css"))),
            glue: at(format!("{name}{}.js", mark("js"))),
            imported,
            wasm: at(format!("{name}{}.wasm", mark("wasm"))),
            chunks: public.into_iter().map(|chunk| at(format!("{chunk}.wasm"))).collect(),
        }
    }

    /// Read once: files do not change while the server runs.
    fn of(options: &LeptosOptions) -> &'static Self {
        static PROGRAM: OnceLock<Program> = OnceLock::new();
        PROGRAM.get_or_init(|| Self::named(options, &hashes::read(options), |file| std::fs::read_to_string(file).ok()))
    }
}

/// Waits for a sign of life, then fetches everything beside each other and wakes the page. A finger that scrolls is none; what a
/// finger puts the focus on is. Whoever was faster than this script has the focus somewhere already. What could not be fetched is
/// asked for again at a later sign, three times, each after a longer pause; a program that came and could not start is left alone.
/// The glue and what it imports come as files before they are named as modules: of a module that did not arrive a browser may
/// remember for good that it did not, and would ask nobody again.
/// A mouse that only rests where a page comes to lie is said to move, by nothing; that is no sign of life.
///
/// Until the page is awake, the two keys of every page are answered here (`SiteKeys` of `frames.rs` answers them from then on): a
/// first key that does nothing would be a key that does not work.
const WAKE: &str = r#"((glue, imported, wasm, chunks) => {
  const signs = ["pointermove", "keydown", "focusin"], how = { capture: true, passive: true };
  const root = document.documentElement, all = (selector) => [...document.querySelectorAll(selector)];
  let tries = 0;
  const lost = () => tries++ < 3 && setTimeout(listen, 1000 * 4 ** tries);
  const listen = () => signs.forEach((sign) => addEventListener(sign, wake, how));
  const wake = (event) => {
    if (event?.type === "pointermove" && (event.pointerType !== "mouse" || !(event.movementX || event.movementY))) return;
    for (const sign of signs) removeEventListener(sign, wake, how);
    for (const href of tries ? [] : [wasm, ...chunks]) {
      const ahead = document.createElement("link");
      Object.assign(ahead, { rel: "preload", as: "fetch", type: "application/wasm", crossOrigin: "anonymous", href });
      document.head.append(ahead);
    }
    // A script that a script puts there is trusted by whoever trusts that one. What `import` fetches for a script that is known by
    // its hash (a kept page's) is not: it finds here what is loaded already.
    const arrives = (href) => fetch(href).then((it) => it.ok ? it.blob() : Promise.reject());
    Promise.all([glue, ...imported].map(arrives)).then(() => {
      const program = document.createElement("script");
      Object.assign(program, { type: "module", src: glue, onerror: lost });
      program.onload = () => import(glue).then((it) => it.default({ module_or_path: wasm }).then(() => it.hydrate(), lost));
      document.head.append(program);
    }).catch(lost);
  };
  const search = () => [...all("main [type=search]"), ...all("header [type=search]")].find((it) => it.offsetParent);
  const keys = {
    "/": () => (search()?.focus(), search()?.select()),
    "?": () => document.getElementById("site-keys")?.showPopover(),
  };
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ("awake" in root.dataset || typing || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  listen();
  if (document.activeElement && document.activeElement !== document.body) wake();
})"#;

/// The script of a page that sleeps.
#[component]
fn WakeWhenTouched(options: LeptosOptions) -> impl IntoView {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    let script = SCRIPT.get_or_init(|| {
        let Program { glue, imported, wasm, chunks, .. } = Program::of(&options);
        format!("{WAKE}({glue:?}, {:?}, {wasm:?}, {chunks:?});", imported.as_slice())
    });
    view! { <script type="module" data-asleep="" nonce=use_nonce()>{script.as_str()}</script> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(hashed: bool) -> LeptosOptions {
        LeptosOptions::builder().output_name("commdesk").site_root("site").site_pkg_dir("pkg").hash_files(hashed).build()
    }

    #[test]
    fn the_program_is_found_by_the_names_of_its_build() {
        let hashes = "js: JJJ\nwasm: WWW\ncss: CCC\nmanifest: MMM\nsplit: SSS\n";
        let manifest = r#"{"desk_12":["chunk_1.X"],"public_12":["chunk_2.Y","split_public_12.Z"]}"#;
        let read = |file: &Path| (file == Path::new("site/pkg/__wasm_split_manifest.MMM.json")).then(|| manifest.to_owned());
        let found = Program::named(&options(true), hashes, read);
        assert_eq!(found.sheet, "/pkg/commdesk.CCC.css");
        assert_eq!(found.glue, "/pkg/commdesk.JJJ.js");
        assert_eq!(found.imported.as_deref(), Some("/pkg/__wasm_split.SSS.js"));
        assert_eq!(found.wasm, "/pkg/commdesk.WWW.wasm");
        assert_eq!(found.chunks, ["/pkg/chunk_2.Y.wasm", "/pkg/split_public_12.Z.wasm"]);
    }

    #[test]
    fn without_hashes_or_a_split_build_the_names_are_bare() {
        let found = Program::named(&options(false), "", |_| None);
        let bare = |file: &str| format!("/pkg/commdesk.{file}");
        assert_eq!(
            found,
            Program { sheet: bare("css"), glue: bare("js"), imported: None, wasm: bare("wasm"), chunks: Vec::new() }
        );
    }
}
