# The list of failed records, one record, and the forms that change it.

failed-accounting = Failed accounting
record = Failed record
record-with-id = Failed record { $id }
record-failure = Record a failure

## The columns of the table, as forms, the timeline and the conflict page name them

field-id = Id
field-llmusageid = Usage id
field-llmid = Model id
field-userid = User id
field-userorgid = Organisation id
field-use-date = Use date
field-use-time = Use time
field-amount = Amount
field-cost = Cost
field-failed-reason = Reason
field-failed-time = Failed
field-retry-count = Retries
field-handled = State
field-handled-time = Handled
field-handled-note = Note
field-resolution = Resolution
field-handled-by = Handled by
field-retry-requested-at = Retry asked for
field-retry-requested-by = Retry asked for by
field-supersedes = Follows
field-superseded-by = Followed by
field-usage-found = Usage found
field-usage-accounting-status = Accounting of the usage
field-usage-amount = Amount in the usage
field-usage-cost = Cost in the usage
field-usage-archived = Usage archived
field-seen-at = Seen
field-note = Why reopen

column-failed = Failed
column-organisation = Organisation
column-user = User
column-model = Model
column-state = State
label-cost = cost
label-retries = retries
no-reason = no reason given

state-open = Open
state-retrying = Retrying
state-stuck = Retrying, stuck
state-handled = Handled
state-accounted = Accounted
state-superseded = Superseded

resolution-accounted = Accounted
resolution-superseded = Superseded
resolution-accounted-elsewhere = Accounted elsewhere
resolution-charged-manually = Charged manually
resolution-written-off = Written off
resolution-duplicate = Duplicate
resolution-test-traffic = Test traffic
resolution-customer-credited = Customer credited
resolution-other = Other

## Money line and tabs; || marks where the figure stands

money-count-open = { $count } open
money-count-retrying = { $count } retrying
money-count-handled = { $count } handled
money-count-superseded = { $count } superseded
money-count-all =
    { $number ->
        [one] { $count } record
       *[other] { $count } records
    }
money-amount = { $value } amount
money-cost = { $value } cost
money-oldest = oldest { $age }
money-exact = Count all and add up
money-unsearched = Not counted: no index of this database covers the text, so every reason would have to be read.

tabs = State
tab-open = Open
tab-retrying = Retrying
tab-handled = Handled
tab-superseded = Superseded
tab-all = All

## Filters

filters = Filters
filters-in-force =
    { $number ->
        [one] { $number } in force
       *[other] { $number } in force
    }
filters-more = More filters
filter = Filter
filter-any = any
filter-none = none
filter-wrong =
    { $number ->
        [one] One filter cannot be used and was left out
       *[other] { $number } filters cannot be used and were left out
    }
filter-start-date = Use date from
filter-end-date = Use date to
filter-userorgid = Organisation
filter-llmid = Model
filter-userid = User
filter-llmusageid = Usage id
filter-cause = Cause
filter-failed-from = Failed from
filter-retry-before = Retry asked for before
filter-changed = What happened
filter-changed-from = Since
filter-changed-not-by = Not by
filter-failed-to = Failed to
filter-q = Text
filter-q-example = id, or words of the reason
filter-amount-min = Amount from
filter-amount-max = Amount to
filter-resolution = Resolution
filter-sort = Sort by
filter-page-size = Rows a page
filter-handled = State
filter-superseded = Superseded
filter-retrying = State
filter-after = Place in the list
filter-before = Place in the list

presets = Use date

sort-failed-time-down = Failed, newest first
sort-failed-time-up = Failed, oldest first
sort-use-time-down = Use time, newest first
sort-use-time-up = Use time, oldest first
sort-amount-down = Amount, largest first
sort-amount-up = Amount, smallest first
sort-cost-down = Cost, largest first
sort-cost-up = Cost, smallest first

chips = Filters in force
chips-clear = Clear all
chip-remove = Remove the filter: { $filter }
chip-start-date = Use date: from { $value }
chip-end-date = Use date: to { $value }
chip-organisation = Organisation: { $value }
chip-model = Model: { $value }
chip-user = User: { $value }
chip-usage = Usage id: { $value }
chip-text = Text: { $value }
chip-amount-min = Amount: from { $value }
chip-amount-max = Amount: to { $value }
chip-cause = Cause: { $value }
filter-batch-cause = Cause when it was frozen
chip-batch-cause = Cause when it was frozen: { $value }
chip-retry-before = Retry asked for before { $value }
changed-accounted = accounted
changed-handled = handled
changed-reopened = reopened
chip-changed = What happened: { $value }
chip-changed-from = Since { $value }
chip-changed-not-by = Not by { $author }
chip-failed-from = Failed: from { $value }
chip-failed-to = Failed: to { $value }
chip-resolution = Resolution: { $value }

