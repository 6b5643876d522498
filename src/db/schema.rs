//! The tables in types common to all three databases, written by hand.
//!
//! `diesel print-schema` serves one engine; a test selects every column of every table on each.
//! Over 250 lines: one for each column.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::ForeignNumber;

    llmusage_accounting_failed (id) {
        id -> Text,
        llmusageid -> Nullable<Text>,
        llmid -> Nullable<Text>,
        userid -> Nullable<Text>,
        userorgid -> Nullable<Text>,
        use_date -> Nullable<Date>,
        use_time -> Nullable<Timestamp>,
        amount -> Nullable<ForeignNumber>,
        cost -> Nullable<ForeignNumber>,
        failed_reason -> Nullable<Text>,
        failed_time -> Nullable<Timestamp>,
        retry_count -> Nullable<Integer>,
        handled -> Nullable<Text>,
        handled_time -> Nullable<Timestamp>,
        handled_note -> Nullable<Text>,
        resolution -> Nullable<Text>,
        handled_by -> Nullable<Text>,
        retry_requested_at -> Nullable<Timestamp>,
        retry_requested_by -> Nullable<Text>,
        retry_known -> Nullable<Text>,
        supersedes -> Nullable<Text>,
        superseded_by -> Nullable<Text>,
        cause -> Nullable<Text>,
        cause_version -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::ForeignNumber;

    llmusage (id) {
        id -> Text,
        llmid -> Nullable<Text>,
        use_date -> Nullable<Date>,
        use_time -> Nullable<Timestamp>,
        userid -> Nullable<Text>,
        usages -> Nullable<Text>,
        ioinfo -> Nullable<Text>,
        transno -> Nullable<Text>,
        responsed_seconds -> Nullable<Double>,
        finish_seconds -> Nullable<Double>,
        status -> Nullable<Text>,
        taskid -> Nullable<Text>,
        amount -> Nullable<ForeignNumber>,
        cost -> Nullable<ForeignNumber>,
        userorgid -> Nullable<Text>,
        ownerid -> Nullable<Text>,
        accounting_status -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::ForeignNumber;

    llmusage_history (id) {
        id -> Text,
        llmid -> Nullable<Text>,
        use_date -> Nullable<Date>,
        use_time -> Nullable<Timestamp>,
        userid -> Nullable<Text>,
        usages -> Nullable<Text>,
        ioinfo -> Nullable<Text>,
        transno -> Nullable<Text>,
        responsed_seconds -> Nullable<Double>,
        finish_seconds -> Nullable<Double>,
        status -> Nullable<Text>,
        taskid -> Nullable<Text>,
        amount -> Nullable<ForeignNumber>,
        cost -> Nullable<ForeignNumber>,
        userorgid -> Nullable<Text>,
        ownerid -> Nullable<Text>,
        accounting_status -> Nullable<Text>,
        backup_time -> Nullable<Timestamp>,
    }
}

diesel::table! {
    admin_user (name) {
        name -> Text,
        password_hash -> Text,
        role -> Text,
        language -> Nullable<Text>,
        disabled -> Bool,
        session_epoch -> Integer,
        created_at -> Timestamp,
        default_view -> Nullable<Text>,
    }
}

diesel::table! {
    app_setting (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    audit_event (id) {
        id -> BigInt,
        happened_at -> Timestamp,
        author -> Text,
        source -> Text,
        action -> Text,
        record_kind -> Text,
        record_id -> Text,
        before_state -> Nullable<Text>,
        after_state -> Nullable<Text>,
        request_id -> Nullable<Text>,
        hash -> Nullable<Text>,
    }
}

diesel::table! {
    api_token (name) {
        name -> Text,
        token_hash -> Text,
        role -> Text,
        created_at -> Timestamp,
        created_by -> Text,
        ends_on -> Nullable<Date>,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    sign_in_attempt (subject) {
        subject -> Text,
        failures -> Integer,
        next_at -> Timestamp,
        last_at -> Timestamp,
    }
}

diesel::table! {
    ended_session (id) {
        id -> Text,
        until -> Timestamp,
    }
}

diesel::table! {
    audit_chain (id) {
        id -> Integer,
        last_id -> BigInt,
        last_hash -> Text,
        began_after -> BigInt,
        key_mark -> Nullable<Text>,
    }
}

diesel::table! {
    app_instance (id) {
        id -> Text,
        version -> Text,
        seen_at -> BigInt,
    }
}

diesel::table! {
    job_lease (name) {
        name -> Text,
        holder -> Text,
        held_until -> BigInt,
    }
}

diesel::table! {
    cause (cause_key) {
        cause_key -> Text,
        title -> Text,
        family -> Text,
        template -> Text,
        version -> Integer,
        note -> Nullable<Text>,
        owner -> Nullable<Text>,
        known_at -> Nullable<Timestamp>,
        known_by -> Nullable<Text>,
        closed_at -> Nullable<Timestamp>,
        closed_by -> Nullable<Text>,
        revision -> Integer,
        announced -> Integer,
    }
}

diesel::table! {
    job_run (name) {
        name -> Text,
        every_seconds -> Nullable<Integer>,
        daily_at -> Nullable<Text>,
        done_for -> Nullable<Date>,
        started_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        message -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_key (token, key_text) {
        token -> Text,
        key_text -> Text,
        digest -> Text,
        record_id -> Text,
        answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    batch (id) {
        id -> Text,
        action -> Text,
        state -> Text,
        created_at -> Timestamp,
        created_by -> Text,
        selection -> Nullable<Text>,
        rest_of -> Nullable<Text>,
        frozen_event -> BigInt,
        size -> BigInt,
        summary -> Text,
        resolution -> Nullable<Text>,
        note -> Nullable<Text>,
        canary -> Nullable<Text>,
        run_at -> Nullable<Timestamp>,
        run_by -> Nullable<Text>,
        position -> BigInt,
        undo_by -> Nullable<Text>,
        undo_position -> BigInt,
        progress -> Text,
        ended_at -> Nullable<Timestamp>,
        ended_by -> Nullable<Text>,
        outcomes -> Nullable<Text>,
        awaits_outcome -> Bool,
        correction -> Nullable<Text>,
    }
}

diesel::table! {
    archive_run (id) {
        id -> Text,
        asked_at -> Timestamp,
        asked_by -> Text,
        source -> Text,
        cutoff -> Date,
        backup_time -> Timestamp,
        state -> Text,
        holder -> Text,
        held_until -> BigInt,
        expected_rows -> Nullable<BigInt>,
        position_date -> Nullable<Text>,
        position_key -> Nullable<Text>,
        taken_rows -> BigInt,
        taken_amount -> Text,
        taken_cost -> Text,
        kept_rows -> BigInt,
        kept_amount -> Text,
        kept_cost -> Text,
        known_rows -> BigInt,
        worked_milliseconds -> BigInt,
        ended_at -> Nullable<Timestamp>,
        message -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::values::ForeignNumber;

    batch_item (batch_id, number) {
        batch_id -> Text,
        number -> BigInt,
        obstacle -> Nullable<Text>,
        failed_id -> Text,
        llmusageid -> Nullable<Text>,
        llmid -> Nullable<Text>,
        userorgid -> Nullable<Text>,
        cause -> Nullable<Text>,
        amount -> Nullable<ForeignNumber>,
        cost -> Nullable<ForeignNumber>,
        handled -> Nullable<Text>,
        resolution -> Nullable<Text>,
        handled_by -> Nullable<Text>,
        retry_count -> Nullable<Integer>,
        restriction -> Nullable<Text>,
        seen -> Nullable<Text>,
    }
}

diesel::table! {
    archive_left (run_id, reason) {
        run_id -> Text,
        reason -> Text,
        left_rows -> BigInt,
        left_amount -> Text,
        left_cost -> Text,
        ids -> Text,
    }
}

diesel::table! {
    batch_outcome (batch_id, phase, number) {
        batch_id -> Text,
        phase -> Text,
        number -> BigInt,
        is_done -> Bool,
        why -> Nullable<Text>,
        changed_by -> Nullable<Text>,
        changed_at -> Nullable<Timestamp>,
        event_id -> Nullable<BigInt>,
        ended_as -> Nullable<Text>,
        ended_why -> Nullable<Text>,
        new_failure_id -> Nullable<Text>,
    }
}

diesel::table! {
    check_run (id) {
        id -> Integer,
        asked_by -> Nullable<Text>,
        run_by -> Nullable<Text>,
        began_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    check_finding (class) {
        class -> Text,
        found -> BigInt,
        amount -> Nullable<Text>,
        ids -> Text,
    }
}

diesel::table! {
    saved_view (id) {
        id -> Text,
        owner -> Text,
        name -> Text,
        query -> Text,
        is_shared -> Bool,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    alert_rule (id) {
        id -> Text,
        kind -> Text,
        threshold -> Nullable<BigInt>,
        to_webhook -> Bool,
        webhook_url -> Nullable<Text>,
        to_mail -> Bool,
        mail_to -> Nullable<Text>,
        is_on -> Bool,
        on_since -> Timestamp,
        firing_since -> Nullable<Timestamp>,
        value_read -> Nullable<Text>,
        read_at -> Nullable<Timestamp>,
        seen -> Nullable<Text>,
        tested_at -> BigInt,
        created_at -> Timestamp,
        created_by -> Text,
        version -> Integer,
    }
}

diesel::table! {
    alert_event (id) {
        id -> Text,
        rule_id -> Text,
        kind -> Text,
        what -> Text,
        threshold -> Nullable<BigInt>,
        facts -> Text,
        happened_at -> Timestamp,
        asked_by -> Nullable<Text>,
    }
}

diesel::table! {
    alert_delivery (id) {
        id -> Text,
        event_id -> Text,
        channel -> Text,
        target -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        most_attempts -> Integer,
        next_at -> BigInt,
        tried_at -> Nullable<Timestamp>,
        answer -> Nullable<Text>,
        holder -> Nullable<Text>,
    }
}

diesel::table! {
    failure_arrival (failed_id) {
        failed_id -> Text,
    }
}

diesel::table! {
    new_failure (failed_id) {
        failed_id -> Text,
    }
}

diesel::table! {
    likely_fixed (cause_key) {
        cause_key -> Text,
        since -> Timestamp,
        tested_at -> Timestamp,
        found -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(batch_item, batch_outcome);
