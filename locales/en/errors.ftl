# Error pages: a title, what happened, and what may help.

error-page-400 = This request cannot be read
error-page-400-text = The address or the form was broken on its way. Nothing was changed.
error-page-401 = You are not signed in
error-page-401-text = Sign in, then try again. Nothing was changed.
error-page-403 = You may not do this
error-page-403-text = Your role does not include this. Nothing was changed. An administrator can change your role.
error-page-404 = There is no such page
error-page-404-text = The address leads nowhere. If it was a failed record, somebody may have deleted it; the audit trail keeps its whole row.
error-page-405 = This page does not take that kind of request
error-page-405-text = The address exists, but it cannot be opened in this way, for instance by loading the address of a form again. Nothing was changed.
error-page-408 = The request took too long to arrive
error-page-408-text = The connection was too slow. Nothing was changed; go back in your browser to what you typed and try again.
error-page-409 = Not possible now
nothing-changed = Nothing was changed.
error-page-409-text = The record is in another state than this action needs. Nothing was changed.
error-page-413 = This is too large
error-page-413-text = A form may carry at most 1 MiB. Nothing was changed; go back in your browser to what you typed and shorten it.
error-page-413-file = A file may have at most { $limit } MiB here. Nothing was imported. Split it, or bring it in with the command “llmage-admin import”.
error-page-415 = This is not a form
error-page-415-text = The request carries a kind of content that is not read here. Nothing was changed.
error-page-422 = Something in the request is wrong
error-page-422-text = Correct what is named here and try again. Nothing was changed.
error-page-429 = Too many attempts
error-page-429-text = Wait a little, then try again. Nothing was changed.
error-page-500 = This page could not be shown
error-page-500-text = This is our fault, and is in the log under the request id. Try again; if it happens again, give the id to your administrator.
error-page-held-title = The record is in use
error-page-held = Another program holds this record; nothing was changed. Try again in a few seconds; what you typed is still there when you go back in your browser.
error-page-refused-title = The database refused this change
error-page-refused = A rule of the platform’s in the database (a trigger or a constraint) refused this change; nothing was changed. The database said: { $said }
error-page-503 = The database does not answer
error-page-unknown-outcome = The connection to the database broke while this was being saved: it may have been saved, or not. Look at the record before you try again.
problem-unknown-outcome = It may have been written, or not: the connection to the database broke at the commit. Ask again with the same Idempotency-Key: what was written is not written again.
problem-unknown-no-key = It may have been written, or not: the connection to the database broke at the commit. Read the record before you ask again.
problem-503 = The database is away or busy. Nothing was changed; ask again in a few seconds.
error-page-503-text = It is away or busy. Nothing was changed. Try again in a few seconds; what you typed is still there when you go back in your browser.
error-page-cross-site = This request came from another site, or did not say where it came from, and was refused. Nothing was changed. If you sent it yourself, go back, load the page again and repeat it.
error-page-throttled =
    { $seconds ->
        [one] Too many tries from here. Try again in { $seconds } second.
       *[other] Too many tries from here. Try again in { $seconds } seconds.
    }

problem-401 = A valid token is needed in the header Authorization: Bearer TOKEN. Nothing was changed.
problem-404 = Nothing has this id, or the address is none of the API. Nothing was changed.
problem-413 = A request may carry at most 1 MiB. Nothing was changed.

error-request-id = Request id { $id }
error-try-again = Try again
error-to-list = To the failed records
error-to-account = What you may do
error-to-sign-in = Sign in
error-to-record = Back to the record
error-to-form = Back to the form
error-page-busy = Too many requests at once
error-page-own-downloads = Two of your downloads are still under way. Wait until one of them has ended, or stop one, and try again in { $seconds } seconds.
error-page-many-downloads = Many downloads are being made at this moment, and yours waited for its turn. Nothing is wrong: try again in { $seconds } seconds.
