# Batches: one action on many failed records, its preview, its report.

batches = Batches
batches-none = No batch yet
batches-none-text = Tick records in the list, or take all that match a filter. You see a preview before anything is done.

## Below the list

tick-all = Tick all on this page
tick-record = Tick { $id }
ticked-none = Nothing ticked
ticked-none-why = Nothing ticked: tick records, or all that match
ticked-elsewhere = {"{"}n{"}"} on other pages
ticked-matching =
    { $number ->
        [one] The { $count } that matches · { $amount }
       *[other] All { $count } that match · { $amount }
    }
ticked-matching-many = All that match
tick-clear = Untick all
ticked-one = {"{"}n{"}"} ticked · {"{"}amount{"}"}
ticked-other = {"{"}n{"}"} ticked · {"{"}amount{"}"}
tick-matching =
    { $number ->
        [one] or the one that matches
       *[other] or all { $count } that match
    }
tick-matching-many = or all that match
batch-begin-handle = Handle…
batch-begin-retry = Retry…
batch-begin-reopen = Reopen…
batch-begin-delete = Delete…
filter-batch = Batch
chip-superseded = Superseded failures only
filter-batch-outcome = Outcome in the batch
chip-batch-outcome = Outcome there: { $value }
error-batch-outcome = One of accounted, failed_again, waiting, ended, not_done, new, unsorted
error-batch-outcome-alone = Only together with a batch
chip-batch = Batch: { $value }

## Titles and states

batch-title-handle =
    { $number ->
        [one] Handle { $count } record
       *[other] Handle { $count } records
    }
batch-title-retry =
    { $number ->
        [one] Retry { $count } record
       *[other] Retry { $count } records
    }
batch-title-reopen =
    { $number ->
        [one] Reopen { $count } record
       *[other] Reopen { $count } records
    }
batch-title-delete =
    { $number ->
        [one] Delete { $count } record
       *[other] Delete { $count } records
    }
batch-title-withdraw =
    { $number ->
        [one] Withdraw { $count } retry
       *[other] Withdraw { $count } retries
    }
batch-begin-withdraw = Withdraw…
batch-wanted-withdraw = Will be withdrawn
batch-promise-withdraw = Withdraws these retries where the platform has not taken the usage yet: it becomes failed again, and the record is open. To undo it, retry again.
batch-run-withdraw =
    { $number ->
        [one] Withdraw { $count } retry, { $amount }
       *[other] Withdraw { $count } retries, { $amount }
    }
batch-done-withdraw = Withdrawn
batch-title-supersede =
    { $number ->
        [one] Supersede { $count } record
       *[other] Supersede { $count } records
    }
batch-begin-supersede = Supersede those that repeat an earlier failure…
batch-wanted-supersede = Will be superseded
batch-promise-supersede = Each of these has a newer open failure of the same usage, which takes its place: the money of a usage is at stake once. It can be undone.
batch-run-supersede =
    { $number ->
        [one] Supersede { $count } record, { $amount }
       *[other] Supersede { $count } records, { $amount }
    }
batch-done-supersede = Superseded
batch-title-settle =
    { $number ->
        [one] Settle { $count } record
       *[other] Settle { $count } records
    }
batch-begin-settle = Close those whose usage is accounted…
batch-wanted-settle = Will be settled
batch-promise-settle = Closes these records as accounted, with their usage as the proof. It cannot be undone.
batch-run-settle =
    { $number ->
        [one] Settle { $count } record, { $amount }
       *[other] Settle { $count } records, { $amount }
    }
batch-done-settle = Settled
batch-restricted = Skipped unless closed in these ways
batch-restricted-why = Possible ways, and why
batch-only-accounted = As duplicate or customer credited: the usage is accounted, the customer was charged.
batch-only-awaited = As duplicate: the platform will account the usage by itself.
batch-only-decided = As duplicate: another failure of the usage is closed with money moved by hand.
batch-no-newer = Its usage has no newer open failure.
batch-state-preview = Preview
batch-state-running = Running
batch-state-waiting = Waiting
batch-state-stopped = Stopped
batch-state-aborted = Aborted
batch-state-done = Done
batch-state-undoing = Undoing
batch-state-undone = Undone

