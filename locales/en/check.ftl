# The consistency check.

check = Check
check-about = Looks for what must not be in the tables: usages that are in two places or in none, failures that contradict them, unknown values.
check-do = Check now
check-under-way = A check is under way.
check-last =
    { $number ->
        [one] Last check { $time } by { $author }, in one second.
       *[other] Last check { $time } by { $author }, in { $number } seconds.
    }
check-clean = Nothing was found.
check-found =
    { $number ->
        [one] One class has findings.
       *[other] { $number } classes have findings.
    }
check-class = Looked for
check-count = Found
check-first = The first few
check-never = No check has run yet
check-seen-at = As the check of { $time } found them.
flash-check-asked = The check starts in a moment, in the background.
may-check-viewer = See what the last check found
may-check-admin = Check the tables
conflict-counting = Somebody else began to count the totals meanwhile. Nothing was changed.
conflict-no-triggers = The triggers that keep the totals are { $triggers }. Nothing was changed.
conflict-totals-unkept = Totals cannot be kept here: { $why }. Nothing was changed.
job-check = Checking the tables, when asked

check-in-live-and-history = Usages that are live and in the history
check-failed-without-failure = Failed usages without a failed record
check-repeats-earlier = Open failures that repeat an earlier failure
check-open-failure-of-accounted = Open failures of accounted usages
check-charged-twice = Charged by hand and by the platform
check-failed-without-open = Failed usages whose failures are all closed without a decision
check-failure-without-usage = Failed records without a usage
check-created-too-long = Usages that wait to be accounted for more than an hour
check-accounted-for-nothing = Usages accounted with no amount although tokens were used
check-accounted-without-day = Note: accounted usages whose use date is not a day; the archive leaves them
check-foreign-cells-of-failures = Note: failed records with a cell that is not text, an amount that is no number, or a day or time that is none
check-foreign-cells-of-usages = Note: usages with a cell that is not text, an amount that is no number, or a day or time that is none
check-foreign-handled = Failed records whose “handled” is neither 0 nor 1
check-foreign-accounting-status = Usages whose accounting is neither created, accounted nor failed
check-failures-without-id = Failed records without an id (NULL)
check-usages-without-id = Usages without an id (NULL)
check-audit-chain = Audit events that were changed, added or removed past the app
check-totals-differ = Kept totals of failures that differ from the records
check-triggers-changed = Triggers that are gone or were changed

check-help-totals-differ = Pages count the records themselves until totals are counted anew: llmage-admin recount.
check-help-triggers-changed = Totals, what counts as open and search go wrong without them. Make them again: llmage-admin migrate.
check-help-in-live-and-history = The next archive run removes the live one where both are the same, and leaves and names it where they differ.
check-help-failed-without-failure = Nobody sees these in the list of failures. Open the usage to see what happened to it.
check-help-repeats-earlier = Their usage has a newer open failure: the same money stands here once more. Supersede them.
check-help-open-failure-of-accounted = The customer was charged. Settle them by a batch: each is closed with its usage as the proof.
adopted-repeats-earlier =
    { $number ->
        [one] { $count } record, { $amount }, repeats an earlier failure of its usage: its money stands in these sums once more than it is at stake.
       *[other] { $count } records, { $amount }, repeat an earlier failure of their usage: their money stands in these sums once more than it is at stake.
    }
adopted-open-failure-of-accounted =
    { $number ->
        [one] { $count } record, { $amount }, is open although its usage is accounted: the customer was charged.
       *[other] { $count } records, { $amount }, are open although their usages are accounted: the customers were charged.
    }
adopted-as-of = Checked { $time }.
check-help-charged-twice = The customer paid twice. Take the manual charge back and settle the failure with a note, or credit the customer.
check-help-failed-without-open = No list shows this money. Reopen the newest failure, or record the usage as failed anew.
check-help-failure-without-usage = The usage was deleted, or never written. The failure can be handled, not retried.
check-help-created-too-long = The platform’s accounting loop did not take them. Is it running?
check-help-accounted-for-nothing = The model counted tokens, and the customer was charged nothing.
check-help-accounted-without-day = The archive goes by the use date, so these stay live until another program gives them one.
check-help-foreign-cells-of-failures = Shown with � in place of what is not UTF-8; such amounts, days and times count as none. A day is YYYY-MM-DD, a time YYYY-MM-DD HH:MM:SS[.fff] in the business zone, without Z or an offset. Nothing of it is changed unless that field is edited.
check-help-foreign-cells-of-usages = Shown with � in place of what is not UTF-8; such amounts, days and times count as none. A day is YYYY-MM-DD, a time YYYY-MM-DD HH:MM:SS[.fff] in the business zone, without Z or an offset. Nothing of it is changed unless that field is edited.
check-help-foreign-handled = They count as open. Another program wrote them.
check-help-foreign-accounting-status = No loop takes them, and the archive leaves them live.
check-help-failures-without-id = They are listed, counted and exported, but cannot be opened, closed or retried. Another program wrote them: let it give each an id of its own.
check-help-usages-without-id = They are listed and counted, but cannot be opened, retried or archived. Another program wrote them: let it give each an id of its own.
check-help-audit-chain = Somebody wrote to the table of the audit trail directly.
