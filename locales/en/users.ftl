# Users, for administrators.

users = Users
user-add = Add a user
user-added-do = Add the user
user-not-added =
    { $number ->
        [one] Not added: one field needs a correction
       *[other] Not added: { $number } fields need a correction
    }
user-not-changed =
    { $number ->
        [one] Not changed: one field needs a correction
       *[other] Not changed: { $number } fields need a correction
    }
user-field-name = Name
user-field-role = Role
user-field-password = Password
user-field-new-password = New password
user-name-help = For signing in, and beside every change: letters, digits, dots, hyphens, underscores and @.
user-password-help = At least 12 characters, and not a common one. Give it to the user in a safe way.
user-reset-help = At least 12 characters. All sessions of the user end.
user-column-state = State
user-column-last = Last signed in
user-column-change = Change
user-change = Change
user-change-name = Change { $name }
user-active = active
user-disabled = disabled
user-since = { $role }, since { $time }
user-role-change = Change the role
user-role-own = Nobody can raise their own role; lowering it takes effect at once.
user-password-reset = Reset the password
user-access = Access
user-disable = Disable
user-disable-help = A disabled user cannot sign in; all sessions end at once. What the user did stays in the audit trail.
user-enable = Enable
user-enable-help = The user is disabled. Enabled again, the user can sign in with the same password.
user-end-sessions = End all sessions

flash-user-added = User { $name } added.
flash-user-role = Role of { $name } changed.
flash-user-password = Password of { $name } changed; all sessions of { $name } are over.
flash-user-disabled = User { $name } disabled; all sessions of { $name } are over.
flash-user-enabled = User { $name } enabled.
flash-user-sessions = All sessions of { $name } are over.
flash-user-before = Nothing was left to change on { $name }: { $by } was faster, { $time }.
user-changed = Nothing was changed: somebody changed this account after you had opened the page. Look at it as it is now, then do it again.
conflict-user-changed = This account changed after you had opened the page. Nothing was changed.
