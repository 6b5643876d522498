# Alerts: rules, their history, and what webhooks and e-mails say.

alerts = Alerts
alerts-none = No rule yet
alerts-none-text = A rule watches open money, new causes, leakage, the archive or retries, and tells you once when it fires and once when it is over.
alert-rules = Rules
alert-new = New rule
alert-looked = The rules are checked every half minute. A value counts as too high above its threshold, not at it.

alert-kind-choose = What to watch…
alert-kind-open-amount = Open amount: the money of all open failures
alert-kind-new-cause = New causes: failures of a kind never seen before
alert-kind-leakage-money = Leakage by money: failed of all money used in the last hour
alert-kind-leakage-count = Leakage by count: failed of all usages in the last hour
alert-kind-archive-failed = Archive: a run that failed
alert-kind-stuck-retries = Stuck retries: asked for and not taken by the platform
alert-kind-likely-fixed = Likely fixed: the amount of open failures that would pass now

alert-rule-open-amount = Open amount above { $threshold }
alert-rule-new-cause = New cause of failures
alert-rule-leakage-money = More than { $threshold }% of the last hour’s money failed
alert-rule-leakage-count = More than { $threshold }% of the last hour’s usages failed
alert-rule-archive-failed = Archive run failed
alert-rule-stuck-retries = Stuck retries above { $threshold }
alert-rule-likely-fixed = Likely fixed amount above { $threshold }

alert-column-rule = Rule
alert-column-state = State
alert-column-value = Now
alert-column-told = Sent to
alert-column-when = When
alert-column-what = What
alert-column-said = Message
alert-column-deliveries = Deliveries
alert-state-firing = firing
alert-state-quiet = quiet
alert-state-off = off
alert-state-new = not checked yet
alert-since = since { $time }
alert-read = Read at { $time }
alert-nowhere = nowhere
alert-to-webhook = Webhook { $place }
alert-to-mail = E-mail to { $place }
alert-to-unset = (not set)
alert-test = Send a test
alert-test-rule = Send a test: { $rule }
alert-test-told = The test was delivered
alert-test-not-told = The test was not delivered everywhere
alert-enable = Switch on
alert-disable = Switch off
alert-delete = Delete this rule…
alert-delete-title = Delete this rule
alert-delete-lost = The rule: nobody is alerted any more
alert-delete-kept = Its history; what waits to be delivered is still delivered
alert-delete-do = Delete the rule

alert-field-kind = Watch
alert-field-threshold = Threshold
alert-field-told = Send to
alert-field-to-webhook = Webhook
alert-field-webhook-url = Address of the webhook
alert-field-to-mail = E-mail
alert-field-mail-to = E-mail addresses
alert-field-version = Rule
alert-threshold-help = Open amount: an amount such as 1000. Leakage: percent, such as 2.5. Stuck retries: a number, such as 0. Blank for new causes and the archive.
alert-webhook-help = Such as https://hooks.example.com/llmage.
alert-webhook-help-set = Blank: { $place }, as set for all rules.
alert-mail-help = Commas between several.
alert-mail-help-set = Blank: { $place }, as set for all rules.
alert-not-saved =
    { $number ->
        [one] Not saved: one field needs a correction
       *[other] Not saved: { $number } fields need a correction
    }

alert-destinations = Where alerts can go
alert-channel-webhook = Webhook
alert-channel-mail = E-mail
alert-webhook-off = Off: set LLMAGE_WEBHOOK_SECRET, and LLMAGE_WEBHOOK_URL or an address for each rule.
alert-webhook-own = Each rule names its own address.
alert-webhook-public = Signed; public addresses only.
alert-webhook-private = Signed; private addresses are allowed.
alert-mail-off = Off: set LLMAGE_SMTP_URL, LLMAGE_MAIL_FROM and LLMAGE_MAIL_TO.
alert-mail-to = to { $to }
alert-links = Links
alert-links-off = Alerts carry no links: set LLMAGE_PUBLIC_URL.

alert-history = History
alert-history-none = Nothing has fired yet.
alert-older = Older
alert-newest = Newest
alert-what-fired = fired
alert-what-recovered = recovered
alert-what-test = test
alert-delivery-waiting = waiting
alert-delivery-delivered = delivered
alert-delivery-given-up = given up
alert-attempts =
    { $most ->
        [one] { $number } of { $most } try
       *[other] { $number } of { $most } tries
    }
alert-next = next try { $time }

alert-reply-status = answered { $code }
alert-reply-status-text = answered { $code }: { $text }
alert-reply-taken = the mail server took it
alert-reply-private = not called: the name leads to the private address { $address }. LLMAGE_WEBHOOK_PRIVATE=true allows that.
alert-reply-unset = not sent: { $setting } is not set
alert-reply-silent =
    { $seconds ->
        [one] no answer within { $seconds } second
       *[other] no answer within { $seconds } seconds
    }
alert-reply-error = { $text }

