//! The shape of a glossary: every phrase we need, by section. Adding a name here makes every language that lacks it
//! fail to compile.

use crate::kernel::locale::Language;

/// A phrase that depends on a count; `{n}` is the count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counted {
    /// For one, and in French for none.
    pub(crate) one: &'static str,
    /// For more, and elsewhere for none.
    pub(crate) many: &'static str,
}

impl Counted {
    /// The form for `n`.
    pub(crate) fn of(&self, language: Language, n: i64) -> &'static str {
        if super::cldr::is_one(language, n) { self.one } else { self.many }
    }
}

/// What a key leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Phrase {
    /// One form.
    Plain(&'static str),
    /// A form per count.
    Counted(Counted),
}

impl Phrase {
    /// The form for a count.
    pub(crate) fn of(self, language: Language, n: i64) -> &'static str {
        match self {
            Self::Plain(text) => text,
            Self::Counted(counted) => counted.of(language, n),
        }
    }
}

macro_rules! glossary {
    ($($(#[$doc:meta])* $section:ident: $type:ident { $($name:ident)* $(; $($counted:ident)*)? })*) => {
        $($(#[$doc])*
        #[derive(Debug)]
        pub(crate) struct $type { $(pub(crate) $name: &'static str,)* $($(pub(crate) $counted: Counted,)*)? }

        impl $type {
            fn find(&self, name: &str) -> Option<Phrase> {
                match name {
                    $(stringify!($name) => Some(Phrase::Plain(self.$name)),)*
                    $($(stringify!($counted) => Some(Phrase::Counted(self.$counted)),)*)?
                    _ => None,
                }
            }
        })*

        /// Everything we say in one language.
        #[derive(Debug)]
        pub(crate) struct Words {
            $($(#[$doc])* pub(crate) $section: $type,)*
        }

        impl Words {
            /// The phrase of a section.
            pub(crate) fn find(&self, section: &str, name: &str) -> Option<Phrase> {
                match section {
                    $(stringify!($section) => self.$section.find(name),)*
                    _ => None,
                }
            }
        }

        /// Every key, for tests.
        #[cfg(test)]
        pub(crate) const KEYS: &[(&str, &str)] = &[
            $($((stringify!($section), stringify!($name)),)* $($((stringify!($section), stringify!($counted)),)*)?)*
        ];
    };
}

glossary! {
    /// Said everywhere.
    common: Common { out_of_five moment; hours days }
    /// A score in a word, worst first.
    verdicts: Verdicts { v1 v2 v3 v4 v5 }
    /// One experience in a word, worst first.
    experiences: Experiences { e1 e2 e3 e4 e5 }
    /// Around every page.
    layout: Layout { skip languages promise how shops privacy }
    /// A review, wherever it stands.
    review: Review {
        no_words a_customer about_item certified edited_on changed_on said_since version_of version_dropped removed added longer reply_of
        withdrawn answer_of answer_of_customer restricted restricted_since restricted_more erased erased_more
    }
    /// A shop's public face.
    profile: Profile {
        title description closed closed_more suspended suspended_more no_reviews histogram stars_column
        share_column count_column replies answers_in answers_low answers_none answers_never read_low of contact how_link
        reviews paging newer older empty how_title how_1 how_2 how_3 how_4 how_not numbers orders eligible invited
        invited_more reviewed reviewed_more numbers_link not_asked cancelled_by_shop postponed_by_shop restricted_for erased_by_author as_of products products_more;
        out_of n_stars product_reviews
    }
    /// How the reviews of a shop or a product went.
    trend: Trend { title label means counts none table month mean reviews }
    /// Looking for reviews among many.
    list: List {
        search search_go too_long too_many no_word narrow stars language replied replied_yes replied_no text text_yes product
        of_shop all sort newest oldest highest lowest active remove clear none_match more_than;
        matching
    }
    /// A product's page.
    product: Product { title description of_shop about_shop; out_of }
    /// The badge.
    badge: Badge { as_of none closed suspended unknown unknown_product description; reviews }
    /// Passing a page on.
    share: Share { heading lead yours link copy copied system email code code_more code_picture }
    /// The widgets on a shop's own site.
    widget: Widget {
        certified_of how read latest all_reviews read_on only_language and previous next pause play show close any
        collect_title collect; count only_stars
    }
    /// The widgets, shown and explained.
    gallery: Gallery {
        title heading lead shown_with no_shop options shop theme auto light dark locale own stars all_stars language min_count sku
        sku_first go script script_more pinned pinned_more tag css frame fragment picture picture_mail scripts_only policy policy_more
        attributes attribute_theme attribute_locale attribute_language attribute_stars attribute_min_count
        attribute_reviews attribute_sku attribute_font attribute_side without privacy privacy_more search search_more
        copy copied micro micro_more summary summary_more stream stream_more overlay overlay_more product product_more collector
        collector_more
    }
    /// The kinds of widgets, each in a line.
    kinds: Kinds {
        stars score count combo button mini horizontal vertical list filtered grid slider carousel quote dropdown
        floating product_stars product_summary product_reviews collector
    }
    /// The review form.
    form: Form {
        page_title heading your_order lead test put_right trouble stars title text name optional name_hint items
        item_stars
        publish after until see_others unsubscribe later data; n_stars
    }
    /// After the first publication.
    thanks: Thanks { heading test_heading live test see yours same_link }
    /// Photos of a review.
    photos: Photos { heading lead choose go hint full alt alt_hint save remove back link by by_customer; left }
    /// The author's own page.
    yours: Yours {
        heading lead see about_shop restricted answer answer_hint answer_go edit edit_hint save drop drop_hint
        drop_go erase keep_link
    }
    /// A link that opens nothing.
    fresh: Fresh { heading lead go more asked_heading asked asked_more }
    /// Before erasing.
    erase: Erase { heading lead go back }
    /// Where nothing is left to fill in.
    notice: Notice { erased erased_more too_late until too_late_more order_gone order_gone_more shop_closed shop_closed_more }
    /// What was checked about a review.
    proof: Proof {
        heading signed_secret signed_key link ordered delivered written by not_heading not_author not_truth
        cert_heading cert_lead cert_verify cert_download
    }
    /// Checking a certificate.
    verify: Verify {
        title heading lead paste paste_hint go missing says shop stars published written ordered delivered order
        order_key order_secret review issuer claims_issuer restricted_for gone_since see_review proves_heading
        proves_1 proves_2 proves_3 proves_not_heading not_1 not_2 not_3 yourself
    }
    /// Stopping mails.
    stop: Stop {
        heading lead which shop instance go more still done done_shop done_instance undo for_good wider later
        later_more later_go later_done later_asked later_next later_already later_late later_none data
    }
    /// A shop's weekly mail: ending it, and the key of its plot.
    weekly: Weekly { heading lead go done done_lead bounced complained more orders invited reviewed }
    /// The demo.
    demo: Demo {
        title heading lead start order_again see_profile done waiting step_1 step_1_more step_2 step_2_more step_3
        step_3_more step_4 step_4_more look mailbox profile json docs badge badge_alt order shown data back
        shop_title shop_lead
        placed placed_more watch request answer choose name email email_hint buy mailbox_lead mailbox_empty from to
        html_part text_part headers links
    }
    /// The landing page of a served instance.
    home: Home {
        title heading lead docs shops how step_1 step_1_more step_2 step_2_more step_3 step_3_more step_4 step_4_more
        promise_1 promise_1_more promise_2 promise_2_more promise_3 promise_3_more
    }
    /// What is stored about the reader, and its end.
    mine: Mine {
        heading lead lead_order others order placed bought name address masked gone kept kept_open mails
        written written_on written_gone stops stops_here stops_everywhere since take take_more download
        erase erase_more erase_go your_review sure sure_lead goes goes_name goes_words goes_mail remains go
        back done done_lead done_none; n_orders n_reviews n_photos n_captured
    }
    /// What is left after an erasure, and why.
    stays: Stays {
        orders tombstones mail_log marks
    }
    /// Kinds of mails.
    mail_kinds: MailKinds {
        invitation reminder fresh_link reply_notice review_received answer_shown restriction_statement
    }
    /// Where a mail stands.
    mail_states: MailStates {
        queued sent captured held failed parked cancelled
    }
    /// Why somebody gets no more mail.
    wishes: Wishes {
        unsubscribed complaint erased operator hard_bounce
    }
    /// What is kept of customers.
    kept: Kept {
        address address_with_review hash order order_with_review review mail_log captured event_ids refused wishes
    }
    /// How long it is kept.
    until: Until {
        days_after_last_mail years_of_the_link review_and_years_of_the_link erased_by_author
        days_after_arrival newest_of_shop newest_here with_the_shop with_the_shop_and_review no_end; years days
    }
    /// The page about privacy.
    privacy: Privacy {
        title lead who who_more who_contact what what_order what_address what_review what_not how_long what_column
        until_column rights right_stop right_see right_change right_lost shops shops_more shops_text
    }
    /// The list of shops.
    directory: Directory {
        title title_of heading lead search category all_categories country all_countries sort by_name by_reviews by_newest go clear
        order_name order_reviews order_newest order_never none_match empty first more categories; shops
    }
    /// When a shop asks its customers.
    asks: Asks { title usual created paid fulfilled delivered at_once after between least remind any_hour any_value no_reminder; cap }
    /// A review's feeds.
    feeds: Feeds { erased restricted }
    /// Countries that shops are often in, by ISO 3166-1; others are shown by their code.
    countries: Countries {
        at be bg hr cy cz dk ee fi fr de gr hu ie it lv lt lu mt nl pl pt ro sk si es se gb ch no is sm va mc li us ca au br
        mx ar jp cn tr ua al rs ma tn
    }
    /// When something fails.
    error: Failure {
        not_found not_found_more gone gone_more too_many too_many_more busy busy_more refused refused_more broken
        broken_more home; retry
    }
    /// The documentation.
    docs: Docs {
        title heading lead score score_more push push_more read routes english audience who_everyone who_key who_signed
        who_holder who_operator parameters sent answer fields required example refusals lists problems problems_more
    }
    /// Why an order was not asked about.
    reasons: Reasons {
        not_triggered partly_shipped shop_paused no_public_url no_mail_server transport_held sending_paused
        sending_stopped stopped_by_operator instance_paused no_email invalid_email
        address_gone order_cancelled order_refunded customer_erased too_old no_legal_basis below_minimum
        nothing_to_review unsubscribed address_bounced complained suppressed_by_operator frequency_cap
        cancelled_by_shop shop_closed shop_suspended window_closed hard_bounce mail_refused mail_delayed soft_bounces
        unknown_outcome mail_not_built
    }
    /// Why the operator restricted a review.
    restrictions: Restrictions {
        illegal_content personal_data hate_or_threat not_about_the_purchase conflict_of_interest court_order
    }
    /// What the check of a certificate found.
    findings: Findings {
        stands edited_since words_dropped words_differ restricted erased review_missing not_a_certificate
        other_algorithm other_type foreign_issuer unknown_key bad_signature unreadable_claims not_yet_valid expired
    }
    /// The same, explained.
    findings_more: FindingsMore {
        stands edited_since words_dropped words_differ restricted erased review_missing not_a_certificate
        other_algorithm other_type foreign_issuer unknown_key bad_signature unreadable_claims not_yet_valid expired
    }
    /// What is wrong with a field.
    faults: Faults { stars_missing stars_invalid too_long item_stars_missing empty unreadable }
    /// What is wrong with photos that were sent.
    photo_faults: PhotoFaults { none unknown broken animated too_large too_heavy too_many }
    /// What just happened on the page of photos.
    photo_notices: PhotoNotices { added removed described }
    /// What just happened on the author's page.
    notices: Notices { edited version_dropped answered erased }
    /// Languages of reviews, by primary tag.
    languages: Languages { it en de fr es pt nl pl und }
}