error-handled = 0 for open, 1 for handled, blank for all
error-superseded = 1 for superseded failures only, or absent
error-retrying = 1 for retries under way, or absent
error-changed = accounted, handled or reopened
error-resolution = One of the resolutions offered here
error-sort = One of the columns offered here
error-page-size = A whole number from 1 to { $limit }
error-range-dates = Not before the first date
error-range-amounts = Not less than the smaller amount
error-cursor = This link has expired: the list starts from its first page

## Below the list

csv =
    { $number ->
        [one] CSV: { $count } row, { $amount }
       *[other] CSV: { $count } rows, { $amount }
    }
csv-all = CSV: all rows of this filter
csv-excel = CSV for Excel
pages = Pages
newer = Newer
older = Older
page-previous = Previous page
page-next = Next page
searched =
    { $number ->
        [one] Only the newest row of this filter was searched so far.
       *[other] Only the newest { $count } rows of this filter were searched so far.
    }
search-on =
    { $number ->
        [one] Search one more
       *[other] Search the next { $count }
    }

## Empty lists; || marks where the time stands

empty-never = No failure has been recorded yet
empty-never-text = The platform writes a row here whenever it cannot account a usage.
empty-open = Nothing open
empty-open-last = The last failure was { $age } ago.
empty-open-last-by = The last failure was { $age } ago, handled by { $name }.
empty-retrying = Nothing is being retried
empty-retrying-text = Every retry has its outcome: accounted and closed, or failed and open again.
empty-handled = Nothing handled
empty-handled-text = No failure has been closed yet.
empty-show-handled = Show handled records
empty-show-open = Show open records
empty-match = Nothing matches
empty-match-open =
    { $number ->
        [one] No open record matches the filter above.
       *[other] No open record matches the { $number } filters above.
    }
empty-match-retrying =
    { $number ->
        [one] No retry under way matches the filter above.
       *[other] No retry under way matches the { $number } filters above.
    }
empty-match-handled =
    { $number ->
        [one] No handled record matches the filter above.
       *[other] No handled record matches the { $number } filters above.
    }
empty-match-superseded =
    { $number ->
        [one] No superseded failure matches the filter above.
       *[other] No superseded failure matches the { $number } filters above.
    }
empty-match-all =
    { $number ->
        [one] No record matches the filter above.
       *[other] No record matches the { $number } filters above.
    }
empty-clear = Clear the filter
empty-so-far = Nothing found so far
empty-so-far-text = Older rows may still match.
empty-page = This page has become empty
empty-page-text = Its records were handled, reopened or deleted in the meantime.
empty-page-start = Back to the first page

## One record

steps = Records of this filter
step-previous = Previous
step-previous-key = Previous record of this filter (access key p)
step-next = Next
step-next-key = Next record of this filter (access key n)
why = Why it failed
show-all = Show all
show-less = Show less
money = Money
margin = Margin
notes = Note
notes-none = No note yet.

usage = The usage
usage-none = This record names no usage.
usage-where = Where
usage-live = live, in llmusage
usage-archived = archived, in the history
usage-archived-at = archived at { $time }
usage-gone = Not found, neither live nor in the history.
usage-tokens = Counts
usage-status = Status
usage-status-succeeded = succeeded
usage-status-failed = failed
usage-status-unknown = unknown
usage-accounting = Accounting
usage-accounting-created = to be accounted
usage-accounting-accounted = accounted
usage-accounting-failed = failed
usage-amount = Amount in the usage
usage-cost = Cost in the usage

attempts = All attempts for this usage
attempt-this = (this record)
row-failures = ×{ $number }
row-failures-title = This usage has { $number } failures

