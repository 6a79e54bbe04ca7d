//! The vocabulary of technologies: one spelling for each, so that lists can be matched and searched.
//!
//! Pure. Knows the usual spellings; what it does not know stays as it was typed, tidied.

use std::sync::LazyLock;

/// The most technologies of one event or organization.
pub const MOST: usize = 20;
/// The most characters of one.
const LONGEST: usize = 40;

/// How technologies are written, each with other ways to type it (in lower case, without spaces, dots and dashes).
#[rustfmt::skip]
const KNOWN: &[(&str, &[&str])] = &[
    (".NET", &["net", "dotnet", "dotnetcore", "netcore"]), ("Android", &[]), ("Angular", &["angularjs"]), ("Ansible", &[]),
    ("Apache Kafka", &["kafka"]), ("Apache Spark", &["spark"]), ("AWS", &["amazonwebservices"]), ("Azure", &["microsoftazure"]),
    ("Bash", &[]), ("Blockchain", &[]), ("C", &[]), ("C#", &["csharp"]), ("C++", &["cpp", "cplusplus"]), ("Cassandra", &[]),
    ("Clojure", &[]), ("CSS", &["css3"]), ("Dart", &[]), ("Deno", &[]), ("Django", &[]), ("Docker", &[]), ("Elasticsearch", &[]),
    ("Elixir", &[]), ("Erlang", &[]), ("Ethereum", &[]), ("Express", &["expressjs"]), ("FastAPI", &[]), ("Figma", &[]),
    ("Firebase", &[]), ("Flask", &[]), ("Flutter", &[]), ("Git", &[]), ("GitHub", &[]), ("GitLab", &[]), ("Go", &["golang"]),
    ("Google Cloud", &["gcp", "googlecloudplatform"]), ("Grafana", &[]), ("GraphQL", &[]), ("gRPC", &[]), ("Haskell", &[]),
    ("HTML", &["html5"]), ("Hugging Face", &[]), ("iOS", &[]), ("Java", &[]), ("JavaScript", &["js", "ecmascript"]),
    ("Jenkins", &[]), ("Julia", &[]), ("Jupyter", &[]), ("Keras", &[]), ("Kotlin", &[]), ("Kubernetes", &["k8s"]),
    ("LangChain", &[]), ("Laravel", &[]), ("Linux", &[]), ("LLMs", &["llm", "largelanguagemodels"]), ("Lua", &[]),
    ("MATLAB", &[]), ("MongoDB", &["mongo"]), ("MySQL", &[]), ("Neo4j", &[]), ("NestJS", &["nest"]), ("Next.js", &["nextjs"]),
    ("NoSQL", &[]), ("Node.js", &["node", "nodejs"]), ("NumPy", &[]), ("Nuxt", &["nuxtjs"]), ("Objective-C", &["objc"]),
    ("OpenAI", &[]), ("OpenCV", &[]), ("OpenTelemetry", &["otel"]), ("Oracle", &[]), ("pandas", &[]), ("Perl", &[]), ("PHP", &[]),
    ("PostgreSQL", &["postgres", "psql"]), ("Power BI", &[]), ("Prometheus", &[]), ("Python", &["python3", "py"]),
    ("PyTorch", &["torch"]), ("R", &[]), ("RabbitMQ", &[]), ("React", &["reactjs"]), ("React Native", &[]), ("Redis", &[]),
    ("REST", &["restapi", "restful"]), ("ROS", &[]), ("Ruby", &[]), ("Ruby on Rails", &["rails", "ror"]), ("Rust", &["rustlang"]),
    ("Scala", &[]), ("scikit-learn", &["sklearn"]), ("Snowflake", &[]), ("Solana", &[]), ("Solidity", &[]), ("Spring", &[]),
    ("Spring Boot", &[]), ("SQL", &[]), ("SQLite", &[]), ("Supabase", &[]), ("Svelte", &["sveltejs"]), ("Swift", &[]),
    ("Tableau", &[]), ("Tailwind CSS", &["tailwind"]), ("TensorFlow", &["tf"]), ("Terraform", &[]), ("Three.js", &["threejs"]),
    ("TypeScript", &["ts"]), ("Unity", &["unity3d"]), ("Unreal Engine", &["unreal"]), ("Vercel", &[]), ("Vite", &[]),
    ("Vue.js", &["vue", "vuejs"]), ("Web3", &[]), ("WebAssembly", &["wasm"]), ("WebGL", &[]), ("WebRTC", &[]), ("WordPress", &[]),
];

/// Lower case, without what people write differently. `#` and `+` stay: they tell C, C# and C++ apart.
fn folded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '_' | '/')).flat_map(char::to_lowercase).collect()
}

/// Every name of a technology as [`folded`] writes it, sorted, with the place of its usual spelling. A page of a list asks for
/// hundreds of them, so the list is folded once.
static NAMES: LazyLock<Vec<(String, usize)>> = LazyLock::new(|| {
    let mut names: Vec<(String, usize)> = Vec::new();
    for (place, (name, others)) in KNOWN.iter().enumerate() {
        names.push((folded(name), place));
        names.extend(others.iter().map(|other| ((*other).to_owned(), place)));
    }
    names.sort();
    names
});

