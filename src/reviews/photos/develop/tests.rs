//! Photos, and files that only look like one: all of them made here.
use std::io::Write as _;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgba, RgbaImage};

use super::*;

/// Left half red, right half blue, brighter towards the bottom.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let shade = u8::try_from(100 + 100 * y / height).unwrap();
        if x < width / 2 { Rgb([shade, 0, 0]) } else { Rgb([0, 0, shade]) }
    })
}

fn as_jpeg(picture: &RgbImage) -> Vec<u8> {
    jpeg(picture).unwrap()
}

fn as_png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    PngEncoder::new(&mut bytes).write_image(picture, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn as_webp(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    WebPEncoder::new_lossless(&mut bytes).write_image(picture, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A JPEG segment with its marker and length.
fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], &length[..], content].concat()
}

/// Exif with an orientation and a place on earth.
fn exif(orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let turn = entry(0x0112, 3, 1, [0, orientation, 0, 0]);
    let place = entry(0x8825, 4, 1, 38_u32.to_be_bytes());
    let north = entry(1, 2, 2, *b"N\0\0\0");
    let first = [&2_u16.to_be_bytes()[..], &turn, &place, &[0; 4]].concat();
    let gps = [&1_u16.to_be_bytes()[..], &north, &[0; 4]].concat();
    [b"Exif\0\0MM\0*\0\0\0\x08", &first[..], &gps, b"Via Garibaldi 1, Genova"].concat()
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    [&jpeg[..2], &segment(0xe1, &exif(orientation)), &jpeg[2..]].concat()
}

fn crc(bytes: &[u8]) -> u32 {
    let mut hasher = flate2::Crc::new();
    hasher.update(bytes);
    hasher.sum()
}

fn chunk(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&kind[..], content].concat();
    [&u32::try_from(content.len()).unwrap().to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
}

fn deflated(bytes: usize) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..bytes >> 20 {
        encoder.write_all(&zeros).unwrap();
    }
    encoder.finish().unwrap()
}

/// A PNG of this size whose pixels are what `data` inflates to, with chunks before them.
fn png(width: u32, height: u32, before: &[Vec<u8>], data: &[u8]) -> Vec<u8> {
    let size = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let parts = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(*b"IHDR", &size), before.concat(), chunk(*b"IDAT", data)];
    [parts.concat(), chunk(*b"IEND", b"")].concat()
}

fn opened(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg).unwrap().to_rgb8()
}

fn is_red(pixel: Rgb<u8>) -> bool {
    pixel.0[0] > 60 && pixel.0[2] < 60
}

#[test]
fn what_browsers_send_becomes_a_jpeg_of_ours() {
    let picture = scene(2000, 1000);
    for bytes in [as_jpeg(&picture), as_png(&picture), as_webp(&picture)] {
        let photo = develop(&bytes).unwrap();
        assert_eq!((photo.width, photo.height), (1600, 800));
        let (full, small) = (opened(&photo.full), opened(&photo.small));
        assert_eq!((full.dimensions(), small.dimensions()), ((1600, 800), (320, 160)));
        for shown in [&full, &small] {
            let (width, height) = shown.dimensions();
            assert!(
                is_red(*shown.get_pixel(width / 4, height / 2)) && !is_red(*shown.get_pixel(width * 3 / 4, height / 2))
            );
        }
    }
    let small = develop(&as_png(&scene(40, 20))).unwrap();
    assert_eq!((small.width, small.height), (40, 20), "nothing is blown up");
    assert_eq!(opened(&small.small).dimensions(), (40, 20));
}

#[test]
fn a_photo_stands_upright_and_says_nothing_of_its_camera() {
    let lying = with_exif(&as_jpeg(&scene(200, 100)), 6);
    assert!(lying.windows(9).any(|part| part == b"Garibaldi"));
    let photo = develop(&lying).unwrap();
    assert_eq!((photo.width, photo.height), (100, 200), "turned by a quarter");
    let full = opened(&photo.full);
    assert!(is_red(*full.get_pixel(50, 40)) && !is_red(*full.get_pixel(50, 160)), "what was left is up");
    for bytes in [&photo.full, &photo.small] {
        for trace in [&b"Exif"[..], b"Garibaldi", b"ICC_PROFILE", b"http://ns.adobe.com"] {
            assert!(!bytes.windows(trace.len()).any(|part| part == trace));
        }
    }
    let odd = with_exif(&as_jpeg(&scene(200, 100)), 99);
    assert_eq!(develop(&odd).unwrap().width, 200, "notes that cannot be read turn nothing");
}

