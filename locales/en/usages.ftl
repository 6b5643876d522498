# The list of usages, one usage, and the forms that change it.

usages = Usages
usage-one = Usage
usage-with-id = Usage { $id }
usage-create = New usage
usage-edit = Edit usage

field-ownerid = Organisation of the model
field-usages = Counts
field-ioinfo = Exchange
field-transno = Transaction number
field-responsed-seconds = First answer, seconds
field-finish-seconds = Finished, seconds
field-status = Status
field-taskid = Task id
field-accounting-status = Accounting
field-reason = Reason
field-confirm = Confirmation

## List

usages-count =
    { $number ->
        [one] { $count } usage
       *[other] { $count } usages
    }
filter-status = Status
filter-id = Usage id
filter-taskid = Task id
filter-backup-time = Archived at
filter-accounting-status = Accounting
chip-task = Task: { $value }
chip-status = Status: { $value }
chip-accounting = Accounting: { $value }
error-name-ambiguous = { $count } names fit, such as { $ids }: type more of the name, or an id
usages-unsearched = Not counted: the history has no index by accounting state, so every row would have to be read.
usages-searched =
    { $number ->
        [one] Only one row was searched so far.
       *[other] Only { $count } rows were searched so far.
    }
usage-tab-created = To be accounted
usage-tab-accounted = Accounted
usage-tab-failed = Failed
usages-empty-page = Its usages were accounted, archived or changed in the meantime.
usages-empty-match =
    { $number ->
        [one] No usage matches the filter above.
       *[other] No usage matches the { $number } filters above.
    }
usages-empty-tab = No usage is in this state
usages-empty-never = No usage has been metered yet
usages-empty-never-text = The platform writes a row here for each call. Archived usages are in the history.
usages-show-all = Show all usages

## One usage

usage-call = The call
usage-count = Count
usage-no-json = This text is no complete JSON. It is shown as it is.
usage-nothing-counted = Nothing was counted.
usage-failures = All failures of this usage
usage-actions-viewer = You may look at this usage. Recording a failure requires the role operator, changing it the role admin.
fail-help = Sets the usage to “failed” and writes a failed record with its values.
fail-do = Record a failure
fail-impossible = A failure cannot be recorded. { $why }
fail-accounted = The usage is accounted: the customer was charged.
fail-archived = The usage is archived, and the history is read-only.
fail-already = The usage has already failed.
fail-already-open = The usage has already failed; its open failure is { $id }.

usage-event-create = { $author } created this usage
usage-event-import = { $author } imported this usage
usage-event-edit = { $author } edited this
usage-event-delete = { $author } deleted this
usage-event-retry = { $author } asked for a retry
usage-event-withdraw-retry = { $author } withdrew the retry
usage-event-record-failure = { $author } recorded a failure
usage-event-unknown = { $author } changed this usage
usage-event-platform = The call was made

## Forms

error-seconds = Seconds, such as 2.25
error-accounted-stays = An accounted usage stays accounted: the customer was charged
error-confirm-accounted = Confirm that you mean to change an accounted usage
error-usage-retrying = A retry of this usage is under way: its state changes only by its outcome, or when the retry is withdrawn
error-usage-decided = A failure of this usage is closed with money moved by hand: the platform must not charge it, too
error-only-platform-accounts = Only the platform accounts a usage
error-only-retry-creates = Only a retry of its failure has a usage accounted again
error-only-recording-fails = A usage becomes failed when its failure is recorded, or when a retry is withdrawn
error-confirm-delete = Look at what will be lost, then confirm. Nothing was deleted
error-confirm-delete-accounted = This usage is accounted: type its id { $id } to confirm
error-usage-id-taken = A usage with this id already exists, live or in the history
error-task-taken = Another usage has this task id
usage-confirm = This usage is accounted
usage-confirm-accounted = I know that the customer was charged by these values, and change them nevertheless. Both versions are kept in the timeline.
usage-conflict-text = Nothing of yours was saved yet: this usage was changed after you had opened it. Fields that only one of you changed are kept as changed. Where both of you changed the same field, choose, then save.
conflict-usage-taken = A usage with this id or task id was created just now. Look it up, or take another id.
conflict-usage-changed = Nothing was deleted: this usage changed after you had opened the page. Look at it again, then confirm.
conflict-usage-archived = This usage is archived, and the history is read-only.
conflict-usage-open = This usage has an open failure, { $id }. Handle it first.
usage-in-the-way = The usage:

usage-delete-title = Delete this usage?
usage-delete-confirm = Type the id of the usage
usage-delete-open = It stays: it has an open failure, { $id }. Handle that first.
usage-delete-lost = The usage leaves the list, the sums and the CSV, and the platform can never account it.
usage-delete-lost-accounted = The usage leaves the list, the sums and the CSV, though the customer was charged for it.
usage-delete-kept-failures =
    { $number ->
        [one] Its one failed record, closed.
       *[other] Its { $number } failed records, closed.
    }
usage-delete-do = Delete the usage

flash-usage-created = Created 1 usage, { $amount }.
flash-usage-saved = Saved the usage.
flash-usage-deleted = Deleted 1 usage, { $amount }. The audit trail keeps the whole row.
