//! From the bytes of a file to text that the parser may see: size, encoding, characters.

use crate::diagnostic::Diagnostic;

/// The largest file that is read.
pub const MAX_BYTES: usize = 1024 * 1024;

/// What became of a file's bytes. The text is there to be shown even when it is refused.
#[derive(Debug)]
pub struct Decoded {
    pub text: Option<String>,
    pub mistake: Option<Diagnostic>,
}

/// Decodes UTF-8, takes a byte order mark away, and refuses what no editor writes.
pub fn decode(file: &str, bytes: &[u8]) -> Decoded {
    if bytes.len() > MAX_BYTES {
        let mistake = Diagnostic::error(format!("the file has {} bytes", bytes.len()))
            .in_file(file)
            .help("a file of at most 1 MiB is read; split it into several suites");
        return Decoded { text: None, mistake: Some(mistake) };
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let mistake = Diagnostic::error("the file is UTF-16").in_file(file);
        return Decoded { text: None, mistake: Some(mistake.help("save it as UTF-8")) };
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: Some(text.to_owned()), mistake: forbidden(file, text) },
        Err(error) => {
            let at = error.valid_up_to();
            let lossy = String::from_utf8_lossy(bytes).into_owned();
            let mistake = Diagnostic::error(format!("byte {} is not UTF-8", at + 1))
                .at(file, at..at + char::REPLACEMENT_CHARACTER.len_utf8(), "here")
                .help("save the file as UTF-8");
            Decoded { text: Some(lossy), mistake: Some(mistake) }
        }
    }
}

/// The first control character that YAML has no place for, NUL among them.
fn forbidden(file: &str, text: &str) -> Option<Diagnostic> {
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let lone_return = character == '\r' && !matches!(characters.peek(), Some((_, '\n')));
        let allowed = matches!(character, '\n' | '\t') || (character == '\r' && !lone_return);
        if character.is_control() && !allowed {
            let message = format!("control character U+{:04X}", u32::from(character));
            let span = at..at + character.len_utf8();
            let escaped = format!("inside a text in double quotes write `{}`", written(character));
            return Some(Diagnostic::error(message).at(file, span, "not allowed").help(escaped));
        }
    }
    None
}

fn written(character: char) -> String {
    match character {
        '\0' => "\\0".into(),
        '\r' => "\\r".into(),
        '\u{1b}' => "\\e".into(),
        other => format!("\\x{:02X}", u32::from(other)),
    }
}
