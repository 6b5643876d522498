# Groups of lists, and the stretches of days that lists offer.

group-by = Group by
group-then = then by
group-none = none
group-day = day
group-week = week
group-month = month
group-model = model
group-organisation = organisation
group-user = user
group-cause = cause
group-family = family
group-resolution = resolution
group-handled-by = handled by
group-no-day = no day of use
group-count = Count
group-margin = Margin
group-share = Share
group-total = Total
groups =
    { $number ->
        [one] One group
       *[other] { $number } groups
    }
groups-some = The first { $shown } of { $count } groups; the total is of all, and the CSV has all.
printed-rows = { $shown } of { $count } rows are on this page; the CSV has all.
groups-later = Too many rows to be grouped on the way: choose fewer days, or wait for all of them.
groups-now = Group them all
groups-csv =
    { $number ->
        [one] CSV: one group
       *[other] CSV: { $number } groups
    }
error-group = One of these, or two with a comma between: { $names }
error-groups-many = More than { $many } groups: narrow the filter, or group by something that more rows share
error-group-sort = group, count, amount, cost or margin, with a - in front for descending
error-use-date = Only none can be chosen here: no day of use
error-family = A family of causes, or none
chip-handled-by = Handled by: { $author }
chip-dateless = No day of use
chip-family = Family: { $value }
filter-group = Group by
filter-group-sort = Order of the groups
filter-use-date = Day of use
filter-family = Family
filter-handled-by = Handled by
preset-days-7 = 7 d
preset-days-30 = 30 d
preset-days-90 = 90 d
preset-this-month = This month
preset-last-month = Last month
preset-this-quarter = This quarter
preset-last-quarter = Last quarter
preset-this-year = This year
group-decided = month of decision
chip-handled-from = Decided from: { $value }
chip-handled-to = Decided to: { $value }
chip-undecided = No day of decision
filter-handled-from = Decided from
filter-handled-to = Decided to
filter-handled-on = Day of decision
error-handled-on = Only none can be chosen here: no day of decision
decisions = Decisions
decisions-about = What was decided about failures, by month, resolution and person. What was superseded is no decision.
decisions-days = Decided
decisions-none = Nothing was decided in these days
decisions-none-text = Choose other days.
may-decisions-viewer = See the decisions
