# The front page.

overview = Overview
overview-stake = Money at stake
age-band-1 = Failed today or yesterday
age-band-7 = 2 to 7 days ago
age-band-30 = 8 to 30 days ago
age-band-older = More than 30 days ago
overview-retrying = Retrying
overview-retrying-count = being retried
overview-stuck = Stuck: not taken for a long time
overview-since = Since you last signed in, { $time }
since-many = Too many to count here: the list
since-what = What happened
since-new = Failed
since-accounted = Accounted after a retry
since-handled = Handled by others
since-reopened = Reopened by others
overview-causes = Causes with the most open money
overview-nothing-open = Nothing is open.
overview-runs = Latest runs
overview-archive = Archive
overview-archived =
    { $number ->
        [one] { $count } usage, { $amount }, from before { $date }
       *[other] { $count } usages, { $amount }, from before { $date }
    }
overview-check = Check
overview-check-clean = nothing found
overview-check-found =
    { $number ->
        [one] something found in { $number } class
       *[other] something found in { $number } classes
    }
overview-never-ran = Not run yet
leakage = Leakage
leakage-about =
    { $number ->
        [one] Of today's usages, what could not be accounted, live and archived together.
       *[other] Of the usages of the last { $number } days, what could not be accounted, live and archived together.
    }
leakage-too-many = Too many usages in a single day to add up here.
leakage-by-money = { $rate } of the money
leakage-by-count = { $rate } of the usages
leakage-failed = { $count } failed
leakage-chart = Leakage by day from { $first } to { $last }, in all { $rate } of the money. The numbers are in the table below.
leakage-key-money = by money
leakage-key-count = by count
leakage-usages = Live usages
leakage-archived = Archived
leakage-failed-usages = Failed
leakage-rate = Share of usages
leakage-amount = Total amount
leakage-failed-amount = Failed amount
leakage-rate-money = Share of money
leakage-models = Leakage by model
leakage-organisations = Leakage by organisation
leakage-name = Name
leakage-none = Nothing failed in these days.
