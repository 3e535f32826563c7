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

/// Key of an object's canonical JSON.
pub(super) fn json(stem: &str) -> String {
    format!("{stem}.json")
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
            let keys: Vec<String> = stems_of(&objects, digits).iter().map(|stem| json(stem)).collect();
            for key in &keys {
                prop_assert!(is_key(key) && key != "index.json", "{key:?}");
            }
            let folded: BTreeSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
            prop_assert_eq!(folded.len(), objects.len());
        }
    }
}