alert-say-test = A test of an alert
alert-say-test-about = Nothing happened. Somebody sends a test of this rule:
alert-say-open-amount = Open amount { $reading } is above { $threshold }
alert-say-open-amount-over = Open amount is { $reading }, no longer above { $threshold }
alert-say-leakage-money = { $reading }% of the last hour’s money failed, above { $threshold }%
alert-say-leakage-money-over = { $reading }% of the last hour’s money failed, no longer above { $threshold }%
alert-say-leakage-count = { $reading }% of the last hour’s usages failed, above { $threshold }%
alert-say-leakage-count-over = { $reading }% of the last hour’s usages failed, no longer above { $threshold }%
alert-say-new-cause = New cause of failures: { $title }
alert-say-new-cause-without-reason = New cause of failures: no reason given
alert-say-new-causes = { $number } new causes of failures
alert-say-archive-failed = The archive run of usages before { $cutoff } failed
alert-say-archive-failed-over = The archive runs again: usages before { $cutoff } are moved
alert-say-stuck-retries =
    { $number ->
        [one] { $number } retry is stuck, above { $threshold }
       *[other] { $number } retries are stuck, above { $threshold }
    }
alert-say-stuck-retries-over =
    { $number ->
        [0] No retry is stuck any more
        [one] { $number } retry is stuck, no longer above { $threshold }
       *[other] { $number } retries are stuck, no longer above { $threshold }
    }
alert-say-likely-fixed = Likely fixed: { $reading } would pass now, above { $threshold }
alert-say-likely-fixed-over = Likely fixed: { $reading } would pass now, no longer above { $threshold }
alert-line-fixed =
    { $number ->
        [one] { $number } open failure would pass. Nothing is retried without a person.
       *[other] { $number } open failures would pass. Nothing is retried without a person.
    }
alert-line-open =
    { $number ->
        [one] { $number } open failure
       *[other] { $number } open failures
    }
alert-line-failed = { $number } of { $of } usages failed
alert-line-cause = { $title }
alert-line-no-reason = no reason given
alert-line-more = and { $number } more
alert-line-archive = { $text }

error-alert-kind = Choose what to watch
error-alert-amount = An amount with at most 5 decimals, such as 1000
error-alert-percent = A percentage from 0 to 100 with at most 2 decimals, such as 2.5
error-alert-count = A whole number from 0 to { $limit }
error-alert-no-threshold = New causes and the archive have no threshold: leave it blank
error-alert-no-secret = No webhook is called without a secret that signs: set LLMAGE_WEBHOOK_SECRET and start again
error-alert-no-url = An address, because LLMAGE_WEBHOOK_URL is not set
error-alert-no-mail = There is no mail server: set LLMAGE_SMTP_URL and LLMAGE_MAIL_FROM and start again
error-alert-no-address = An address, because LLMAGE_MAIL_TO is not set
error-webhook-url = An address of at most 2,000 characters that begins with https:// or http://, without #
error-webhook-password = An address without user and password: what is sent is signed
error-webhook-private = An address on the public internet; LLMAGE_WEBHOOK_PRIVATE=true allows private ones
error-mail-to =
    { $limit ->
        [one] At least one and at most { $limit } address
       *[other] At least one and at most { $limit } addresses
    }
error-mail-address = “{ $address }” is no e-mail address. Commas between several.

alert-conflict-many =
    { $limit ->
        [one] At most { $limit } rule: delete it first
       *[other] At most { $limit } rules: delete one first
    }
alert-conflict-changed = This rule changed after you had opened it. Compare and save again. Nothing was changed.
alert-not-deleted = Nothing was deleted: this rule changed after you had opened the page. Look at it as it is now, then delete it.
alert-conflict-nowhere = This rule is sent nowhere: edit it and tick webhook or e-mail. No test was sent.
alert-conflict-tested =
    { $seconds ->
        [one] This rule was tested a moment ago. Wait { $seconds } second, then try again. No test was sent.
       *[other] This rule was tested a moment ago. Wait { $seconds } seconds, then try again. No test was sent.
    }
flash-alert-made = Rule created and switched on. It is checked within half a minute.
flash-alert-changed = Rule changed.
flash-alert-on = Rule switched on. What happened while it was off is not reported.
flash-alert-off = Rule switched off.
flash-alert-deleted = Rule deleted. Its history stays.

overview-firing =
    { $number ->
        [one] One alert is firing
       *[other] { $number } alerts are firing
    }

job-alerts = Checking the alert rules
job-alert-deliveries = Delivering alerts
job-audit-head = Reporting the end of the audit trail
job-audit-watch = Checking that the audit trail is intact
may-alerts-admin = Create alert rules and see what they sent
audit-kind-alert-rule = alert rule
audit-kind-trail = audit trail
audit-action-create-alert = created an alert rule
audit-action-change-alert = changed an alert rule
audit-action-enable-alert = switched an alert rule on
audit-action-disable-alert = switched an alert rule off
audit-action-delete-alert = deleted an alert rule
audit-action-test-alert = tested an alert rule
audit-action-seal-trail = bound the audit trail to its chain
field-kind = kind
field-threshold = threshold
field-to-webhook = webhook
field-webhook-url = webhook’s address
field-to-mail = e-mail
field-mail-to = e-mail to
field-is-on = on
