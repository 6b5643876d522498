# API tokens: programs that may call the API.

tokens = API tokens
tokens-none = No program may call the API yet.
token-made = Token { $name } created. It is shown this once and stored hashed: copy it now.
token-made-by = { $time } by { $author }
token-column-made = Created
token-column-used = Last used
token-over = expired
token-endless = no end
token-revoke = Revoke
token-revoke-name = Revoke { $name }
token-make = Create token
token-make-do = Create token
token-name-help = What uses it: the name stands beside every change it makes.
token-ends-on-help = The last day on which it works. Blank: until it is revoked.
token-not-made =
    { $number ->
        [one] Not created: one field needs a correction
       *[other] Not created: { $number } fields need a correction
    }
token-field-name = Name
token-field-role = Role
token-field-ends-on = Expires

token-role-reporter = reporter: record failures and create usages, nothing else
token-role-viewer = viewer: read everything
token-role-operator = operator: also handle, reopen, edit, retry
token-role-admin = administrator: everything
role-reporter = reporter

error-token-role = One of reporter, viewer, operator, admin
error-token-ended = Today or later
error-token-name-taken = Another token has this name: choose a different one
error-token-name-of-user = A user has this name, and in the audit trail a name stands for one author: choose a different one

event-create-token = { $author } created an API token
event-revoke-token = { $author } revoked an API token
flash-token-revoked = Token { $name } revoked. Whoever uses it is refused from now on.
flash-token-before = Token { $name } had been revoked already: { $by }, { $time }.

never = never
