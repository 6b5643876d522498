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
