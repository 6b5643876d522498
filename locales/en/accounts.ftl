# Signing in and out, one's own account.

sign-in = Sign in
sign-in-do = Sign in
sign-in-wrong = Name or password is wrong.
sign-in-ended = Your session has ended. Nothing was sent.
sign-in-kept = Your session has ended. Sign in again: what you typed is shown to you then. Nothing was sent.
typed-not-sent = Your session had ended while you typed. Nothing was sent yet: look at it, then send it.
typed-for = The form for
typed-ticked =
    { $number ->
        [one] One record was ticked.
       *[other] { $number } records were ticked.
    }
typed-send = Send it now
typed-drop = Do not send it
sign-out = Sign out
username = Name
password = Password

account = Account
field-current-password = Current password
field-new-password = New password
field-language = Language
new-password-help = At least 12 characters. All your other sessions will be signed out.
change-password = Change the password
change-language = Use this language
account-not-changed =
    { $number ->
        [one] Not changed: one field needs a correction
       *[other] Not changed: { $number } fields need a correction
    }

role-viewer = viewer
role-operator = operator
role-admin = administrator

may = What you may do as { $role }
may-what = Action
may-role = Least role
may-you = You

error-password-wrong = This is not the current password of this account
error-password-length = From { $least } to { $most } characters
error-password-user = Too close to the user name: add more than a few letters to it
error-password-simple = Too easy to guess: use several unrelated words, not a common password
error-language = One of the languages offered here
error-user-name = From 1 to 64 letters, digits, dots, hyphens, underscores or @
error-name-of-the-app = The app itself stands in the audit trail under this name; choose another one
error-name-taken = Another user has this name: choose a different one
error-name-of-token = A token has this name, and in the audit trail a name stands for one author: choose a different one
error-role = One of viewer, operator, admin
conflict-own-role = Nobody can raise their own role; ask another administrator. Nothing was changed.
conflict-last-admin = This is the last administrator: give somebody else the role first. Nothing was changed.

event-create-user = { $author } added a user
event-change-password = { $author } changed a password
event-change-role = { $author } changed a role
event-disable-user = { $author } disabled a user
event-enable-user = { $author } enabled a user
event-end-sessions = { $author } ended all sessions of a user
event-wrong-password = Sign-in with a wrong password
event-change-language = { $author } changed the language
event-sign-in = { $author } signed in
event-sign-out = { $author } signed out

flash-password = Password changed. Your other sessions were signed out.
## What the routes of each part of the app let one do, from that role on

may-account-viewer = Change one's own password and language
may-failed-accounting-viewer = See failed records, download CSV
may-failed-accounting-operator = Record a failure, handle, reopen, edit, retry
may-failed-accounting-admin = Delete a failed record, show masked secrets
may-usages-viewer = See usages, download CSV
may-usages-operator = Set a usage to failed
may-usages-admin = Create, change and delete usages
may-history-viewer = See the history
may-archive-viewer = See past and coming archive runs
may-archive-admin = Archive
may-batches-viewer = See batches
may-views-viewer = Save views of the list
may-batches-operator = Run, abort and undo batches
may-users-admin = Manage users
may-tokens-admin = Manage API tokens
may-audit-admin = See the audit trail

sessions = Sessions
sessions-help = A session ends after 2 hours without use, and 12 hours after sign-in.
sign-out-everywhere = Sign out everywhere

flash-language = Language changed.
