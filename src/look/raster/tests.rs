//! What the drawing promises, read back from its own bytes.
use super::*;

fn picture(inner: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"60\" viewBox=\"0 0 120 60\">{inner}</svg>"
    )
}

/// Width and height as the header says.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(png.get(..8), Some(&b"\x89PNG\r\n\x1a\n"[..]));
    let number =
        |at: usize| png.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_be_bytes(*bytes));
    (number(16), number(20))
}

#[test]
fn a_picture_has_the_size_asked_for() {
    let svg = picture("<text x=\"4\" y=\"30\" font-size=\"20\">Ciao</text>");
    for (scale, expected) in [(0, (120, 60)), (1, (120, 60)), (2, (240, 120)), (3, (360, 180))] {
        assert_eq!(size(&png(&svg, scale).unwrap()), expected);
    }
    assert_eq!(png(&svg, 200), Err(NotDrawn::Unfit), "a picture has a largest size");
    for bad in ["", "<svg>", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"9\"/>"] {
        assert_eq!(png(bad, 1), Err(NotDrawn::Unfit), "{bad}");
    }
}

#[test]
fn words_are_drawn_and_nothing_is_fetched() {
    let blank = png(&picture(""), 1).unwrap();
    for text in ["Ciao", "Καλημέρα", "Привет", "Łódź", "Çeşme"] {
        let written = png(&picture(&format!("<text x=\"4\" y=\"30\" font-size=\"20\">{text}</text>")), 1).unwrap();
        assert_ne!(written, blank, "{text}");
    }
    let serif = png(&picture("<text x=\"4\" y=\"30\" font-size=\"20\" font-family=\"serif\">Ciao</text>"), 1).unwrap();
    let sans = png(&picture("<text x=\"4\" y=\"30\" font-size=\"20\" font-family=\"x,sans-serif\">Ciao</text>"), 1);
    assert_ne!(Ok(serif), sans);
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/src/look/assets/mark.svg");
    for image in [font, "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E", "http://127.0.0.1:9/x"] {
        let asked = picture(&format!("<image href=\"{image}\" width=\"60\" height=\"60\"/>"));
        assert_eq!(png(&asked, 1).unwrap(), blank, "{image}");
    }
}

#[test]
fn the_fonts_say_what_they_can_write() {
    for c in "Aàßčłø€“–’·…★ΑωέЯйѣЇґ0".chars() {
        assert!(covers(c), "{c}");
    }
    for c in "日本한กاש🏺😀\u{202e}\u{7}\u{10ffff}".chars() {
        assert!(!covers(c), "{c}");
    }
}

#[test]
fn widths_are_those_of_the_fonts() {
    for face in [Face::Plain, Face::Strong, Face::Serif] {
        let (narrow, wide) = (width("iiii", face, 20.0), width("WWWW", face, 20.0));
        assert!(10.0 < narrow && narrow * 2.0 < wide && wide < 120.0, "{face:?}: {narrow} {wide}");
        assert!((width("iiii", face, 40.0) - 2.0 * narrow).abs() < 0.01);
    }
    assert!(width("Ciao", Face::Strong, 20.0) > width("Ciao", Face::Plain, 20.0));
}

/// The embedded bytes have a budget.
#[test]
fn the_fonts_are_small() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/look/assets/fonts");
    let fonts = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    let bytes: u64 = fonts
        .filter(|file| [".otf", ".ttf"].iter().any(|ending| file.file_name().to_string_lossy().ends_with(ending)))
        .map(|file| file.metadata().unwrap().len())
        .sum();
    assert!((300_000..600_000).contains(&bytes), "{bytes}");
}
