//! Spatial columns: GeoJSON objects and WKT texts, judged by their shape.

use super::super::code::Code;
use super::super::json::{Cell, children};
use super::super::notes::Notes;

/// Names of the geometry types: the base type, GeoJSON's name, and how deep its coordinates nest.
const TYPES: [(&str, &str, usize); 7] = [
    ("point", "Point", 1),
    ("linestring", "LineString", 2),
    ("polygon", "Polygon", 3),
    ("multipoint", "MultiPoint", 2),
    ("multilinestring", "MultiLineString", 3),
    ("multipolygon", "MultiPolygon", 4),
    ("geometrycollection", "GeometryCollection", 0),
];

/// A spatial column.
pub(super) fn check(base: &str, cell: Cell<'_>, notes: &mut Notes) {
    let found = match cell {
        Cell::Object(text) => geo_json(text, 0),
        Cell::String(text) => well_known(&text.value()),
        _ => None,
    };
    match found {
        Some(found) if base == "geometry" || base == found => {}
        Some(found) => {
            _ = notes.add(Code::SpatialInvalid, || format!("the geometry is a {found}, the column a {base}"))
        }
        None => notes.say(Code::SpatialInvalid, "neither a GeoJSON geometry nor a WKT text, as in POINT(1 2)"),
    }
}

/// The base type of a GeoJSON geometry.
fn geo_json(text: &str, depth: usize) -> Option<&'static str> {
    let (mut kind, mut coordinates, mut geometries) = (None, None, None);
    children(text, |key, value| {
        match (key.map(|key| key.value()).as_deref(), value) {
            (Some("type"), Cell::String(name)) => kind = TYPES.iter().find(|(_, geo, _)| *geo == name.value()),
            (Some("coordinates"), Cell::Array(text)) => coordinates = Some(text),
            (Some("geometries"), Cell::Array(text)) => geometries = Some(text),
            _ => {}
        }
        true
    });
    let (base, _, levels) = kind?;
    let good = match levels {
        0 if depth < 16 => {
            let mut all = true;
            children(geometries?, |_, value| {
                all &= matches!(value, Cell::Object(text) if geo_json(text, depth + 1).is_some());
                all
            });
            all
        }
        0 => false,
        levels => positions(coordinates?, *levels),
    };
    good.then_some(*base)
}

/// Arrays nested that deep, with two to four numbers in the innermost.
fn positions(text: &str, levels: usize) -> bool {
    let (mut all, mut count) = (true, 0);
    children(text, |_, value| {
        count += 1;
        all &= match value {
            Cell::Array(inner) => levels > 1 && positions(inner, levels - 1),
            Cell::Number { .. } => levels == 1,
            _ => false,
        };
        all
    });
    all && if levels == 1 { (2..=4).contains(&count) } else { count > 0 }
}

/// The base type of a WKT text; parentheses and numbers are looked at, rings are not.
fn well_known(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let (word, rest) = text.split_at(text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let (base, _, levels) = TYPES.iter().find(|(base, ..)| word.eq_ignore_ascii_case(base))?;
    let rest = rest.trim();
    let inner = rest.strip_prefix('(')?.strip_suffix(')')?;
    let good = match levels {
        0 => split(inner).all(|part| well_known(part).is_some()),
        levels => wkt_positions(inner, *levels),
    };
    good.then_some(*base)
}

fn wkt_positions(inner: &str, levels: usize) -> bool {
    if levels == 1 {
        return inner.split_whitespace().count() == 2
            && inner.split_whitespace().all(|word| word.parse::<f64>().is_ok_and(f64::is_finite));
    }
    split(inner).all(|part| match part.trim().strip_prefix('(').and_then(|part| part.strip_suffix(')')) {
        Some(part) => wkt_positions(part, levels - 1),
        // The points of a line stand without parentheses.
        None => levels == 2 && wkt_positions(part, 1),
    })
}

/// Parts between the commas that stand in no parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geometries_are_told_by_their_shape() {
        for (text, base) in [
            ("POINT(1 2)", Some("point")),
            (" point ( -1.5 2e3 ) ", Some("point")),
            ("POINT(1)", None),
            ("POINT(1 2", None),
            ("POINT(1 nan)", None),
            ("LINESTRING(0 0,1 1)", Some("linestring")),
            ("POLYGON((0 0,1 0,1 1,0 0))", Some("polygon")),
            ("POLYGON(0 0,1 1)", None),
            ("MULTIPOINT((0 0),(1 1))", Some("multipoint")),
            ("MULTIPOINT(0 0,1 1)", Some("multipoint")),
            ("GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))", Some("geometrycollection")),
            ("CIRCLE(1 2)", None),
            ("", None),
        ] {
            assert_eq!(well_known(text), base, "{text}");
        }
        for (text, base) in [
            (r#"{"type":"Point","coordinates":[1,2]}"#, Some("point")),
            (r#"{"type":"Point","coordinates":["1",2]}"#, None),
            (r#"{"type":"Point","coordinates":[[1,2]]}"#, None),
            (r#"{"type":"Point"}"#, None),
            (r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,0]]]]}"#, Some("multipolygon")),
            (
                r#"{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}"#,
                Some("geometrycollection"),
            ),
            (r#"{"type":"GeometryCollection","geometries":[1]}"#, None),
        ] {
            assert_eq!(geo_json(text, 0), base, "{text}");
        }
    }
}
