//! SVG to pixels, without trusting it.
//!
//! Promises: nothing is opened or fetched, no script runs (there is nothing here that could run one), text and embedded
//! pictures are not read; what a file would cost is counted before it is drawn. Three walls: the text (size, entities),
//! the document (how often elements repeat one another, so that a kilobyte cannot stand for a billion shapes), and the
//! tree that the renderer would walk (pixels touched, memory held at once). Does not do: fonts.

use std::collections::HashMap;

use image::{Rgba, RgbaImage};
use resvg::tiny_skia::{Pixmap, Point, Transform};
use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::roxmltree::{Document, Node as XmlNode, ParsingOptions};
use resvg::usvg::tiny_skia_path::PathSegment;
use resvg::usvg::{ClipPath, Group, ImageHrefResolver, Mask, Node, Options, Paint, Path, Pattern, Tree};

use super::{OUT_SIDE, PictureRefusal, SourceKind, check_shape, wrong_kind};

/// The most bytes of an SVG; beyond it, a logo is not a drawing any more.
const MAX_TEXT: usize = 512 * 1024;
/// XML nodes, texts between elements included.
const MAX_NODES: u32 = 60_000;
/// Elements within elements, references followed.
const MAX_HEIGHT: u32 = 96;
/// Elements after every reference is followed; long paths count more.
const MAX_COST: u64 = 50_000;
/// Selectors of the style sheet times elements.
const MAX_MATCHES: u64 = 4_000_000;
/// Pixels touched while drawing: about two seconds.
const MAX_WORK: u64 = 700_000_000;
/// Pixels of all layers that are open at once: 256 MB.
const MAX_HELD: u64 = 64_000_000;
/// Dashes of all dashed lines.
const MAX_DASHES: f64 = 100_000.0;

const SVG: &str = "http://www.w3.org/2000/svg";

/// A drawing, and what to tell about it.
pub(super) struct Drawn {
    pub(super) picture: RgbaImage,
    pub(super) note: Option<&'static str>,
}

/// Markup that mentions an `<svg>`; whether it is one, parsing tells.
pub(super) fn looks_like_one(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    text.starts_with(b"<") && (contains(text, b"<svg") || contains(text, b":svg"))
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// Draws with the longer side at [`OUT_SIDE`].
pub(super) fn draw(bytes: &[u8]) -> Result<Drawn, PictureRefusal> {
    if bytes.len() > MAX_TEXT {
        return Err(PictureRefusal::new(
            "SVG_TOO_HEAVY",
            format!("This SVG is larger than {} KB. Simplify it, or save the logo as a PNG.", MAX_TEXT / 1024),
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| broken("it is not written in UTF-8"))?
        .trim_start_matches(|c: char| c.is_ascii_whitespace());
    check_entities(text)?;
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        resvg::usvg::roxmltree::Error::NodesLimitReached => too_complex(),
        _ => broken("its markup has an error"),
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "svg" || !matches!(root.tag_name().namespace(), None | Some(SVG)) {
        return Err(wrong_kind(b"<"));
    }
    check_document(&document, text)?;

    let tree = Tree::from_xmltree(&document, &closed_options()).map_err(|_| broken("it says no size that can be drawn"))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    check_shape(f64::from(width), f64::from(height))?;
    let scale = OUT_SIDE as f32 / width.max(height);
    let side = |length: f32| ((length * scale).round() as u32).clamp(1, OUT_SIDE);
    let canvas = (side(width), side(height));
    let transform = Transform::from_scale(canvas.0 as f32 / width, canvas.1 as f32 / height);
    Estimate::new(canvas).drawing(&tree, transform)?;

    let mut pixmap = Pixmap::new(canvas.0, canvas.1).ok_or_else(too_complex)?;
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    let picture = RgbaImage::from_fn(canvas.0, canvas.1, |x, y| match pixmap.pixel(x, y) {
        Some(pixel) => {
            let colour = pixel.demultiply();
            Rgba([colour.red(), colour.green(), colour.blue(), colour.alpha()])
        }
        None => Rgba([0, 0, 0, 0]),
    });
    let has_text = document.descendants().any(|node| is_svg(&node, "text"));
    let note = has_text
        .then_some("Text in this SVG was left out. If a word is missing, convert it to outlines and upload the file again.");
    Ok(Drawn { picture, note })
}

/// The library's own resolvers open files; ours open nothing.
fn closed_options() -> Options<'static> {
    Options {
        image_href_resolver: ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) },
        resources_dir: None,
        ..Options::default()
    }
}

