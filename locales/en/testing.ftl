# Testing whether a retry would pass; nothing is written.

test = Would it pass now?
test-would_pass = A retry would pass
test-would_fail = A retry would fail again
test-cannot_be_told = It cannot be told whether a retry would pass
test-again = Test again
test-checks = All checks
test-help = Told by the platform's tables, and by its prices where the settings say whom to ask, as they are now; nothing is written.

## The checks

test-check-status = Status of the call
test-check-usages = Usages
test-check-model = Model
test-check-map = Pricing program
test-check-organisation = Organisation
test-check-account = Account
test-check-cause = What failed
test-ended-holds = in order
test-ended-fails = stands in the way
test-ended-untold = cannot be told
test-ended-passed_over = not looked at

## What they found

test-status-succeeded = The call succeeded.
test-status-other = The platform accounts only calls that succeeded; this one has another status.
test-usages-counts = The usages hold counts.
test-usages-none = The usage has no usages: nothing to price. Correct them.
test-usages-null = Its usages are the word null: nothing to price. Correct them.
test-usages-empty = Its usages are empty: nothing to price. Correct them.
test-usages-cut = Its usages are cut, or no JSON. Correct them.
test-usages-other = Its usages are no JSON object. Correct them.
test-usages-factor = Its usages lack the factor that the price asks for.
test-usages-has-factor = The usages now have the factor that was missing.
test-model-there = The model is there.
test-model-none = The usage names no model. Correct it.
test-model-missing = The platform has no such model. Add it there, or correct the usage.
test-model-expired = The model has expired.
test-models-unknown = There is no table of models here; this setting can say where it is.
test-models-failed = The query for models failed.
test-map-there = There is one default map, with a pricing program.
test-map-none = The model has no default map, so it is never accounted. Add one.
test-map-several = The model has several default maps and would be charged more than once. Leave one.
test-map-no-program = The default map of the model has no pricing program. Give it one.
test-map-no-model = Without a model there is no pricing program to look for.
test-maps-unknown = There is no table of pricing programs here; this setting can say where it is.
test-maps-failed = The query for pricing programs failed.
test-organisation-there = The organisation is there.
test-organisation-none = The usage names no organisation that could be charged. Correct it.
test-organisation-missing = The platform has no such organisation.
test-organisations-unknown = There is no table of organisations here; this setting can say where it is.
test-organisations-failed = The query for organisations failed.
test-account-there = The organisation has an account.
test-account-missing = The organisation still has no account. Open one.
test-account-no-organisation = Without an organisation there is no account to look for.
test-accounts-unknown = Accounts are in another database; this setting can say where.
test-accounts-failed = The query for accounts failed.
test-beyond-price = There was no price. Whether there is one now, only the platform's pricing knows.
test-beyond-engine = The platform's pricing code failed. Whether it was mended, no table tells.
test-beyond-remote = The remote centre failed. Whether it has charged the customer, and whether it answers now, only it knows.
test-beyond-balance = The balance was too low, or the account is frozen. Whether that has changed, only the remote centre knows.
test-beyond-lost = The connection to the database was lost. Whether the customer was charged before, no table here tells: look before you retry.
test-beyond-schema = The database refused the platform's writing. Whether that was mended, no table tells.
test-beyond-other = The reason does not say what was missing.

## The price

test-check-price = Price
test-price-unasked = The platform was not asked for the price: one test asks for 20,000 at most.
test-price-given = The platform prices it (amount / cost).
test-price-refused = The platform cannot price it.
test-price-covers = No table here tells it; the price does.
test-price-mends = Whether that was mended, the price tells.
test-price-late = The platform did not tell the price in time.
test-price-no-time = The platform was not asked for the price: the time for all questions together was over.
test-price-given-up = The platform was not asked for the price, as it had not answered several times in a row.
test-price-busy = The platform was not asked for the price: too many tests wait for prices at the moment.
test-price-away = The platform could not be reached for the price.
test-price-broken = The platform broke off while it told the price.
test-price-private = LLMAGE_PRICE_URL leads to a private address, and LLMAGE_PRICE_PRIVATE does not allow that.
test-price-status = Instead of a price the platform answered with an error.
test-price-huge = The platform's answer is too long to be a price.
test-price-no-json = The platform's answer is no JSON object as a price is told.
test-price-neither = The platform's answer holds neither amount and cost nor a reason.
test-price-both = The platform's answer holds a price and a reason against it.
test-price-negative = The platform's answer holds a negative price.
test-price-no-amount = The platform's answer holds an amount that is no money of at most 5 decimals.
test-amount-now = Amount now
test-amount-recorded = Amount recorded
test-difference = Difference
test-cost-now = Cost now
batch-tested-refusals = What the platform says of those that it cannot price
batch-tested-record = Record
batch-tested-differing = Charged otherwise than recorded, the largest differences

## What tests said

batch-tested = Would they pass now?
batch-tested-correct = Would they pass once they are corrected?
batch-untested = Not tested yet.
batch-preview-changed = Somebody tested or corrected this preview meanwhile. Look at it as it is now. Nothing was changed.
batch-tested-pass = Would pass
batch-tested-fail = Would fail again
batch-tested-untold = Cannot be told
batch-tested-fail-why = What would fail again, and why
batch-tested-untold-why = What cannot be told, and why
batch-with-failing =
    { $number ->
        [one] Retry the { $count } that would fail again, too: { $amount }
       *[other] Retry the { $count } that would fail again, too: { $amount }
    }
batch-no-test = Only batches of retries and of corrections are tested.
flash-batch-tested = Tested again by the platform's tables as they are now.
error-batch-all-fail = All of them would fail again: mend what stands in the way, or tick this to retry them all the same.
error-batch-untested = Whether these would pass has not been tested: test them first, or tick this to retry all of them untested.
batch-with-untested = Retry them all, untested
error-batch-with-failing = Must be true or false.
batch-field-with-failing = What would fail again
batch-tested-none = Cannot be retried
cause-test = Would its open failures pass now?
test-now = Test now
test-too-many = More than { $limit } failures are too many to test while you wait; the preview of a batch of retries tests them all.

## Likely fixed

fixed = Likely fixed
fixed-sum =
    { $number ->
        [one] Likely fixed: { $count } record, { $amount }
       *[other] Likely fixed: { $count } records, { $amount }
    }
fixed-sum-more = Likely fixed: { $count } records or more, { $amount }
fixed-models = Models
fixed-no-model = without a model
fixed-since = Since
fixed-tested = Tested
fixed-help = One failure of each model is tested again every few minutes, the others of these models by the platform's tables. Nothing is retried by itself; the preview tests each row.
fixed-retry = Retry, a few first…

## Unknown outcome

outcome-unknown = outcome unknown
batch-tested-unknown = Outcome unknown
outcome-unknown-help = After this error nobody knows whether the customer was charged: the request went out, and its answer never came. Look at the ledger before you retry.
outcome-unknown-batch =
    { $number ->
        [one] Of { $count } of these nobody knows whether the customer was charged already: its answer never came. It is left out unless somebody looks at the ledger and ticks it.
       *[other] Of { $count } of these nobody knows whether the customer was charged already: their answers never came. They are left out unless somebody looks at the ledger and ticks them.
    }
