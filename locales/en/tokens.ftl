# API tokens: programs that may call the API.

tokens = API tokens
tokens-none = No program may call the API yet.
token-made = Token { $name } made. It is shown this once and stored hashed: copy it now.
token-made-by = { $time } by { $author }
token-column-made = Made
token-column-used = Last used
token-over = over
token-endless = no end
token-revoke = Revoke
token-revoke-name = Revoke { $name }
token-make = Make a token
token-make-do = Make the token
token-name-help = What uses it: the name stands beside every change it makes.
token-ends-on-help = The last day on which it holds. Blank: until it is revoked.
token-not-made =
    { $number ->
        [one] Not made: one field needs a correction
       *[other] Not made: { $number } fields need a correction
    }
token-field-name = Name
token-field-role = Role
token-field-ends-on = Last day

token-role-reporter = reporter: record failures and create usages, nothing else
token-role-viewer = viewer: read everything
token-role-operator = operator: also handle, reopen, edit, retry
token-role-admin = administrator: everything
role-reporter = reporter

error-token-role = One of reporter, viewer, operator, admin
error-token-ended = Today or later
error-token-name-taken = A name that no other token has
error-token-name-of-user = A name that no user has: in the audit trail a name stands for one author

event-create-token = { $author } made an API token
event-revoke-token = { $author } revoked an API token
flash-token-revoked = Token { $name } revoked. Whoever uses it is refused from now on.

never = never