batch-made = Previewed by { $name }, { $time }
batch-ran = run by { $name }, { $time }
batch-aborted-by = stopped by { $name }, { $time }
batch-undone-by = undone by { $name }
batch-selection = Selection
batch-filter-now = Records that match now
batch-ticked =
    { $number ->
        [one] { $count } ticked record
       *[other] { $count } ticked records
    }
batch-ticked-short = ticked records
batch-rest = What another batch left undone
batch-rest-of = Open that batch

## The preview

batch-frozen = The preview
batch-all =
    { $number ->
        [one] Record
       *[other] Records
    }
batch-wanted-handle = Will be handled
batch-wanted-retry = Will be retried
batch-wanted-reopen = Will be reopened
batch-wanted-delete = Will be deleted
batch-skipped = Will be skipped
batch-skipped-why = What will be skipped, and why
batch-by-cause = By cause
batch-cause = Cause
batch-other-causes = All other causes
batch-by-organisation = By organisation
batch-no-organisation = Without organisation
batch-other-organisations = All other organisations
batch-sum = Total
batch-column-why = Why
batch-column-records = Records
batch-column-when = When
batch-column-what = Batch
batch-column-done = Done
batch-column-not-done = Not done
batch-column-undone = Undone
batch-column-by = By

batch-order = Run it
batch-order-correct = What to correct
batch-viewer = You may look at this batch. Running it requires the role operator.
batch-promise-handle = Closes these records without charging anybody. Records that came after the preview, or changed since, stay as they are. It can be undone.
batch-promise-retry = Asks the platform to account the usages again. Each record stays open until its usage is seen accounted.
batch-promise-reopen = Opens these records again. Records that came after the preview, or changed since, stay as they are. It can be undone.
batch-promise-delete = Removes these records for good; the audit trail keeps each whole row. It cannot be undone.
batch-field-resolution = Resolution
batch-field-note = Note
batch-field-confirm-count = Number of records
batch-field-canary-size = Retry first
batch-field-canary-percent = Allowed to fail again (%)
batch-confirm-help = This is a lot. Type { $count } to go on.
batch-run-handle =
    { $number ->
        [one] Handle { $count } record without charging { $amount }
       *[other] Handle { $count } records without charging { $amount }
    }
batch-run-retry =
    { $number ->
        [one] Retry { $count } record, { $amount }
       *[other] Retry { $count } records, { $amount }
    }
batch-run-reopen =
    { $number ->
        [one] Reopen { $count } record, { $amount } open again
       *[other] Reopen { $count } records, { $amount } open again
    }
batch-run-delete =
    { $number ->
        [one] Delete { $count } record, { $amount }
       *[other] Delete { $count } records, { $amount }
    }
batch-discard = Discard this preview
batch-not-run =
    { $number ->
        [one] Not run: one field needs a correction
       *[other] Not run: { $number } fields need a correction
    }

canary = Try a few first
canary-help = Leave blank to retry all at once. Otherwise this many are retried first, and the rest follows only if no more than that share of them fails again.
canary-waiting =
    { $number ->
        [one] { $count } record was retried first. The rest waits until its outcome is known.
       *[other] { $count } records were retried first. The rest waits until their outcome is known.
    }
canary-state = First { $size }: { $accounted } accounted, { $failed } failed again; { $percent } % may fail.
canary-stopped = Stopped: of the first { $size }, { $failed } failed again and { $accounted } were accounted; at most { $percent } % may fail. The rest was left as it is.

## The report

batch-report = Report
batch-working = { $count } of { $total } done.
batch-undoing = { $count } of { $total } undone.
batch-reload = Reload
batch-progress = Progress
batch-done-handle = Handled
batch-done-retry = Retry asked for
batch-done-reopen = Reopened
batch-done-delete = Deleted
batch-asked =
    { $number ->
        [one] A retry was asked for { $count } record, { $amount }. What became of it:
       *[other] A retry was asked for { $count } records, { $amount }. What became of them:
    }
