//! `diff`: what changed between two revisions; the report is that of `mcp-schema-operator diff`.

use super::Printed;
use super::cli::DiffArgs;
use super::cluster::Target;
use super::revisions::{self, Revision};
use super::text::listed;
use crate::commands::diff::report;
use crate::schema::Snapshot;
use crate::schema::canonical::revision;

/// Fewest digits that name a revision.
const FEWEST: usize = 4;
const PREFIX: &str = "sha256:";

/// Prints the changes; a finding when they break who is protected.
pub(super) async fn run(target: &Target, args: &DiffArgs) -> Result<Printed, String> {
    let words = (Word::parse(&args.old)?, Word::parse(&args.new)?);
    let sides = Sides::read(target).await?;
    let (old, new) = (sides.schema(target, &words.0).await?, sides.schema(target, &words.1).await?);
    let (text, findings) = report(&old, &new, args.protect, args.format)?;
    Ok(Printed { text, findings })
}

/// What a REV says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Word {
    Published,
    Held,
    /// The first digits of a content hash.
    Digits(String),
}

impl Word {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "published" => Ok(Self::Published),
            "held" => Ok(Self::Held),
            _ => match digits(text) {
                Ok(digits) => Ok(Self::Digits(digits)),
                Err(problem) => Err(format!("{problem}, or one of the words published and held")),
            },
        }
    }
}

/// The digits of a revision, of its beginning, or of a content hash.
pub(super) fn digits(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix(PREFIX).unwrap_or(text).to_ascii_lowercase();
    let good = digits.bytes().all(|b| b.is_ascii_hexdigit()) && (FEWEST..=64).contains(&digits.len());
    good.then_some(digits).ok_or_else(|| {
        format!(
            "'{text}' is no revision: give at least {FEWEST} of its hex digits, as kubectl schema history shows them"
        )
    })
}

/// The contents a snapshot knows of.
struct Sides {
    published: Option<String>,
    held: Option<String>,
    revisions: Vec<Revision>,
}

impl Sides {
    async fn read(target: &Target) -> Result<Self, String> {
        let status = target.status();
        let held = status.held.map(|held| held.content_hash);
        Ok(Self { published: status.content_hash, held, revisions: revisions::list(target).await? })
    }

    /// Hash of the content a word means; `None` for what is published, whatever that is by now.
    fn hash(&self, word: &Word) -> Result<Option<String>, String> {
        match word {
            Word::Published => Ok(None),
            Word::Held => self.held.clone().map(Some).ok_or_else(|| "nothing is held".to_owned()),
            Word::Digits(digits) => {
                let hash = self.named(digits)?;
                Ok(Some(hash).filter(|hash| self.published.as_ref() != Some(hash)))
            }
        }
    }

    fn named(&self, digits: &str) -> Result<String, String> {
        let kept = self.revisions.iter().map(|one| one.content_hash.clone());
        let mut all: Vec<String> = kept.chain(self.published.clone()).chain(self.held.clone()).collect();
        all.sort();
        all.dedup();
        let names = |hashes: &[&String]| {
            let names: Vec<String> = hashes.iter().map(|hash| revision(hash)).collect();
            listed(names.iter().map(String::as_str))
        };
        let fits = |hash: &&String| hash.strip_prefix(PREFIX).is_some_and(|hash| hash.starts_with(digits));
        match all.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [one] => Ok((*one).clone()),
            [] if all.is_empty() => Err("nothing was published yet, so there is no revision".to_owned()),
            [] => Err(format!("there is no revision {digits}; there are: {}", names(&all.iter().collect::<Vec<_>>()))),
            several => Err(format!("{digits} may be any of {}: give more digits", names(several))),
        }
    }

    async fn schema(&self, target: &Target, word: &Word) -> Result<Snapshot, String> {
        let Some(hash) = self.hash(word)? else { return Ok(target.published().await?.snapshot) };
        match self.revisions.iter().find(|one| one.content_hash == hash) {
            Some(revision) => revisions::read(target, revision).await,
            None => Err(format!(
                "the content of {} is not kept as a revision, so that it cannot be compared; {} says what is known of it",
                revision(&hash),
                target.status_command()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(start: &str) -> String {
        format!("{PREFIX}{start}{}", "0".repeat(64 - start.len()))
    }

    #[test]
    fn a_rev_is_a_word_or_at_least_four_digits() {
        for (text, want) in [
            ("published", Some(Word::Published)),
            ("held", Some(Word::Held)),
            ("3f9c", Some(Word::Digits("3f9c".to_owned()))),
            ("3F9C1a77be20", Some(Word::Digits("3f9c1a77be20".to_owned()))),
            ("sha256:3f9c1", Some(Word::Digits("3f9c1".to_owned()))),
            ("3f9", None),
            ("3f9g", None),
            ("", None),
            ("latest", None),
        ] {
            assert_eq!(Word::parse(text).ok(), want, "{text}");
        }
        assert_eq!(Word::parse(&"a".repeat(65)).ok(), None);
    }

    #[test]
    fn digits_name_one_content_or_are_refused() {
        let kept = |start: &str| Revision {
            content_hash: hash(start),
            published_at: None,
            config_map: String::new(),
            pieces: 1,
            whole: true,
        };
        let sides = Sides {
            published: Some(hash("aaaa11")),
            held: Some(hash("cccc")),
            revisions: vec![kept("aaaa11"), kept("aaaa22"), kept("bbbb")],
        };
        let at = |text: &str| sides.hash(&Word::parse(text)?);
        for (text, want) in [
            ("published", Ok(None)),
            ("aaaa11", Ok(None)),
            ("held", Ok(Some(hash("cccc")))),
            ("cccc", Ok(Some(hash("cccc")))),
            ("bbbb00", Ok(Some(hash("bbbb")))),
            ("aaaa", Err("aaaa may be any of aaaa11000000, aaaa22000000: give more digits".to_owned())),
            (
                "dddd",
                Err("there is no revision dddd; there are: aaaa11000000, aaaa22000000, bbbb00000000, cccc00000000"
                    .to_owned()),
            ),
        ] {
            assert_eq!(at(text), want, "{text}");
        }
        let empty = Sides { published: None, held: None, revisions: Vec::new() };
        assert_eq!(empty.hash(&Word::Held), Err("nothing is held".to_owned()));
        assert!(empty.hash(&Word::Digits("aaaa".to_owned())).is_err_and(|text| text.contains("nothing was published")));
    }
}