fn broken(why: &str) -> PictureRefusal {
    let kind = SourceKind::Svg.as_str();
    PictureRefusal::new("SVG_BROKEN", format!("This {kind} cannot be read: {why}. Export it again, or save the logo as a PNG."))
}

fn too_complex() -> PictureRefusal {
    PictureRefusal::new(
        "SVG_TOO_COMPLEX",
        "This SVG is too complex to be drawn here. Simplify it (flatten effects, expand symbols), or save the logo as a PNG.",
    )
}

/// Drawing programs write a few entities for namespaces. Those are plain and short; an entity that names others, or a
/// file, or that is repeated into something large is none of theirs.
fn check_entities(text: &str) -> Result<(), PictureRefusal> {
    let refused = || {
        PictureRefusal::new(
            "SVG_ENTITIES",
            "This SVG defines XML entities that we do not read. Export it as plain SVG, and upload that.",
        )
    };
    let mut longest = 0;
    for definition in text.split("<!ENTITY").skip(1) {
        let definition = definition.trim_start();
        let name_ends = definition.find(|c: char| c.is_ascii_whitespace()).ok_or_else(refused)?;
        let (name, rest) = definition.split_at(name_ends);
        let mut rest = rest.trim_start().chars();
        let quote = rest.next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(refused)?;
        let (value, _) = rest.as_str().split_once(quote).ok_or_else(refused)?;
        if name.contains('%') || value.contains(['&', '<', '%']) {
            return Err(refused());
        }
        longest = longest.max(value.len());
    }
    let uses = text.bytes().filter(|b| *b == b'&').count();
    if longest.saturating_mul(uses) > MAX_TEXT { Err(refused()) } else { Ok(()) }
}

// ---- the document: how much it stands for when every reference is followed ----

/// How often an element is drawn anew for the sake of one that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    /// Fills and strokes are inherited: once for each element within.
    EachElement,
    /// Markers: once for each point of each path within.
    EachPoint,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    cost: u64,
    /// Elements, `use` followed.
    elements: u64,
    /// An upper bound for the points of the paths within.
    points: u64,
    height: u32,
}

#[derive(Clone, Copy)]
enum Mark {
    Fresh,
    /// Being counted: meeting it again means that it refers to itself.
    Open,
    Done(Sums),
}

/// One rule of the style sheet that refers to something: to whom it applies, and the references.
struct Rule {
    tag: Option<String>,
    id: Option<String>,
    classes: Vec<String>,
    refers: Vec<(Times, String)>,
}

struct Count<'a, 'input> {
    by_id: HashMap<&'a str, Vec<XmlNode<'a, 'input>>>,
    rules: Vec<Rule>,
    marks: Vec<Mark>,
    /// With the keyword `inherit`, every property is inherited.
    inherits: bool,
}