batch-outcome-accounted = Accounted
batch-outcome-failed-again = Failed again
batch-outcome-waiting = Still waiting
batch-outcome-ended = Ended another way
batch-outcome-not-done = Not asked for
batch-outcome-new = the failures that followed
batch-outcome-unsorted = Not sorted yet when frozen
batch-outcomes-short = { $accounted } accounted · { $failed } failed again · { $waiting } waiting · { $ended } ended another way
batch-charged =
    { $number ->
        [one] Charged for the accounted usage, as it is now: { $amount }, cost { $cost }.
       *[other] Charged for the { $count } accounted usages, as they are now: { $amount }, cost { $cost }.
    }
batch-charged-in-csv = What was charged for the accounted usages is in the CSV: they are too many to add up here.
batch-failed-again-by-cause = Failed again, by cause of the new failure
batch-new-failures = The failures that followed
batch-column-new-failures = New failures
batch-column-still-open = Still open
batch-retry-failed-again =
    { $number ->
        [one] Retry the { $count } that failed again…
       *[other] Retry the { $count } that failed again…
    }
batch-ended-withdrawn = The retry was withdrawn.
batch-ended-usage-gone = The usage is gone.
batch-ended-archived = The usage was archived without being accounted.
batch-ended-changed = The usage was changed meanwhile.
batch-ended-deleted = The record was deleted.
batch-ended-not-kept = What became of this retry was not kept.
batch-not-done = Not done
batch-undone = Undone
batch-kept = Changed since, left as they are
batch-left-of =
    { $number ->
        [one] { $count } of them was never touched.
       *[other] { $count } of them were never touched.
    }
batch-abort = Stop and leave the rest
batch-undo =
    { $number ->
        [one] Undo { $count } record, { $amount }
       *[other] Undo { $count } records, { $amount }
    }
batch-again = Retry the rest
batch-csv = CSV of every row
batch-kept-rows = Not undone
batch-refused-rows = Not done, and why
flash-batch-aborted = Stopped. The rest was left as it is.

batch-gone = The record is gone.
batch-refused-by-database = A rule of the platform’s in the database refused it; open the record and try it there to read what it says.
batch-gone-by = The record is gone: { $name } deleted it.
batch-changed = The record was changed in the meantime, not through this app.
batch-changed-by = { $name } changed the record in the meantime.
batch-usage-changed = Its usage was changed in the meantime.
batch-moved-on = The record was changed since, not through this app.
batch-moved-on-by = { $name } changed the record since.
batch-left = The batch ended before this row: it was left as it is.

## Refusals

batch-foreign = { $name } made this preview, and only { $name } may run it. To act on the same records, make a preview of your own. Nothing was changed.
batch-seen-changed = What this batch would do has changed since the page was shown. To be done: { $wanted }, { $amount } (the page showed { $wanted-before }, { $amount-before }). Left out: { $left } (the page showed { $left-before }). Nothing was done. Look again, then press again.
batch-seen-otherwise = What this batch would do has changed since the page was shown: its numbers are the same, but not the same records, or they become something else. Nothing was done. Look again, then press again.
batch-unseen = The form does not say what was seen of this preview. Look again, then press again. Nothing was changed.
batch-nothing-to-do = Every record of this batch would be skipped: there is nothing to do.
batch-expired = This preview is older than 7 days and may be long out of date. Select the records again. Nothing was changed.
batch-was-aborted = This batch was stopped; it cannot be run any more. Retry the rest instead. Nothing was changed.
batch-is-running = This batch is already under way. Nothing was changed.
batch-was-run = This batch was already run. Nothing was changed.
batch-is-undoing = This batch is being undone. Nothing was changed.
batch-has-ended = This batch has already ended. Nothing was changed.
batch-not-undoable = A retry is not undone but withdrawn: on the page of its record, or for many on the tab Retrying. What was deleted or settled stays so. Nothing was changed.
batch-was-undone = This batch was already undone. Nothing was changed.
batch-not-ended = This batch has not ended yet. Nothing was changed.
batch-nothing-to-undo = This batch did nothing that could be undone. Nothing was changed.
batch-undo-waits = Some of what this batch corrected was sent to be accounted again, and their retries are still under way: the platform may account them with the corrected values at any moment. Withdraw these retries on the tab Retrying, or wait until they have ended, then undo it. Nothing was changed.
batch-undo-later = It can be undone once its retries have ended: withdraw them on the tab Retrying, or wait for them.
batch-no-rest = This batch left nothing undone. Nothing was changed.
batch-rest-is-gone = The records that it left are gone. Nothing was changed.
error-batch-action = One of handle, retry, withdraw, reopen, supersede, settle, correct, delete
error-batch-scope = “filter” for all that match, or absent for what is ticked
error-batch-empty = Nothing is selected: tick at least one record, or take a filter that matches some
error-batch-too-many =
    { $limit ->
        [one] At most { $limit } record may be ticked at once; for more, take all that match a filter
       *[other] At most { $limit } records may be ticked at once; for more, take all that match a filter
    }