actions = Actions
actions-viewer = You may look at this record. Handling, reopening and editing require the role operator.
retry = Retry
retry-amount = Retry: account { $amount } again
retry-help = Asks the platform to account the usage again. The record stays open until the usage is seen accounted.
retry-impossible = Retrying is not possible. { $why }
retry-handled = This record is handled.
retry-retrying = A retry of it is already under way.
retry-no-usage = It names no usage.
retry-gone = Its usage is neither live nor in the history.
retry-archived = Its usage is in the history, where the platform accounts no more.
retry-accounted = Its usage is accounted: the customer was charged.
retry-created = Its usage is already to be accounted; the platform takes it by itself.
retry-foreign = Its usage is not in the state “failed”, or changed just now.
retry-waits = The platform was asked to account the usage again. The outcome shows here once it is known.
retry-stuck-advice = The platform has not taken the usage for a long time. See whether its accounting loop runs, and whether the usage has the status SUCCEEDED: it takes no other. Then wait, or withdraw the retry.
retry-since = Retrying since
retry-by = Asked for by
withdraw = Withdraw the retry
withdraw-help = Possible as long as the platform has not taken the usage: it becomes failed again, and this record can be handled.
withdraw-not-retrying = No retry of this record is under way.
withdraw-too-late = The usage is not waiting any more: the platform has taken it, or it was changed.
conflict-retrying = A retry of this record is under way: the customer may be charged at any moment. Withdraw the retry first, or wait for its outcome.
handle = Handle, without charging
handle-amount = Handle, without charging { $amount }
handle-then-next = Handle, then open the next
handle-help = Closes the record. The customer is not charged.
handle-note-help = Needed where the resolution is “Other”.
reopen = Reopen
reopen-amount = Reopen: { $amount } open again
reopen-note-help = Takes the place of the present note, which the timeline keeps.
reopen-impossible = Reopening is not possible. { $why }
edit = Edit
delete = Delete…

conflict-already-open = This record is already open.
conflict-already-handled = This record is already handled.
conflict-closed-as-accounted = The usage of this record is accounted: the customer was charged.
conflict-closed-as-superseded = A newer failure of the same usage took its place.
conflict-recorded = A failed record with this id already exists. Open that one, or take another id.
conflict-key-used = Another request with this Idempotency-Key was carried out at the same moment. Send it again with the same key: its answer is given then.
case-moved = This record names another usage than a moment ago. Load the page again.
case-retrying = A retry of another failure of this usage is under way: the customer may be charged at any moment. Withdraw that one, or wait for its outcome.
case-never-billed = Its usage is to be accounted already, but has a status that the platform never takes: it will not be billed. Handle this record instead.
case-awaited = The platform will account this usage by itself. Wait for it, or record the usage as failed first: then it is out of the platform's loop.
case-accounted = Its usage is accounted: the customer was charged. Settle this record with that proof, or close it as duplicate or customer credited.
case-decided = Another failure of this usage is closed with money moved by hand. Close this one as duplicate, or reopen the other one.
case-older = A newer failure of this usage is open. Act on that one; this one ends with it.
case-reopen-accounted = Its usage is accounted: the customer was charged. Settle this record: the proof takes the place of the decision.
case-reopen-credited = What was charged for the usage was credited to the customer: that is settled, and nothing opens it again.
case-in-the-way = In the way:
case-newest = Act on this one instead:
refused-edit = Not saved
typed-title = What you typed
typed-help = It was not saved. Copy from here what you still need.
gone-title = There is no such record
gone-text = Nothing was changed: there is no record of this id. If it was there before, somebody deleted it; the audit trail keeps its whole row.
case-waived = Another failure of this usage was closed as { $resolution } by { $by }:
case-waived-nobody = Another failure of this usage was closed as { $resolution }:
delete-retrying = A retry of this record is under way: nobody would see its outcome. Withdraw the retry first, or wait.
delete-decided = This record is closed with money moved by hand. Reopen it before it is deleted.
settle = Settle with the proof
settle-help = The usage is accounted. This closes the record with that proof.
settle-twice = The customer was charged twice: by hand and by the platform. Take the manual charge back, say so here, and settle.
settle-note = What became of the manual charge
settle-not-accounted = The usage is not accounted: there is no proof to settle with.
settle-credited = The customer was credited, and stays so: there is nothing to settle.
settle-already = This record is closed as accounted already.
error-note-for-charged-twice = Say what became of the manual charge
flash-settled = Settled: { $amount } is accounted

## Timeline; || marks where the author or the time stands

