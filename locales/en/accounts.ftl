# Signing in and out, one's own account.

sign-in = Sign in
sign-in-do = Sign in
sign-in-wrong = Name or password is wrong.
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
may-role = From role
may-you = You
may-view = See all pages, download CSV
may-operate = Record a failure, handle, reopen, edit
may-administer = Delete a failed record

error-password-wrong = Not the current password of this account
error-password-length = From { $least } to { $most } characters
error-password-user = Longer than the user name with a few letters around it
error-password-simple = With at least 5 different characters
error-language = One of the languages offered here
error-user-name = From 1 to 64 letters, digits, dots, hyphens, underscores or @
error-name-taken = A name that no other user has
conflict-last-admin = This is the last administrator: first give somebody else the role. Nothing was changed.

event-create-user = { $author } added a user
event-change-password = { $author } changed a password
event-change-role = { $author } changed a role
event-disable-user = { $author } disabled a user
event-change-language = { $author } changed the language
event-sign-in = { $author } signed in
event-sign-out = { $author } signed out

flash-password = Password changed. Your other sessions were signed out.
flash-language = Language changed.