fn check_document(document: &Document<'_>, text: &str) -> Result<(), PictureRefusal> {
    let mut by_id: HashMap<&str, Vec<XmlNode<'_, '_>>> = HashMap::new();
    let mut style = String::new();
    let mut elements = 0u64;
    let mut ids = 0;
    for node in document.descendants() {
        ids = ids.max(node.id().get_usize() + 1);
        if !node.is_element() {
            continue;
        }
        elements += 1;
        if is_svg(&node, "image") {
            return Err(PictureRefusal::new(
                "SVG_EMBEDS_PICTURE",
                "This SVG holds another picture, which we do not open. Save the logo as a PNG, and upload that.",
            ));
        }
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_default().push(node);
        }
        if is_svg(&node, "style") {
            style.extend(node.descendants().filter_map(|n| if n.is_text() { n.text() } else { None }));
        }
    }
    let selectors = style.bytes().filter(|b| matches!(b, b'{' | b',')).count() as u64;
    if selectors.saturating_mul(elements) > MAX_MATCHES {
        return Err(too_complex());
    }
    let mut count = Count { by_id, rules: rules(&style), marks: vec![Mark::Fresh; ids], inherits: text.contains("inherit") };
    let sums = count.sums(document.root_element(), 0)?;
    if sums.cost > MAX_COST || sums.height > MAX_HEIGHT { Err(too_complex()) } else { Ok(()) }
}

fn is_svg(node: &XmlNode<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && matches!(node.tag_name().namespace(), None | Some(SVG))
}

impl<'a, 'input> Count<'a, 'input> {
    fn sums(&mut self, node: XmlNode<'a, 'input>, depth: u32) -> Result<Sums, PictureRefusal> {
        let index = node.id().get_usize();
        match self.marks[index] {
            Mark::Done(sums) => return Ok(sums),
            Mark::Open => return Err(too_complex()),
            Mark::Fresh if depth > MAX_HEIGHT => return Err(too_complex()),
            Mark::Fresh => self.marks[index] = Mark::Open,
        }
        let bytes: u64 = node.attributes().map(|a| a.value().len() as u64).sum();
        // A point takes two bytes at least ("h1").
        let mut sums = Sums { cost: 1 + bytes / 128, elements: 1, points: 4 + bytes / 2, height: 0 };
        for child in node.children().filter(XmlNode::is_element) {
            let inner = self.sums(child, depth + 1)?;
            sums.cost = sums.cost.saturating_add(inner.cost);
            sums.elements = sums.elements.saturating_add(inner.elements);
            sums.points = sums.points.saturating_add(inner.points);
            sums.height = sums.height.max(inner.height);
        }
        for id in hrefs(&node) {
            for target in self.by_id.get(id).cloned().unwrap_or_default() {
                let inner = self.sums(target, depth + 1)?;
                sums.cost = sums.cost.saturating_add(inner.cost);
                sums.elements = sums.elements.saturating_add(inner.elements);
                sums.points = sums.points.saturating_add(inner.points);
                sums.height = sums.height.max(inner.height);
            }
        }
        for (times, id) in self.references(&node) {
            let times = match times {
                Times::Once if !self.inherits => 1,
                Times::Once | Times::EachElement => sums.elements,
                Times::EachPoint => sums.points,
            };
            for target in self.by_id.get(id.as_str()).cloned().unwrap_or_default() {
                let inner = self.sums(target, depth + 1)?;
                sums.cost = sums.cost.saturating_add(inner.cost.saturating_mul(times));
                sums.height = sums.height.max(inner.height);
            }
        }
        sums.height += 1;
        self.marks[index] = Mark::Done(sums);
        Ok(sums)
    }

    /// Everything that `url(#…)` in attributes, in `style`, or in the style sheet gives to this element.
    fn references(&self, node: &XmlNode<'a, 'input>) -> Vec<(Times, String)> {
        let mut found = Vec::new();
        for attribute in node.attributes() {
            match attribute.name() {
                "style" => declarations(attribute.value(), &mut found),
                name => urls(name, attribute.value(), &mut found),
            }
        }
        let class = node.attribute("class").unwrap_or_default();
        for rule in &self.rules {
            let applies = rule.tag.as_deref().is_none_or(|tag| tag == node.tag_name().name())
                && rule.id.as_deref().is_none_or(|id| node.attribute("id") == Some(id))
                && rule.classes.iter().all(|wanted| class.split_ascii_whitespace().any(|c| c == wanted));
            if applies {
                found.extend(rule.refers.iter().cloned());
            }
        }
        found
    }
}

