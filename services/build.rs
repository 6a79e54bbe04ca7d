//! Tells cargo to look at the folder of migrations. The macro that takes them in (`platform/db.rs`) has it watch those that are
//! there; a new one it would not notice, and the program would go on without.

fn main() {
    // Rules know of no migration, but name something all the same: a script that names nothing is run again for every edit of the
    // package.
    let watched = if std::env::var_os("CARGO_FEATURE_SERVER").is_some() { "../migrations" } else { "build.rs" };
    println!("cargo::rerun-if-changed={watched}");
}