error-batch-unknown-filter = The list knows no such filter
error-batch-count = Not the number of records shown above
error-batch-between = A whole number from { $least } to { $most }

source-batch = batch
field-batch = Batch
field-batch-note = Note
event-undo-handle = { $author } undid the handling
event-undo-supersede = { $author } undid the superseding
event-undo-reopen = { $author } undid the reopening
audit-kind-batch = batch
audit-action-undo-handle = undid a handling
audit-action-undo-supersede = undid a superseding
audit-action-undo-reopen = undid a reopening
audit-action-run-batch = ran a batch
audit-action-abort-batch = stopped a batch
audit-action-undo-batch = undid a batch
job-new-failures = New failures
job-batch-outcomes = Outcomes of retry batches
job-batches = Batches

## Corrections

batch-begin-correct = Correct…
batch-title-correct =
    { $number ->
        [one] Correct { $count } usage
       *[other] Correct { $count } usages
    }
batch-wanted-correct = Will be corrected
batch-promise-correct = Changes these fields of the usages; the failures keep what they recorded. Whatever changed meanwhile stays as it is. It can be undone while a usage is failed and holds what the correction made of it.
batch-run-correct =
    { $number ->
        [one] Correct { $count } usage only
       *[other] Correct { $count } usages only
    }
batch-run-correct-retry =
    { $number ->
        [one] Correct and retry { $count } usage, { $amount }
       *[other] Correct and retry { $count } usages, { $amount }
    }
batch-done-correct = Corrected
batch-no-correction = Say first what shall become of which field. Nothing was changed.
batch-field-set-llmid = Model id
batch-field-map-llmid = Model ids, line by line
batch-field-set-userid = User id
batch-field-map-userid = User ids, line by line
batch-field-set-userorgid = Organisation id
batch-field-map-userorgid = Organisation ids, line by line
batch-field-set-usages = Counts
batch-field-usages-from = Source of the counts
canary-of-correction = Counts for “Correct and retry”.
correct-batch-help = What is left blank stays. The preview then shows what becomes of what; nothing is done yet.
correct-present =
    { $number ->
        [one] One value now
       *[other] { $number } values now
    }
correct-all = Becomes, for all
correct-mapping = Or line by line
correct-mapping-help = One pair a line, such as A -> B, or two columns of a CSV. What is not named stays; “none” stands for usages without one.
correct-show = Show what changes
correct-changes = What becomes of what
correct-field = Field
correct-from = Now
correct-to = Becomes
correct-more =
    { $number ->
        [one] And one more change of less money.
       *[other] And { $number } more changes of less money.
    }
correct-refused = Cannot be corrected, and why
correct-sample = A few of them in full
correct-usages-none = nothing
correct-usages-null = the text “null”
correct-usages-empty = an empty object
correct-usages-counts = counts
correct-usages-other = JSON that is no object
correct-usages-cut = text that is no JSON
event-undo-correct = { $author } took the correction of the usage back
audit-action-correct = corrected a usage
audit-action-undo-correct = took a correction back
field-correction = Correction
field-then-retry = Retried at once
error-json-texts = A list of texts
error-batch-ids-and-query = Either ids or a query, not both
error-batch-query = A query string as of the list, such as handled=0&llmid=m1
error-correct-action = Only a batch of the action “correct” takes a correction