timeline = Timeline
event-unknown = { $author } changed this record
reason-masked = Keys and passwords in this text are masked as ***.
reason-masked-admin = An administrator can look at them.
reason-show-secrets = Show them, with an entry in the audit trail
event-show-secret = { $author } looked at masked secrets
event-create = { $author } recorded this failure
event-import = { $author } imported this record
event-edit = { $author } edited this
event-handle = { $author } handled this
event-reopen = { $author } reopened this
event-delete = { $author } deleted this
event-retry = { $author } asked for a retry
event-withdraw-retry = { $author } withdrew the retry
event-retry-accounted = { $author } saw the usage accounted and closed this
event-retry-superseded = { $author } saw the retry fail again: a newer failure took the place of this one
event-retry-failed = { $author } saw the retry fail again
event-retry-ended = { $author } ended the retry: the usage was changed or removed in the meantime
event-carry-retries = { $author } linked this to the failure before it and carried its count of retries over
event-supersede = { $author } let a newer failure of the usage take the place of this one
event-settle = { $author } settled this: the usage is accounted
event-platform = The platform recorded this failure
event-resolution = : { $resolution }
event-when = { $time } · { $source }
source-page = page
source-command = command line
source-api = API
source-job = job
source-unknown = another version of the app
changes = What changed
change-field = Field
change-before = Before
change-after = After

## Forms of a record

not-recorded =
    { $number ->
        [one] Not recorded: one field needs a correction
       *[other] Not recorded: { $number } fields need a correction
    }
not-saved =
    { $number ->
        [one] Not saved: one field needs a correction
       *[other] Not saved: { $number } fields need a correction
    }
not-handled =
    { $number ->
        [one] Not handled: one field needs a correction
       *[other] Not handled: { $number } fields need a correction
    }
not-reopened =
    { $number ->
        [one] Not reopened: one field needs a correction
       *[other] Not reopened: { $number } fields need a correction
    }

error-use-date-differs = The day of the use time, or blank
error-resolution-open = An open record has no resolution: leave it blank, or choose the state Handled
error-resolution-by-app = Set by the app alone, once it has the proof: choose another
error-note-for-other = Say what was done: “Other” needs a note

new-usage-help = The usage that could not be accounted.
new-date-help = Blank: the day of the use time.
new-time-example = 2026-05-22 14:03:00
new-save = Record the failure
amount-help = What the customer should pay.
cost-help = What the call cost us.
reason-help = As the platform said it, whole.

edit-record = Edit failed record
edit-no-resolution = none
edit-resolution-help = Only for the state Handled.

conflict = Changed in the meantime
conflict-text = Nothing of yours was saved yet: this record was changed after you had opened it. Fields that only one of you changed are kept as changed. Where both of you changed the same field, choose, then save.
conflict-money = Nothing was decided yet: the money of this record changed after you had opened it. Look at what it is worth now, then save.
conflict-yours-help = Both merged: your changes, over what is there now. You may still change it.
clash-saw = When you opened the form:
clash-now = Keep what is there now:
clash-mine = Take yours, as it stands below:
clash-taken = Changed by others in the meantime, and kept, because you did not touch it:
clash-changed = Changed since you opened the page:
list-comma = { ", " }
flash-merged = { $done } Changed meanwhile by others, and kept: { $fields }.
flash-retrying-unpriced = Retrying 1 record. The platform prices it anew; the usage has no figure yet. It stays open until the usage is accounted.
retry-priced = The platform prices it anew. Last figure of the usage: { $amount }.
retry-unpriced = The platform prices it anew. Last figure of the usage: none.
retry-other-money = This record says { $record }, its usage { $usage }: the retry goes by the usage, not by this record.
money-of-usage = Amount of the usage
cost-of-usage = Cost of the usage
delete-unseen = Nothing was deleted: the form did not say what you had seen. Look at it here, then confirm.
delete-changed = Nothing was deleted: this record changed after you had opened the page. Look at it again, then confirm.
recorded-other = Nothing was recorded this time: this form has already recorded a failure, with different content. To correct that one, edit it. If you mean another failure, record it below.
recorded-before = Recorded before
recorded-now = Typed now
recorded-open = Open the record
conflict-last = Last change on the timeline: { $name }, { $time }; the platform changes rows without an entry.
conflict-yours = What will be saved
conflict-keep = Keep what is there now

