# What the app does by itself.

jobs = Jobs
jobs-about = What the app does by itself. Of many servers on one database, one runs a job at a time.
jobs-job = Job
jobs-schedule = Schedule
jobs-last = Last run
jobs-outcome = Outcome
jobs-next = Next run
jobs-none = No server has started its jobs on this database yet.
job-daily = Every day at { $time }
job-every =
    { $number ->
        [one] Every second
       *[other] Every { $number } seconds
    }
job-off = Off
job-running = running
job-outcome-done = done
job-outcome-failed = failed
job-outcome-panicked = crashed
job-retry-watcher = Watching the outcome of retries
job-kept-totals = Keeping the totals of failures
job-accounted-usages = Closing failures whose usage was accounted
job-likely-fixed = Testing whether causes are fixed
job-cause-sorting = Finding the causes of new failures
may-jobs-admin = See the jobs of the app
job-archive = Asking for the daily archive run
job-archive-mover = Moving usages to the history
job-tidy-previews = Clearing batches that nobody ran
job-simulated-platform = Playing the platform for the demo
job-tidy-alert-history = Clearing old alerts
jobs-idle = nothing to do so far

## The app's own names among the authors of changes
by-retry-watcher = retry watcher
by-new-failures = new failures
by-accounted-usages = accounted usages
by-batch-runner = batch runner
by-archive = archive
by-command-line = command line: { $user }
jobs-background = In the background: nothing to do so far
