//! Keys of tables and views in ConfigMaps: readable where a key can say the name, a hash where it cannot. Pure.
//! Every object of a snapshot gets its own key, whatever its name is; a test draws hostile names to prove it.

use std::collections::BTreeMap;

use crate::schema::canonical::sha256_hex;

/// Longest key the API server takes.
const MAX_KEY: usize = 253;

/// Room a format needs after the stem; the longest ending there may be one day, so that a new format renames nothing.
const MAX_ENDING: usize = 24;

/// Hex digits of a hashed stem: 64 bits, the form applications know.
const DIGITS: usize = 16;

/// Stems (keys without the ending of a format) of the objects, given as (database, name), in the same order.
pub(super) fn stems(objects: &[(&str, &str)]) -> Vec<String> {
    stems_of(objects, DIGITS)
}

fn stems_of(objects: &[(&str, &str)], digits: usize) -> Vec<String> {
    let folded: Vec<String> = objects.iter().map(|(database, name)| fold(database, name)).collect();
    let twins = counts(&folded);
    let stems: Vec<String> = objects
        .iter()
        .zip(&folded)
        .map(|((database, name), folded)| {
            // A plain stem has exactly one dot and a hashed one none, so the two kinds never meet.
            let plain = format!("{database}.{name}");
            let fits = plain.len() + MAX_ENDING <= MAX_KEY && twins.get(folded) == Some(&1);
            if is_simple(database) && is_simple(name) && fits { plain } else { hashed(database, name, digits) }
        })
        .collect();
    // Two names with the same first 64 bits can be searched for on purpose; such a pair gets the whole hash.
    let taken = counts(&stems);
    let longer = |((database, name), stem): (&(&str, &str), &String)| match taken.get(stem) {
        Some(1) => stem.clone(),
        _ => hashed(database, name, 64),
    };
    objects.iter().zip(&stems).map(longer).collect()
}

/// Stems of the texts of whole databases. They have no dot, so that no key of a table is one of theirs, and none that
/// looks like a hash is plain.
pub(super) fn database_stems(names: &[&str]) -> Vec<String> {
    let twins = counts(&names.iter().map(|name| name.to_lowercase()).collect::<Vec<_>>());
    let alone = |name: &str| twins.get(&name.to_lowercase()) == Some(&1);
    let plain =
        |name: &str| is_simple(name) && name.len() + MAX_ENDING <= MAX_KEY && !name.to_lowercase().starts_with("x-");
    let stems: Vec<String> = names
        .iter()
        .map(|name| if plain(name) && alone(name) { (*name).to_owned() } else { hashed(name, "", DIGITS) })
        .collect();
    let taken = counts(&stems);
    let longer =
        |(name, stem): (&&str, &String)| if taken.get(stem) == Some(&1) { stem.clone() } else { hashed(name, "", 64) };
    names.iter().zip(&stems).map(longer).collect()
}

/// Key of an object's canonical JSON.
pub(super) fn json(stem: &str) -> String {
    format!("{stem}.json")
}

/// Key of the JSON Schema of a table's rows.
pub(super) fn schema(stem: &str) -> String {
    format!("{stem}.schema.json")
}

/// Keys of the parts of one text: `shop.mmd`, or `shop.1.mmd`, `shop.2.mmd`; of DDL `shop.ddl.sql` or `shop.ddl.1.sql`.
pub(super) fn parts(stem: &str, ending: &str, parts: usize) -> Vec<String> {
    match parts {
        0 | 1 => vec![format!("{stem}.{ending}")],
        _ => (1..=parts).map(|number| format!("{stem}.{number}.{ending}")).collect(),
    }
}

fn is_simple(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Two names that differ in case alone would be one file where file names do not know case.
fn fold(database: &str, name: &str) -> String {
    format!("{database}\0{name}").to_lowercase()
}

fn hashed(database: &str, name: &str, digits: usize) -> String {
    format!("x-{}", &sha256_hex(&[database.as_bytes(), b"\0", name.as_bytes()])[..digits])
}

fn counts(texts: &[String]) -> BTreeMap<String, usize> {
    texts.iter().fold(BTreeMap::new(), |mut counts, text| {
        *counts.entry(text.clone()).or_default() += 1;
        counts
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_a_key_can_say_are_said() {
        let long = "l".repeat(250);
        let objects = [
            ("shop", "orders"),
            ("shop", "Order-Lines_2"),
            ("shop", "a.b"),
            ("my.shop", "orders"),
            ("shop", "größe"),
            ("shop", "a b"),
            ("shop", "Foo"),
            ("shop", "foo"),
            ("shop", ""),
            ("shop", long.as_str()),
        ];
        let stems = stems(&objects);
        assert_eq!(stems[..2], ["shop.orders", "shop.Order-Lines_2"]);
        for (stem, object) in stems.iter().zip(&objects).skip(2) {
            let hex = stem.strip_prefix("x-").unwrap_or_default();
            assert!(hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit()), "{object:?}: {stem}");
        }
        // printf 'shop\0a.b' | sha256sum
        assert_eq!(stems[2], "x-4ffbe46f66a31906");
    }

    #[test]
    fn texts_of_a_database_are_numbered_when_there_are_several() {
        assert_eq!(database_stems(&["shop", "a b", "Foo", "foo", "x-1"])[0], "shop");
        let stems = database_stems(&["a b", "Foo", "foo", "x-1", "größe"]);
        assert!(stems.iter().all(|stem| stem.starts_with("x-") && stem.len() == 18), "{stems:?}");
        assert_eq!(parts("shop", "mmd", 1), ["shop.mmd"]);
        assert_eq!(parts("shop.ddl", "sql", 2), ["shop.ddl.1.sql", "shop.ddl.2.sql"]);
    }

    fn name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[aAbB._-]{1,3}",
            "[a-zA-Z0-9_]{1,64}",
            "\\PC{0,64}",
            "[éÉßKk\u{212a}İi\u{0}x.]{1,3}",
            "x-[0-9a-f]{1,4}",
            "[a-c]{240,260}",
        ]
    }

    fn is_key(key: &str) -> bool {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
        !key.is_empty() && key.len() <= MAX_KEY && !key.starts_with("..") && key.bytes().all(plain)
    }

    proptest! {
        #[test]
        fn every_object_has_a_valid_key_of_its_own_even_without_case_and_with_colliding_hashes(
            names in proptest::collection::btree_set((name(), name()), 1..40),
            digits in prop_oneof![Just(1_usize), Just(DIGITS)],
        ) {
            let objects: Vec<(&str, &str)> = names.iter().map(|(d, n)| (d.as_str(), n.as_str())).collect();
            let stems = stems_of(&objects, digits);
            let databases: BTreeSet<&str> = objects.iter().map(|(database, _)| *database).collect();
            let databases = database_stems(&databases.into_iter().collect::<Vec<_>>());
            let tables = stems.iter().flat_map(|stem| [json(stem), schema(stem)]);
            let files = databases.iter().flat_map(|stem| [parts(stem, "mmd", 1), parts(&format!("{stem}.ddl"), "sql", 12)].concat());
            let keys: Vec<String> = tables.chain(files).collect();
            for key in &keys {
                prop_assert!(is_key(key) && key != "index.json", "{key:?}");
            }
            let folded: BTreeSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
            prop_assert_eq!(folded.len(), 2 * objects.len() + 13 * databases.len());
        }
    }
}
