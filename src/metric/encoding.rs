//! The encodings of text files that a suite can name.

/// How the bytes of a text file are characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Utf8,
    /// ISO 8859-1, with the further characters that Windows-1252 has in its gaps, as browsers do.
    Latin1,
    Utf16,
}

impl Encoding {
    /// Every encoding, in the order of the documentation.
    pub const ALL: [Encoding; 3] = [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16];

    /// The name by which a suite asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Latin1 => "latin-1",
            Encoding::Utf16 => "utf-16",
        }
    }

    /// The encoding of a name; other names that are in use are known too.
    pub fn parse(text: &str) -> Option<Encoding> {
        let plain: String = text.to_lowercase().replace(['-', '_', ' '], "");
        match plain.as_str() {
            "utf8" => Some(Encoding::Utf8),
            "latin1" | "iso88591" | "windows1252" | "cp1252" => Some(Encoding::Latin1),
            "utf16" | "utf16le" | "utf16be" => Some(Encoding::Utf16),
            _ => None,
        }
    }
}
