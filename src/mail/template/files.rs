//! The list of template files, embedded. A new locale is one folder and one line here.
//! Only [`super`] reads it.

/// The three parts of one mail.
#[derive(Clone, Copy)]
pub(super) struct MailFiles {
    /// Folder name.
    pub(super) name: &'static str,
    /// `subject.hbs`
    pub(super) subject: &'static str,
    /// `text.hbs`
    pub(super) text: &'static str,
    /// `html.hbs`
    pub(super) html: &'static str,
}

/// One locale's files.
pub(super) struct LocaleFiles<'a> {
    /// Folder name: a BCP 47 language.
    pub(super) tag: &'static str,
    /// What surrounds the HTML of every mail.
    pub(super) layout: &'static str,
    /// Every mail.
    pub(super) mails: &'a [MailFiles],
}

macro_rules! file {
    ($($piece:literal),+) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/email_templates/", $($piece),+, ".hbs"))
    };
}

macro_rules! mail {
    ($tag:literal, $name:literal) => {
        MailFiles {
            name: $name,
            subject: file!($tag, "/", $name, "/subject"),
            text: file!($tag, "/", $name, "/text"),
            html: file!($tag, "/", $name, "/html"),
        }
    };
}

macro_rules! locale {
    ($tag:literal) => {
        LocaleFiles {
            tag: $tag,
            layout: file!("layout"),
            mails: &[
                mail!($tag, "invitation"),
                mail!($tag, "reminder"),
                mail!($tag, "reply_notice"),
                mail!($tag, "restriction_statement"),
                mail!($tag, "fresh_link"),
                mail!($tag, "review_received"),
                mail!($tag, "answer_shown"),
                mail!($tag, "weekly_numbers"),
            ],
        }
    };
}

/// Pieces of HTML that hold no words, shared by every locale.
pub(super) const SHARED: &[(&str, &str)] = &[
    ("choice", file!("choice")),
    ("button", file!("button")),
    ("quote", file!("quote")),
    ("weekly_count", file!("weekly_count")),
    ("weekly_reason", file!("weekly_reason")),
    ("weekly_row", file!("weekly_row")),
];

/// Every locale.
pub(super) const LOCALES: &[LocaleFiles<'static>] =
    &[locale!("it"), locale!("en"), locale!("de"), locale!("fr"), locale!("es")];
