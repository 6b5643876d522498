# What the JSON API says to programs.
problem-stale = The record changed since it was read: see expected and present. Nothing was changed.
error-json-broken = The body is no JSON.
error-json-object = This must be a JSON object.
error-json-text = This must be a text.
error-json-number = This must be a number, without quotes.
error-json-count = Must be a whole number from 0.
error-json-truth = This must be true or false.
error-json-choice = This must be one of { $choices }.
error-json-unknown = There is no such field here.
error-json-twice = This is given twice.
error-page-number = This must be a whole number from 1.
error-page-far = Pages have numbers up to { $limit }; go on with the cursor next.
error-page-and-cursor = A page number and a cursor exclude each other.
error-idempotency-key = The key must have 1 to 255 visible ASCII characters.
error-idempotency-body = This key was used with another request.
job-tidy-idempotency-keys = Clearing old idempotency keys