#[test]
fn what_could_be_seen_through_is_white() {
    let clear = RgbaImage::from_fn(20, 20, |x, _| if x < 10 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) });
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&clear, 20, 20, ExtendedColorType::Rgba8).unwrap();
    let full = opened(&develop(&bytes).unwrap().full);
    assert!(is_red(*full.get_pixel(4, 10)));
    assert!(full.get_pixel(16, 10).0.iter().all(|c| *c > 240));
    assert_eq!((over_white(0, 0), over_white(7, 255), over_white(0, 128)), (255, 7, 127));
}

#[test]
fn what_stands_behind_the_end_is_left_behind() {
    let script = b"<script>alert(1)</script>PK\x03\x04 and a whole archive";
    for bytes in [as_jpeg(&scene(60, 40)), as_png(&scene(60, 40)), as_webp(&scene(60, 40))] {
        let photo = develop(&[&bytes[..], script].concat()).unwrap();
        assert!(!photo.full.windows(7).any(|part| part == b"<script"));
    }
    let comment = segment(0xfe, script);
    let plain = as_jpeg(&scene(60, 40));
    let within = develop(&[&plain[..2], &comment, &plain[2..]].concat()).unwrap();
    assert!(!within.full.windows(7).any(|part| part == b"<script"));
}

#[test]
fn other_files_are_refused_whatever_they_are_called() {
    let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    for bytes in [&gif[..], svg, b"", b"\xff", b"PK\x03\x04", b"%PDF-1.7", b"RIFF\x04\x00\x00\x00WAVE", b"BM\x3a\0\0\0"]
    {
        assert_eq!(develop(bytes).unwrap_err(), Unfit::Unknown, "{bytes:?}");
    }
}

#[test]
fn half_a_photo_is_none() {
    let picture = scene(300, 200);
    for whole in [as_jpeg(&picture), as_png(&picture), as_webp(&picture)] {
        assert!(develop(&whole).is_ok());
        for part in [12, 30, whole.len() / 3, whole.len() / 2, whole.len() * 9 / 10] {
            let unfit = develop(&whole[..part]).unwrap_err();
            assert_eq!(unfit, Unfit::Broken, "{part} of {}", whole.len());
        }
    }
    let thumbnail = segment(0xe1, &as_jpeg(&scene(16, 16)));
    let whole = as_jpeg(&picture);
    let tricked = [&whole[..2], &thumbnail, &whole[2..whole.len() / 2]].concat();
    assert_eq!(develop(&tricked).unwrap_err(), Unfit::Broken, "the end of a thumbnail is not the end");
    let mut noise = whole.clone();
    noise[4..120].fill(0x5a);
    assert_eq!(develop(&noise).unwrap_err(), Unfit::Broken);
}

#[test]
fn huge_and_hollow_pictures_are_refused_at_once() {
    let hollow = png(50_000, 50_000, &[], &deflated(1 << 20));
    assert_eq!(develop(&hollow).unwrap_err(), Unfit::TooLarge);
    let wide = png(40_000_001, 1, &[], &deflated(1 << 20));
    assert_eq!(develop(&wide).unwrap_err(), Unfit::TooLarge);
    // Text and colour profile that inflate to a gigabyte beside a picture of a few pixels.
    let bomb = [&b"Comment\0\0"[..], &deflated(1 << 30)].concat();
    let profile = [&b"icc\0\0"[..], &deflated(1 << 30)].concat();
    for before in [chunk(*b"zTXt", &bomb), chunk(*b"iCCP", &profile)] {
        let _either = develop(&png(1, 1, &[before], &deflated(1 << 20)));
    }
    let mut declared = as_jpeg(&scene(16, 16));
    let frame = declared.windows(2).position(|pair| pair == b"\xff\xc0").unwrap();
    declared[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(develop(&declared).unwrap_err(), Unfit::TooLarge);
}

#[test]
fn moving_pictures_are_refused() {
    let frames = chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    let control = [&[0_u8; 4][..], &1_u32.to_be_bytes(), &1_u32.to_be_bytes(), &[0; 8], &[0, 1, 0, 10, 0, 0]].concat();
    let moving = png(1, 1, &[frames, chunk(*b"fcTL", &control)], &deflated(1 << 20));
    assert_eq!(develop(&moving).unwrap_err(), Unfit::Animated);
    let flags = [&[0b10_u8, 0, 0, 0][..], &[0; 6]].concat();
    let part = |kind: &[u8; 4], content: &[u8]| {
        [&kind[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
    };
    let still = as_webp(&scene(1, 1));
    let frame = [&[0_u8; 16][..], &still[12..]].concat();
    let body = [&b"WEBP"[..], &part(b"VP8X", &flags), &part(b"ANIM", &[0; 6]), &part(b"ANMF", &frame)].concat();
    let webp = [&b"RIFF"[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat();
    let unfit = develop(&webp).unwrap_err();
    assert!(matches!(unfit, Unfit::Animated | Unfit::Broken), "{unfit:?}");
}