fn hrefs<'a>(node: &XmlNode<'a, '_>) -> impl Iterator<Item = &'a str> {
    node.attributes().filter(|a| a.name() == "href").filter_map(|a| a.value().trim().strip_prefix('#'))
}

/// The rules of a style sheet that refer to something. Of each selector the last part is kept: it says which element is
/// meant, and leaving out the rest can only count too much.
fn rules(style: &str) -> Vec<Rule> {
    let mut plain = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);

    let mut rules = Vec::new();
    for block in plain.split('}') {
        let Some((selectors, body)) = block.rsplit_once('{') else { continue };
        let mut refers = Vec::new();
        declarations(body, &mut refers);
        if refers.is_empty() {
            continue;
        }
        let selectors = selectors.rsplit(['{', ';']).next().unwrap_or_default();
        for selector in selectors.split(',') {
            let last =
                selector.trim().rsplit(|c: char| c.is_whitespace() || matches!(c, '>' | '+' | '~')).next().unwrap_or_default();
            rules.push(rule(last, refers.clone()));
        }
    }
    rules
}

fn rule(selector: &str, refers: Vec<(Times, String)>) -> Rule {
    let mut rule = Rule { tag: None, id: None, classes: Vec::new(), refers };
    // Attributes and states are left out: without them the rule applies to more, never to less.
    let selector = selector.split([':', '[']).next().unwrap_or_default();
    let mut starts: Vec<usize> = selector.match_indices(['.', '#']).map(|(at, _)| at).collect();
    starts.push(selector.len());
    let tag = &selector[..starts[0]];
    if !tag.is_empty() && tag != "*" {
        rule.tag = Some(tag.to_owned());
    }
    for pair in starts.windows(2) {
        let name = selector[pair[0] + 1..pair[1]].to_owned();
        if selector[pair[0]..].starts_with('#') { rule.id = Some(name) } else { rule.classes.push(name) }
    }
    rule
}

fn declarations(style: &str, found: &mut Vec<(Times, String)>) {
    for declaration in style.split(';') {
        if let Some((name, value)) = declaration.split_once(':') {
            urls(name.trim(), value, found);
        }
    }
}

fn urls(name: &str, value: &str, found: &mut Vec<(Times, String)>) {
    let name = name.to_ascii_lowercase();
    let times = match name.as_str() {
        "fill" | "stroke" => Times::EachElement,
        marker if marker.starts_with("marker") => Times::EachPoint,
        _ => Times::Once,
    };
    for part in value.split("url(").skip(1) {
        let inside = part.split(')').next().unwrap_or_default();
        let id = inside.trim().trim_matches(['"', '\'']).trim();
        if let Some(id) = id.strip_prefix('#') {
            found.push((times, id.to_owned()));
        }
    }
}

// ---- the tree: what drawing it would take ----

/// Follows the renderer's way through the tree and adds up what it would do, without doing it.
struct Estimate {
    canvas: (u32, u32),
    work: u64,
    dashes: f64,
}

/// Where something is drawn: the pixels of the surface, and those of all surfaces that are held meanwhile.
#[derive(Clone, Copy)]
struct Surface {
    width: f64,
    height: f64,
    held: u64,
}

impl Surface {
    fn area(self) -> u64 {
        pixels(self.width * self.height)
    }

    /// Another surface of this size, held beside this one.
    fn beside(self) -> Self {
        Self { held: self.held.saturating_add(self.area()), ..self }
    }
}

fn pixels(area: f64) -> u64 {
    // A float that is no number becomes zero, one that is too large the largest: what a cast does.
    area.ceil() as u64
}

impl Estimate {
    fn new(canvas: (u32, u32)) -> Self {
        Self { canvas, work: 0, dashes: 0.0 }
    }

    fn drawing(mut self, tree: &Tree, transform: Transform) -> Result<(), PictureRefusal> {
        let (width, height) = (f64::from(self.canvas.0), f64::from(self.canvas.1));
        let surface = Surface { width, height, held: pixels(width * height) };
        self.nodes(tree.root(), transform, surface)
    }