/// The usual spelling of what [`folded`] has written.
fn spelling(folded: &str) -> Option<&'static str> {
    let found = NAMES.binary_search_by(|(name, _)| name.as_str().cmp(folded)).ok()?;
    NAMES.get(found).and_then(|(_, place)| KNOWN.get(*place)).map(|(name, _)| *name)
}

/// What tells two technologies apart, however they are typed: `c++`, `nodejs`, `k8s` gives `kubernetes`.
pub fn key(text: &str) -> String {
    let typed = folded(text);
    match spelling(&typed) {
        Some(name) if name != text => folded(name),
        _ => typed,
    }
}

/// The usual spelling of a technology that everybody knows, by any of its names.
pub fn known(text: &str) -> Option<&'static str> {
    spelling(&folded(text))
}

/// Every usual spelling, each with its other names.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    KNOWN.iter().copied()
}

/// How a technology may be written where it was kept before there was one spelling for each.
pub fn spellings(typed: &str) -> Vec<String> {
    let own = key(typed);
    let mut list = vec![typed.to_owned(), typed.to_lowercase()];
    for (name, others) in all().filter(|(name, _)| key(name) == own) {
        list.push(name.to_owned());
        list.extend(others.iter().map(|other| (*other).to_owned()));
    }
    list.sort();
    list.dedup();
    list
}

/// The one technology that is named, in its usual spelling.
///
/// # Errors
/// There are several, or none.
pub fn one(typed: &str) -> Result<String, String> {
    let mut names = normalise(&[typed])?.into_iter();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        _ => Err("Name one technology; for several, say the parameter several times.".into()),
    }
}

/// Each in its usual spelling, every one once; of what nobody knows the first spelling stays.
pub fn one_spelling(list: Vec<String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    let mut kept = Vec::new();
    for name in list {
        let key = key(&name);
        if !seen.contains(&key) {
            seen.push(key);
            kept.push(known(&name).map_or(name, str::to_owned));
        }
    }
    kept
}

/// The list in one spelling each, in the order given, every one once. Each entry may hold several, with commas between.
///
/// # Errors
/// More than [`MOST`], or an entry that is too long or holds no letter.
pub fn normalise<S: AsRef<str>>(typed: &[S]) -> Result<Vec<String>, String> {
    let mut list: Vec<String> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for entry in typed.iter().flat_map(|entry| entry.as_ref().split([',', ';', '\n'])) {
        let tidy = entry.split_whitespace().collect::<Vec<_>>().join(" ");
        if tidy.is_empty() {
            continue;
        }
        if tidy.chars().count() > LONGEST {
            return Err(format!(
                "“{}…” is too long for a technology. Use at most {LONGEST} characters.",
                tidy.chars().take(20).collect::<String>()
            ));
        }
        if tidy.chars().any(char::is_control) || !tidy.chars().any(char::is_alphanumeric) || tidy.contains(['<', '>']) {
            return Err(format!("“{tidy}” is no technology. Write names with commas between them: Rust, C++, Node.js."));
        }
        let key = folded(&tidy);
        let (name, key) = spelling(&key).map_or((tidy, key), |name| (name.to_owned(), folded(name)));
        if !seen.contains(&key) {
            seen.push(key);
            list.push(name);
        }
    }
    if list.len() > MOST {
        return Err(format!("These are {} technologies. Keep the {MOST} that matter most.", list.len()));
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Vec<String> {
        normalise(&[text]).expect("a fine list")
    }

    #[test]
    fn known_spellings_become_one() {
        assert_eq!(of("c++, C#, .net, node, NODEJS, reactjs,golang"), ["C++", "C#", ".NET", "Node.js", "React", "Go"]);
        assert_eq!(of(" k8s ;Postgres\nnext.js, dotnet core"), ["Kubernetes", "PostgreSQL", "Next.js", ".NET"]);
        assert_eq!(of("c, r, Quantum  Foo, quantum-foo"), ["C", "R", "Quantum Foo"]);
        assert_eq!(of(" , ,"), Vec::<String>::new());
    }

    #[test]
    fn no_two_spellings_mean_two_things() {
        let mut keys: Vec<String> = KNOWN
            .iter()
            .flat_map(|(name, others)| {
                let mut keys: Vec<String> = others.iter().map(|o| (*o).to_owned()).filter(|o| *o != folded(name)).collect();
                keys.push(folded(name));
                keys
            })
            .collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn limits_are_told() {
        let many: Vec<String> = (0..21).map(|n| format!("tool{n}")).collect();
        assert!(normalise(&many).expect_err("one too many").contains("21"));
        assert!(normalise(&["x".repeat(41)]).is_err());
        assert!(normalise(&["<script>"]).is_err());
        assert!(normalise(&["+++"]).is_err());
    }

    proptest! {
        #[test]
        fn a_second_reading_changes_nothing(typed in prop::collection::vec("[a-zA-Z.+# ,-]{0,20}", 0..8)) {
            if let Ok(once) = normalise(&typed) {
                prop_assert_eq!(normalise(&once), Ok(once.clone()));
            }
        }
    }
}
