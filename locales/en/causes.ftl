# Causes: what failures have in common.

causes = Causes
cause = Cause
cause-no-reason = No reason given
cause-unsorted = Not sorted yet
causes-open =
    { $number ->
        [one] { $number } cause with open failures
       *[other] { $number } causes with open failures
    }
causes-none = No failure has ever been recorded.
causes-too-many = Too many to add up here; each cause is counted as far as that is possible.
causes-rank = Ranked by
causes-by-amount = Most money
causes-by-count = Most failures
causes-by-newest = Newest
causes-by-oldest = Oldest
causes-page = Page { $page } of { $pages }
causes-top = The causes with the most money here
causes-all = All causes

cause-state-new = new
cause-state-known = known
cause-state-closed = closed
cause-state-back = came back

cause-open = open
cause-all = in total
cause-oldest = Oldest open
cause-first = First seen
cause-last = Last seen
cause-hits = Affects
cause-hits-models =
    { $number ->
        [one] { $number } model
       *[other] { $number } models
    }
cause-hits-organisations =
    { $number ->
        [one] { $number } organisation
       *[other] { $number } organisations
    }
cause-money = Money
cause-wording = Wording
cause-wording-help = What varies from failure to failure is shown as …
cause-newest = Newest open failures
cause-all-open =
    { $number ->
        [one] The open failure of this cause
       *[other] All { $count } open failures of this cause
    }
cause-models = Models, open
cause-organisations = Organisations, open
cause-siblings = All open failures of this cause

cause-acts = Act on all of them
cause-acts-open =
    { $number ->
        [one] The { $count } open failure
       *[other] All { $count } open failures
    }
cause-acts-handled = The handled ones
cause-act-handle = Handle…
cause-act-retry = Retry…
cause-act-delete = Delete…
cause-act-reopen = Reopen…
cause-acts-help = A preview comes first: what will be done, for how much money, and what will be skipped.

cause-note = Runbook note
cause-note-help = Plain text; addresses that begin with https:// become links.
cause-no-note = No note yet. What should the next person do when this happens?
cause-owner = Owner
cause-owner-help = Who looks after this cause.
cause-owner-is = owner { $owner }
cause-standing = State
cause-standing-help = Closed means solved: if it fails again, the cause is shown as come back.
cause-edit = Edit note, owner and state
cause-not-saved =
    { $number ->
        [one] Not saved: one thing needs attention
       *[other] Not saved: { $number } things need attention
    }
standing-new = New
standing-known = Known
standing-closed = Closed
error-standing = One of the states
conflict-cause = Somebody changed this cause since you read it: it is at revision { $revision } now. Read it again, then save. Nothing was changed.
flash-cause-saved = Cause saved.
field-owner = Owner
field-cause-note = Runbook note
field-standing = State
audit-kind-cause = cause
may-causes-operator = Keep the notes of causes

spark =
    { $number ->
        [one] { $count } failure from { $first } to { $last }, by day
       *[other] { $count } failures from { $first } to { $last }, by day
    }
spark-too-many = More than 20,000 failures in the last 30 days: not drawn.
chart-numbers = Numbers behind the chart
column-day = Day
column-failures = Failures

family-no-usage = no usage
family-no-price = no price
family-price-engine = price engine
family-model = model
family-remote-centre = remote centre
family-balance = balance
family-database = database
family-code = code
family-other = other