    fn spend(&mut self, work: u64) -> Result<(), PictureRefusal> {
        self.work = self.work.saturating_add(work);
        if self.work > MAX_WORK { Err(too_complex()) } else { Ok(()) }
    }

    fn hold(surface: Surface) -> Result<(), PictureRefusal> {
        if surface.held > MAX_HELD { Err(too_complex()) } else { Ok(()) }
    }

    fn nodes(&mut self, group: &Group, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        for node in group.children() {
            self.spend(64)?;
            match node {
                Node::Group(group) => self.group(group, transform, surface)?,
                Node::Path(path) if path.is_visible() => self.path(path, transform, surface)?,
                Node::Path(_) | Node::Image(_) | Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn group(&mut self, group: &Group, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        let transform = transform.pre_concat(group.transform());
        if !group.should_isolate() {
            return self.nodes(group, transform, surface);
        }
        let Some(bounds) = group.layer_bounding_box().transform(transform) else { return Ok(()) };
        // The renderer cuts layers at five times the canvas.
        let width = (f64::from(bounds.width()) + 4.0).min(5.0 * f64::from(self.canvas.0));
        let height = (f64::from(bounds.height()) + 4.0).min(5.0 * f64::from(self.canvas.1));
        let layer = Surface { width, height, held: surface.held.saturating_add(pixels(width * height)) };
        Self::hold(layer)?;
        self.spend(layer.area().saturating_mul(3))?;
        self.nodes(group, transform, layer)?;
        for filter in group.filters() {
            self.filter(filter, transform, layer)?;
        }
        if let Some(clip) = group.clip_path() {
            self.clip(clip, transform, layer)?;
        }
        if let Some(mask) = group.mask() {
            self.mask(mask, transform, layer)?;
        }
        Ok(())
    }

    fn mask(&mut self, mask: &Mask, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        let beside = surface.beside();
        Self::hold(beside)?;
        self.spend(surface.area().saturating_mul(4))?;
        self.nodes(mask.root(), transform, beside)?;
        match mask.mask() {
            Some(mask) => self.mask(mask, transform, beside),
            None => Ok(()),
        }
    }

    fn clip(&mut self, clip: &ClipPath, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        let beside = surface.beside();
        Self::hold(beside)?;
        self.spend(surface.area().saturating_mul(3))?;
        self.clip_nodes(clip.root(), transform.pre_concat(clip.transform()), beside)?;
        match clip.clip_path() {
            Some(clip) => self.clip(clip, transform, beside),
            None => Ok(()),
        }
    }

    fn clip_nodes(&mut self, group: &Group, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        for node in group.children() {
            self.spend(64)?;
            match node {
                Node::Path(path) => self.path(path, transform, surface)?,
                Node::Group(group) => {
                    let transform = transform.pre_concat(group.transform());
                    let surface = match group.clip_path() {
                        Some(clip) => {
                            let beside = surface.beside();
                            Self::hold(beside)?;
                            self.spend(surface.area().saturating_mul(2))?;
                            self.clip(clip, transform, beside)?;
                            beside
                        }
                        None => surface,
                    };
                    self.clip_nodes(group, transform, surface)?;
                }
                Node::Image(_) | Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn filter(&mut self, filter: &Filter, transform: Transform, layer: Surface) -> Result<(), PictureRefusal> {
        let (sx, sy) = transform.get_scale();
        let steps = filter.primitives().len() as u64;
        // Every step keeps its result until the last one.
        let held = layer.held.saturating_add(layer.area().saturating_mul(steps + 3));
        Self::hold(Surface { held, ..layer })?;
        for step in filter.primitives() {
            let window = |radius: f32, scale: f32, most: f64| (2.0 * f64::from(radius) * f64::from(scale) + 1.0).min(most);
            let each = match step.kind() {
                Kind::Turbulence(noise) => 40 * u64::from(noise.num_octaves()),
                Kind::ConvolveMatrix(matrix) => {
                    8 * u64::from(matrix.matrix().columns()).saturating_mul(u64::from(matrix.matrix().rows()))
                }
                Kind::Morphology(shape) => pixels(
                    8.0 * window(shape.radius_x().get(), sx, layer.width) * window(shape.radius_y().get(), sy, layer.height),
                ),
                Kind::GaussianBlur(_) | Kind::DropShadow(_) => 40,
                Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 40,
                Kind::Merge(merge) => 4 * merge.inputs().len() as u64,
                Kind::Tile(_) => 20,
                Kind::Image(image) => {
                    self.nodes(image.root(), transform, layer.beside())?;
                    8
                }
                _ => 8,
            };
            self.spend(layer.area().saturating_mul(each.max(8)))?;
        }
        Ok(())
    }

    fn path(&mut self, path: &Path, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        let Some(bounds) = path.stroke_bounding_box().transform(transform) else { return Ok(()) };
        let height = (f64::from(bounds.height()) + 1.0).min(surface.height);
        let area = pixels((f64::from(bounds.width()) + 1.0).min(surface.width) * height);
        // Every edge is followed down its rows, each of which is four.
        let edges = pixels(path.data().len() as f64 * height * 4.0);
        if let Some(fill) = path.fill() {
            self.spend(edges)?;
            self.paint(fill.paint(), area, transform, surface)?;
        }
        if let Some(stroke) = path.stroke() {
            // Both sides of the line, its joins and its caps.
            self.spend(edges.saturating_mul(6))?;
            self.paint(stroke.paint(), area, transform, surface)?;
            if let Some(dashes) = stroke.dasharray() {
                let period: f64 = dashes.iter().map(|d| f64::from(d.abs())).sum();
                self.dashes += dashes.len() as f64 * length(path) / period.max(f64::from(f32::MIN_POSITIVE));
                // Written so that a dash count that is no number is refused too.
                if self.dashes.is_nan() || self.dashes > MAX_DASHES {
                    return Err(too_complex());
                }
                self.spend(pixels(self.dashes * 400.0))?;
            }
        }
        Ok(())
    }

    fn paint(&mut self, paint: &Paint, area: u64, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        match paint {
            Paint::Color(_) => self.spend(area),
            Paint::LinearGradient(gradient) => self.spend(area.saturating_mul(2 + gradient.stops().len() as u64)),
            Paint::RadialGradient(gradient) => self.spend(area.saturating_mul(4 + gradient.stops().len() as u64)),
            Paint::Pattern(pattern) => {
                self.spend(area.saturating_mul(16))?;
                self.pattern(pattern, transform, surface)
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern, transform: Transform, surface: Surface) -> Result<(), PictureRefusal> {
        let (sx, sy) = transform.pre_concat(pattern.transform()).get_scale();
        let width = f64::from(pattern.rect().width()) * f64::from(sx);
        let height = f64::from(pattern.rect().height()) * f64::from(sy);
        let tile = Surface { width, height, held: surface.held.saturating_add(pixels(width * height)) };
        Self::hold(tile)?;
        self.spend(tile.area())?;
        self.nodes(pattern.root(), Transform::from_scale(sx, sy), tile)
    }
}

/// At most this long: along the control points, which no curve is longer than.
fn length(path: &Path) -> f64 {
    let mut total = 0.0;
    let mut at = Point::zero();
    let mut start = Point::zero();
    let mut go = |from: &mut Point, to: Point| {
        total += f64::from(to.x - from.x).hypot(f64::from(to.y - from.y));
        *from = to;
    };
    for segment in path.data().segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                at = to;
                start = to;
            }
            PathSegment::LineTo(to) => go(&mut at, to),
            PathSegment::QuadTo(a, to) => [a, to].into_iter().for_each(|to| go(&mut at, to)),
            PathSegment::CubicTo(a, b, to) => [a, b, to].into_iter().for_each(|to| go(&mut at, to)),
            PathSegment::Close => go(&mut at, start),
        }
    }
    total
}
