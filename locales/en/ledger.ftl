# What the platform's ledger tells of a usage.

ledger = Was the customer charged?
ledger-charged =
    { $number ->
        [one] The ledger holds an entry: the customer was charged
       *[other] The ledger holds { $number } entries: the customer was charged more than once
    }
ledger-no-entry = The ledger holds no entry
ledger-not-asked = The ledger could not be asked: { $why }. So nobody knows whether the customer was charged.
ledger-entry = Entry
ledger-time = Time
ledger-help = As the ledger tells it at this moment; it is only read.

## Retrying what may have been charged

retry-charged = The ledger holds an entry for its usage: the customer was charged. Close it as charged instead.
retry-charged-by = The ledger holds entry { $entry } for its usage: the customer was charged. Close it as charged instead of retrying it.
outcome-checked = I looked: the customer was not charged
error-outcome-unchecked = After this error nobody knows whether the customer was charged. Look, then tick this; or close the record as charged.
error-outcome-not-asked = The ledger could not be asked: { $why }. After this error nobody knows whether the customer was charged. Look, then tick this.
error-outcome-value = Must be “checked”, or not be there.
field-unknown-outcome = Whether the customer was charged
not-retried =
    { $number ->
        [one] Not retried: one field needs a correction
       *[other] Not retried: { $number } fields need a correction
    }
close-charged = Close as charged, entry { $entry }
close-charged-help = Closes the record without a retry, as accounted elsewhere. The entry is kept in its note and in the audit trail.
close-charged-no-ledger = No setting says how the ledger is asked, so that no entry proves the charge.
close-charged-no-entry = The ledger holds no entry for its usage by now: nothing proves that the customer was charged.
close-charged-not-asked = The ledger could not be asked: { $why }. So nothing proves that the customer was charged.
close-charged-other = The ledger holds another entry by now than the one that you saw. Look at it as it is now.
flash-closed-charged = Closed 1 record as charged elsewhere, { $amount }.
field-ledger = Entries of the ledger
field-entry = Entry
outcome-unchecked = Nobody knows whether the customer was charged: look, then retry it with the tick for that.
outcome-unchecked-failing = Nobody knows whether the customer was charged, and it would fail again.
batch-tested-charged = Charged already
batch-charged-entries = Charged already, by these entries of the ledger: never retried
batch-field-with-unknown = What may have been charged
batch-with-unknown =
    { $number ->
        [one] I looked: the customer was not charged. Retry the { $count } whose outcome is unknown, too: { $amount }
       *[other] I looked: the customers were not charged. Retry the { $count } whose outcome is unknown, too: { $amount }
    }
batch-with-unknown-untested = I looked: no customer was charged. Retry those whose outcome is unknown, too
error-batch-all-unknown = Of all that is left nobody knows whether the customers were charged: look, then tick this.
field-ledger-not-asked = The ledger could not be asked