delete-title = Delete this failed record?
about-failed = failed { $time }
delete-lost = Lost
delete-lost-row = The record leaves the list and the CSV.
delete-lost-open = The record leaves the list, the sums and the CSV: open money falls by { $amount }.
delete-lost-handled = The record leaves the list, the sums and the CSV: handled money falls by { $amount }.
delete-lost-reminder = Nothing here will say any more that this usage was not charged.
delete-kept = Kept
delete-kept-row = The whole row, with your name and the time, in the audit trail.
delete-kept-events =
    { $number ->
        [one] The one event of its timeline, in the audit trail.
       *[other] The { $number } events of its timeline, in the audit trail.
    }
delete-kept-usage = The usage itself, as it is.
delete-kept-attempts =
    { $number ->
        [one] One other failed record of the same usage.
       *[other] { $number } other failed records of the same usage.
    }
delete-instead = To close it without charging and keep it countable, { $link } instead.
delete-instead-link = handle it
delete-do = Delete the record
delete-do-amount = Delete the record, { $amount }
delete-keep = Keep it

## What was done

flash-recorded = Recorded 1 failure, { $amount }.
flash-recorded-before = Nothing was recorded this time: this failure, { $amount }, has already been recorded. Its state: { $state }.
recorded-deleted = Nothing was recorded this time: this form recorded a failure before, and somebody deleted it since; the audit trail keeps its whole row. To record it again, send the form below once more.
flash-saved = Saved 1 record, { $amount }.
flash-handled = Handled 1 record, { $amount }.
flash-retrying = Retrying 1 record. The platform prices it anew; last figure of the usage: { $amount }. It stays open until the usage is accounted.
flash-withdrawn = Withdrew 1 retry; { $amount } is open.
flash-reopened = Reopened 1 record, { $amount } is open again.
flash-deleted = Deleted 1 record, { $amount }. The audit trail keeps the whole row.

## Correcting the usage

correct = Correct the usage
correct-help = What is left blank stays. This record keeps what it recorded; the usage shows what changed.
correct-now = Counts now:
correct-now-value = Now: { $value }
correct-now-named = Now: { $value }, { $name }
correct-nothing = nothing
correct-from-output = Counts from the stored output
correct-usages-help = A JSON object, such as {"{"}"prompt_tokens": 412, "completion_tokens": 96{"}"}
correct-only = Correct only
correct-and-retry = Correct and retry
field-set-llmid = New model id
field-set-userid = New user id
field-set-userorgid = New organisation id
field-set-usages = New counts
field-usages-from = Source of the counts
field-then = What follows
not-corrected =
    { $number ->
        [one] Not corrected: one field needs a correction
       *[other] Not corrected: { $number } fields need a correction
    }
flash-corrected = Corrected the usage of 1 record. It can be retried now.
flash-corrected-retrying = Corrected the usage of 1 record; retrying. The record stays open until the usage is seen accounted.
correct-changes-nothing = Its usage already holds what the correction would make of it, or no line names its value.
correct-not-recovered = Its stored output holds no counts that can be read here.
correct-usage-changed = Somebody changed the usage since this page was shown. Look at it as it is now. Nothing was changed.
correct-unseen = This form does not say what was seen of the usage. Look at it as it is now, then send it again. Nothing was changed.
error-not-correctable = May not be corrected here: { $fields ->
        [none] no field may
       *[other] only { $fields }
    }
error-correct-both = One or the other: a value for all, or each by its own
error-correct-nothing = Say what shall become of at least one field
error-correct-lines =
    { $limit ->
        [one] At most { $limit } line
       *[other] At most { $limit } lines
    }
error-correct-line = Line { $line } is no pair: write it such as A -> B
error-correct-id = Line { $line }: an id has at most 32 characters, none of them a control character
error-correct-twice = Line { $line }: { $value } stands there twice
error-correct-none = A usage without one cannot be accounted: give an id, or leave it blank to change nothing
error-correct-none-of-line = Line { $line }: what it becomes is none, and a usage without one cannot be accounted: give an id
error-usages-object = A JSON object that holds something, such as {"{"}"prompt_tokens": 412{"}"}
error-usages-from = “ioinfo” for the counts of the stored output, or blank
error-correct-then = “retry” to have it accounted again at once, or blank
event-correct = { $author } corrected the usage
