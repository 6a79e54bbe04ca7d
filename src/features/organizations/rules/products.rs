//! What an organization makes: many products live on one company's website, and each is found by its own name.

use crate::kernel::text::{Line, WebUrl};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The most products of one organization.
pub const MOST: usize = 80;

/// A product as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct ProductInput {
    pub name: String,
    /// Its own page; may be left out.
    pub url: String,
    /// What it is, in a few words; may be left out.
    pub segment: String,
}

/// A product that is in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Product {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub segment: String,
}

impl Product {
    /// # Errors
    /// Says what is wrong, and with which product.
    pub fn parse(name: &str, url: &str, segment: &str) -> Result<Self, String> {
        let name = Line::parse(name, 1, 100, "product").map_err(|problem| problem.to_string())?.into_string();
        let about = |problem: String| format!("{name}: {problem}");
        let url = match url.trim() {
            "" => String::new(),
            typed => WebUrl::parse(typed).map_err(|problem| about(problem.to_string()))?.into_string(),
        };
        let segment = Line::parse(segment, 0, 80, "product's kind").map_err(|problem| about(problem.to_string()))?.into_string();
        Ok(Self { name, url, segment })
    }

    pub fn input(&self) -> ProductInput {
        ProductInput { name: self.name.clone(), url: self.url.clone(), segment: self.segment.clone() }
    }
}

/// Reads a list; a name stands once, whatever its case.
///
/// # Errors
/// The first product with a problem, or too many of them.
pub fn read(typed: &[ProductInput]) -> Result<Vec<Product>, String> {
    let mut list: Vec<Product> = Vec::new();
    for it in typed.iter().filter(|it| !(it.name.trim().is_empty() && it.url.trim().is_empty() && it.segment.trim().is_empty())) {
        let product = Product::parse(&it.name, &it.url, &it.segment)?;
        if !list.iter().any(|there| there.name.to_lowercase() == product.name.to_lowercase()) {
            list.push(product);
        }
    }
    if list.len() > MOST {
        Err(format!("These are {} products. Keep the {MOST} that matter most.", list.len()))
    } else {
        Ok(list)
    }
}

/// One product a line, its parts with `|` between: as the form shows them.
pub fn text(products: &[ProductInput]) -> String {
    let line = |it: &ProductInput| {
        let parts = [it.name.as_str(), it.url.as_str(), it.segment.as_str()];
        parts.join(" | ").trim_end_matches([' ', '|']).to_owned()
    };
    products.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What such a text holds.
pub fn typed(text: &str) -> Vec<ProductInput> {
    let read = |line: &str| {
        let mut parts = line.splitn(3, '|').map(|part| part.trim().to_owned());
        let mut next = || parts.next().unwrap_or_default();
        ProductInput { name: next(), url: next(), segment: next() }
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
}

/// As it is stored.
pub fn stored(products: &[Product]) -> Value {
    json!(products)
}

/// What the directory finds them by.
pub fn words(products: &[Product]) -> String {
    products.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_as_it_is_typed() {
        let lines = "Query One | acme.com/query | Database\n\nBuild it\nQUERY ONE | acme.com/other";
        let list = read(&typed(lines)).expect("in order");
        assert_eq!(list.len(), 2, "a name stands once");
        assert_eq!((list[0].url.as_str(), list[0].segment.as_str()), ("https://acme.com/query", "Database"));
        assert_eq!(
            text(&list.iter().map(Product::input).collect::<Vec<_>>()),
            "Query One | https://acme.com/query | Database\nBuild it"
        );
        assert!(read(&typed("Query One | javascript:alert(1)")).is_err());
        assert!(read(&typed(" | acme.com")).is_err(), "a name is needed");
        let many: String = (0..=MOST).map(|n| format!("tool {n}\n")).collect();
        assert!(read(&typed(&many)).is_err());
    }
}
