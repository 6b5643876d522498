# Moving accounted usages to the history.

error-cutoff-later = At most today, { $today }: usages of today and later stay live
archive-conflict-running = An archive run is already under way: { $by } asked for it at { $at }. Wait for its end, or stop it.
archive-conflict-over = This run has already ended. Start another one to move what is left.
archive-conflict-taken = Another process has taken this run over.

archive = Archive
archive-about = Accounted usages move from the live table to the history, where they stay to be read. Each is copied, proved equal and only then deleted.
archive-active = A run is under way
archive-progress = How far the run is
archive-so-far =
    { $number ->
        [one] { $count } usage of { $expected } moved, amount { $amount }
       *[other] { $count } usages of { $expected } moved, amount { $amount }
    }
archive-goes-on = The run goes on without this page.
archive-stop = Stop the run
archive-preview = What a run would do
archive-look = Preview
archive-not-started = Nothing was started
field-cutoff-date = Used before
archive-cutoff-help = Usages of this day and later stay live. At most today.
archive-goes =
    { $number ->
        [one] { $count } usage would move
       *[other] { $count } usages would move
    }
archive-days = Used from { $oldest } to { $newest }
archive-oldest = The oldest was used on { $oldest }
archive-known =
    { $number ->
        [one] 1 of them is in the history already, with the same content: it only leaves the live table.
       *[other] { $number } of them are in the history already, with the same content: they only leave the live table.
    }
archive-stays = What would be left behind, and why
archive-nothing-stays = Nothing would be left behind.
archive-first-only = Only the oldest 10,000 were looked at here; a run looks at all.
archive-do = Archive usages before { $cutoff }
archive-viewer = You may look. Running the archive requires the role admin.
archive-runs = Runs
archive-runs-none = The archive has not run yet.
archive-daily =
    { $days ->
        [0] The next run by itself: { $time }, all before that day
        [one] The next run by itself: { $time }, all but one day before
       *[other] The next run by itself: { $time }, all but { $days } days before
    }
archive-daily-off = The daily run is switched off.
archive-column-when = Asked for
archive-column-who = By
archive-column-state = State
archive-column-rows = Rows
archive-column-seconds = Seconds
archive-column-left = Left behind; proof
archive-column-why = Why
archive-column-first = The first few
archive-state-waiting = waiting
archive-state-running = running
archive-state-stopping = stopping
archive-state-stopped = stopped
archive-state-done = done
archive-state-failed = failed
archive-left-open-failure = It has an open failure
archive-left-retrying-failure = A retry waits for its outcome
archive-left-no-day = Its use date is not a day (missing, zero or unreadable), so that no run can tell when it is due
archive-left-other-content = The history holds another usage with this id
archive-left-not-copied = The history's table cannot hold it as it is
archive-left-more = and { $number } more
archive-left-nothing = nothing left behind
archive-left-reasons =
    { $number ->
        [one] Stayed, for one reason
       *[other] Stayed, for { $number } reasons
    }
archive-proof = Proof
archive-proof-before = Live, before
archive-proof-after = In the history, after
archive-proved = Count, amount and cost are the same before and after.
archive-unproved = These differ. Please check the database before anything else.
flash-archive-started = Archiving usages before { $cutoff }, in the background.
flash-archive-stopping = The run stops after the rows that it is moving now.

## The history, and the way back

history = History
history-about = Archived usages. They can be read, not changed.
history-read-only = The history is read-only: an archived usage stays as it was accounted. An administrator can bring it back to the live usages.
history-empty = Nothing is archived yet
history-empty-text = Accounted usages come here when the archive runs.
usage-find = Find
usage-find-label = Usage or task id, live or archived
usage-find-hint = Usage id or task id
usage-not-found = No usage has the id or task { $text }, neither live nor archived.
chip-backup-time = Archived: { $value }
field-backup-time = Archived

restore-link = Restore…
restore-title = Bring usages back from the history?
restore-about = They return to the live usages as they are, accounted, and the audit trail says who brought them back. Nobody is charged again. The next archive run moves them to the history once more, unless it keeps their days or they were changed in the meantime.
restore-ids = Ids of the usages
restore-ids-help = One in a line, at most 200.
restore-look = Look at them
restore-do =
    { $number ->
        [one] Bring back 1 usage, { $amount }
       *[other] Bring back { $number } usages, { $amount }
    }
restore-not-done = Nothing was brought back
restore-none = Name at least one id
restore-many = At most { $limit } at once
restore-unknown = { $id } is not in the history
restore-live = { $id } is live already
restore-decided = { $id } waits to be accounted, and its failure { $record } is closed with money moved by hand: the platform would charge it, too
restore-task = Another live usage has the task of { $id }. Leave { $id } out, or change the task of the other one first. Nothing was brought back.
flash-restored =
    { $number ->
        [one] Brought back 1 usage, { $amount }.
       *[other] Brought back { $number } usages, { $amount }.
    }
may-history-admin = Bring usages back from the history
usage-event-restore = { $author } brought this back from the history
