//! The tables as diesel sees them: the mirror of both migration trees. A test compares it with what the migrations
//! build on each engine. Only `store.rs` files and `db/` may use it.

diesel::table! {
    instance (id) {
        id -> BigInt,
        master_fingerprint -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    keyring (kid) {
        kid -> BigInt,
        purpose -> Text,
        wrapped -> Binary,
        created_at -> BigInt,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    jobs (kind, subject) {
        kind -> Text,
        subject -> Binary,
        due_at -> BigInt,
        fence -> BigInt,
        attempts -> BigInt,
        parked -> BigInt,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    merchants (id) {
        id -> Binary,
        name -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    shops (id) {
        id -> Binary,
        merchant_id -> Binary,
        domain -> Text,
        name -> Text,
        locale -> Text,
        time_zone -> Text,
        country -> Nullable<Text>,
        category -> Nullable<Text>,
        contact -> Nullable<Text>,
        sector -> Text,
        legal_basis -> Text,
        status -> Text,
        paused -> BigInt,
        invite_on -> Text,
        invite_after -> Text,
        hour_from -> Nullable<BigInt>,
        hour_to -> Nullable<BigInt>,
        cap_days -> BigInt,
        min_total -> Nullable<BigInt>,
        remind_after -> Nullable<Text>,
        mail_name -> Nullable<Text>,
        mail_from -> Nullable<Text>,
        settings_version -> BigInt,
        public_version -> BigInt,
        created_at -> BigInt,
        exceptions -> Text,
        weekly_mail -> BigInt,
        weekly_stop -> Nullable<Text>,
        weekly_stop_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_keys (shop_id, id) {
        shop_id -> Binary,
        id -> Binary,
        scheme -> Text,
        material -> Binary,
        hint -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    api_keys (digest) {
        digest -> Binary,
        shop_id -> Binary,
        hint -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    rejected_webhooks (shop_id, id) {
        shop_id -> Binary,
        id -> Binary,
        at -> BigInt,
        code -> Text,
        detail -> Text,
        webhook_id -> Nullable<Text>,
        skew_ms -> Nullable<BigInt>,
        body_bytes -> BigInt,
        body_sha256 -> Text,
    }
}

diesel::table! {
    order_events (shop_id, webhook_id) {
        shop_id -> Binary,
        webhook_id -> Text,
        id -> Binary,
        order_id -> Nullable<Binary>,
        kind -> Text,
        body_hash -> Binary,
        occurred_at -> BigInt,
        received_at -> BigInt,
        checked -> Text,
        answer -> Text,
    }
}

diesel::table! {
    orders (shop_id, number) {
        shop_id -> Binary,
        id -> Binary,
        number -> Text,
        test -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        at -> Nullable<BigInt>,
        fold -> Text,
        eligible -> BigInt,
        invited -> BigInt,
        first_at -> BigInt,
        changed_at -> BigInt,
    }
}

diesel::table! {
    contacts (shop_id, order_id) {
        shop_id -> Binary,
        order_id -> Binary,
        person -> Nullable<Binary>,
        kid -> Nullable<BigInt>,
        sealed -> Nullable<Binary>,
        purge_at -> Nullable<BigInt>,
        hash_check_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    erased_people (shop_id, person) {
        shop_id -> Binary,
        person -> Binary,
        at -> BigInt,
    }
}

diesel::table! {
    order_moves (shop_id, order_id, id) {
        shop_id -> Binary,
        order_id -> Binary,
        id -> Binary,
        moved_at -> BigInt,
        actor -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        at -> Nullable<BigInt>,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    orders_dirty (shop_id, day) {
        shop_id -> Binary,
        day -> BigInt,
    }
}

diesel::table! {
    cohorts_moved (shop_id, day) {
        shop_id -> Binary,
        day -> BigInt,
        turn -> BigInt,
    }
}

diesel::table! {
    cohorts (shop_id, day) {
        shop_id -> Binary,
        day -> BigInt,
        as_of -> BigInt,
        numbers -> Text,
    }
}

diesel::table! {
    weekly_mails (shop_id) {
        shop_id -> Binary,
        week -> BigInt,
        person -> Nullable<Binary>,
        person_since -> Nullable<BigInt>,
    }
}

diesel::table! {
    closed_shops (shop_id) {
        shop_id -> Binary,
        at -> BigInt,
        let_go_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    invitations (shop_id, id) {
        shop_id -> Binary,
        id -> Binary,
        order_id -> Binary,
        person -> Nullable<Binary>,
        trigger_at -> BigInt,
        due_at -> BigInt,
        submit_until -> BigInt,
        token_kid -> Nullable<BigInt>,
        token_expires_at -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
        reminded_at -> Nullable<BigInt>,
        fresh_link_at -> Nullable<BigInt>,
        postponed_ms -> BigInt,
        postponements -> BigInt,
        hastened_at -> Nullable<BigInt>,
        cancelled_at -> Nullable<BigInt>,
        dropped_at -> Nullable<BigInt>,
        reviewed_at -> Nullable<BigInt>,
        created_at -> BigInt,
        deferred_at -> Nullable<BigInt>,
        form_started_at -> Nullable<BigInt>,
        bounced_at -> Nullable<BigInt>,
        edition -> BigInt,
        links_after -> Nullable<BigInt>,
    }
}

diesel::table! {
    replans (shop_id) {
        shop_id -> Binary,
        settings_version -> BigInt,
    }
}

diesel::table! {
    suppressions (person, shop_id, own) {
        person -> Binary,
        shop_id -> Binary,
        own -> BigInt,
        reason -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    messages (id) {
        id -> Binary,
        shop_id -> Binary,
        kind -> Text,
        subject -> Binary,
        edition -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        attempts -> BigInt,
        next_at -> Nullable<BigInt>,
        sent_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    message_attempts (message_id, n) {
        message_id -> Binary,
        n -> BigInt,
        at -> BigInt,
        stage -> Text,
        outcome -> Text,
        code -> Nullable<BigInt>,
        reply -> Text,
    }
}

diesel::table! {
    message_returns (message_id, kind, sent_at) {
        message_id -> Binary,
        kind -> Text,
        sent_at -> BigInt,
        shop_id -> Binary,
        day -> BigInt,
        at -> BigInt,
        source -> Text,
        status -> Nullable<Text>,
        detail -> Text,
    }
}

diesel::table! {
    return_tokens (source, token) {
        source -> Text,
        token -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    transport_holds (transport) {
        transport -> Text,
        until -> BigInt,
        reason -> Text,
        at -> BigInt,
        refusals -> BigInt,
        line -> Text,
    }
}

diesel::table! {
    sending_domains (domain) {
        domain -> Text,
        created_at -> BigInt,
        checked_at -> Nullable<BigInt>,
        report -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    send_windows (key) {
        key -> Text,
        began_at -> BigInt,
        parts -> Text,
    }
}

diesel::table! {
    dkim_keys (selector) {
        selector -> Text,
        domain -> Text,
        algorithm -> Text,
        public -> Text,
        sealed -> Binary,
        created_at -> BigInt,
        published_at -> Nullable<BigInt>,
        retired_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    slow_domains (domain) {
        domain -> Text,
        until -> BigInt,
        refusals -> BigInt,
    }
}

diesel::table! {
    shop_sending (shop_id) {
        shop_id -> Binary,
        limits -> Text,
        brake -> Nullable<Text>,
        cause -> Nullable<Text>,
        sent -> BigInt,
        counted -> BigInt,
        braked_at -> Nullable<BigInt>,
        until -> Nullable<BigInt>,
        pauses_from -> BigInt,
        stops_from -> BigInt,
        imposed -> Text,
    }
}

diesel::table! {
    sending_pause (id) {
        id -> BigInt,
        at -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    reviews (shop_id, id) {
        shop_id -> Binary,
        id -> Binary,
        invitation_id -> Binary,
        order_id -> Binary,
        sku -> Text,
        item -> Nullable<Text>,
        stars -> BigInt,
        title -> Text,
        body -> Text,
        author -> Text,
        language -> Text,
        status -> Text,
        version -> BigInt,
        published_at -> BigInt,
        published_day -> BigInt,
        changed_at -> BigInt,
        erased_at -> Nullable<BigInt>,
        replied_at -> Nullable<BigInt>,
        restriction_id -> Nullable<Binary>,
        checked -> Text,
        ordered_at -> Nullable<BigInt>,
        delivered_at -> Nullable<BigInt>,
        salt -> Nullable<Binary>,
    }
}

diesel::table! {
    photos (shop_id, review_id, id) {
        shop_id -> Binary,
        review_id -> Binary,
        id -> Binary,
        state -> Text,
        moved_at -> BigInt,
        width -> BigInt,
        height -> BigInt,
        alt -> Text,
    }
}

diesel::table! {
    review_versions (shop_id, review_id, version) {
        shop_id -> Binary,
        review_id -> Binary,
        version -> BigInt,
        at -> BigInt,
        stars -> BigInt,
        title -> Nullable<Text>,
        body -> Nullable<Text>,
        dropped_at -> Nullable<BigInt>,
        salt -> Nullable<Binary>,
    }
}

diesel::table! {
    replies (shop_id, review_id) {
        shop_id -> Binary,
        review_id -> Binary,
        id -> Binary,
        version -> BigInt,
        body -> Text,
        created_at -> BigInt,
        changed_at -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
        notified_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    reply_versions (shop_id, review_id, version) {
        shop_id -> Binary,
        review_id -> Binary,
        version -> BigInt,
        at -> BigInt,
        body -> Text,
    }
}

diesel::table! {
    answers (shop_id, review_id, reply_version) {
        shop_id -> Binary,
        review_id -> Binary,
        reply_version -> BigInt,
        body -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    restrictions (id) {
        id -> Binary,
        shop_id -> Binary,
        review_id -> Binary,
        reason -> Text,
        statement -> Text,
        at -> BigInt,
        lifted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    tally (shop_id, sku, day) {
        shop_id -> Binary,
        sku -> Text,
        day -> BigInt,
        s1 -> BigInt,
        s2 -> BigInt,
        s3 -> BigInt,
        s4 -> BigInt,
        s5 -> BigInt,
    }
}

diesel::table! {
    reply_stats (shop_id, hours) {
        shop_id -> Binary,
        hours -> BigInt,
        n -> BigInt,
        low -> BigInt,
    }
}

diesel::table! {
    search_spots (spot) {
        spot -> BigInt,
        lane -> BigInt,
        shop_id -> Binary,
        review_id -> Binary,
    }
}

diesel::table! {
    search_todo (shop_id, review_id) {
        shop_id -> Binary,
        review_id -> Binary,
    }
}

diesel::table! {
    collections (shop_id) {
        shop_id -> Binary,
        as_of -> BigInt,
        numbers -> Text,
    }
}

diesel::table! {
    directory (shop_id) {
        shop_id -> Binary,
        version -> BigInt,
        listed -> BigInt,
        domain -> Text,
        name -> Text,
        sort_name -> Text,
        words -> Text,
        category -> Nullable<Text>,
        kind -> Nullable<Text>,
        country -> Nullable<Text>,
        reviews -> BigInt,
        score_tenths -> BigInt,
        half_stars -> BigInt,
        newest_day -> Nullable<BigInt>,
        opened_at -> BigInt,
    }
}

diesel::table! {
    shop_templates (shop_id, mail, language, version) {
        shop_id -> Binary,
        mail -> Text,
        language -> Text,
        version -> BigInt,
        created_at -> BigInt,
        body -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    instance,
    keyring,
    jobs,
    merchants,
    shops,
    webhook_keys,
    api_keys,
    rejected_webhooks,
    order_events,
    orders,
    contacts,
    erased_people,
    order_moves,
    orders_dirty,
    cohorts_moved,
    cohorts,
    weekly_mails,
    closed_shops,
    invitations,
    replans,
    suppressions,
    messages,
    message_attempts,
    message_returns,
    return_tokens,
    transport_holds,
    sending_domains,
    dkim_keys,
    send_windows,
    slow_domains,
    shop_sending,
    sending_pause,
    reviews,
    photos,
    review_versions,
    replies,
    reply_versions,
    answers,
    restrictions,
    tally,
    reply_stats,
    search_spots,
    search_todo,
    collections,
    directory,
    shop_templates
);
