//! The tables in types common to all three databases, written by hand.
//!
//! `diesel print-schema` serves one engine; a test selects every column of every table on each.

diesel::table! {
    llmusage_accounting_failed (id) {
        id -> Text,
        llmusageid -> Nullable<Text>,
        llmid -> Nullable<Text>,
        userid -> Nullable<Text>,
        userorgid -> Nullable<Text>,
        use_date -> Nullable<Date>,
        use_time -> Nullable<Timestamp>,
        amount -> Nullable<Double>,
        cost -> Nullable<Double>,
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
    }
}

diesel::table! {
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
        amount -> Nullable<Double>,
        cost -> Nullable<Double>,
        userorgid -> Nullable<Text>,
        ownerid -> Nullable<Text>,
        accounting_status -> Nullable<Text>,
    }
}

diesel::table! {
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
        amount -> Nullable<Double>,
        cost -> Nullable<Double>,
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
    }
}

diesel::table! {
    job_lease (name) {
        name -> Text,
        holder -> Text,
        held_until -> BigInt,
    }
}
