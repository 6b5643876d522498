# The audit trail, for administrators.

audit = Audit trail
audit-none = No such event
audit-filters = Filters
audit-filter = Filter
audit-clear = Clear all filters
audit-any = Anything
audit-csv = CSV of these events
audit-changes = What changed
audit-not-filtered = Not filtered: correct what is named here
audit-field-from = From
audit-field-to = To
audit-field-author = Who
audit-field-action = Did
audit-field-q = Record id
audit-field-after = Place
audit-field-before = Place
audit-column-when = When
audit-column-what = What
audit-column-from = From
error-audit-order = Not before the first day

audit-kind-failed-accounting = failed record
audit-kind-usage = usage
audit-kind-user = user
audit-kind-token = API token

audit-action-create = recorded
audit-action-import = imported
audit-action-edit = edited
audit-action-handle = handled
audit-action-reopen = reopened
audit-action-delete = deleted
audit-action-show-secret = looked at masked secrets
audit-action-create-user = added a user
audit-action-change-password = changed a password
audit-action-change-role = changed a role
audit-action-disable-user = disabled a user
audit-action-enable-user = enabled a user
audit-action-end-sessions = ended all sessions
audit-action-change-language = changed the language
audit-action-create-token = made a token
audit-action-revoke-token = revoked a token
audit-action-sign-in = signed in
audit-action-wrong-password = gave a wrong password
audit-action-sign-out = signed out
