# Words of the frame around every page, and of all forms.

app-name = llmage-admin
page-title = { $page } · llmage-admin

frame-skip = Skip to content
frame-navigation = Main
frame-administration = Administration
frame-role = Role: { $role }
frame-zone = Times in { $zone }
frame-printed = Printed by { $name } at { $time }
frame-currency = Amounts in { $currency }
frame-version = llmage-admin { $version }

language = Language
language-en = English
language-zh-cn = 中文
language-short-en = EN
language-short-zh-cn = 中文

nothing = none
copy = Copy
copy-what = Copy { $what }
copied = Copied
cancel = Cancel
save = Save
choose = Choose…
yes = yes
no = no

## How long something took or has been waiting: "oldest 3 days", "3 days ago"

just-now = just now
age-now = less than a minute
age-minutes =
    { $number ->
        [one] { $number } minute
       *[other] { $number } minutes
    }
age-hours =
    { $number ->
        [one] { $number } hour
       *[other] { $number } hours
    }
age-days =
    { $number ->
        [one] { $number } day
       *[other] { $number } days
    }

## Forms

field-required = required
summary-item = { $field }: { $message }

error-required = Required: may not be blank
error-characters = The database table keeps no text with such characters; leave out emoji and rare letters
error-control-characters = Without control characters, such as tabs or line breaks inside an id
error-too-long =
    { $limit ->
        [one] At most { $limit } character
       *[other] At most { $limit } characters
    }
error-date = A date between 1971 and 2037, such as 2026-05-22
error-time-gap = The clock was put forward past this hour: there was no such time
error-time = A time between 1971 and 2037, such as 2026-05-22 14:03:00
error-time-zone = Times are of the business zone, without Z or an offset, such as 2026-05-22 14:03:00
error-money = A plain number, such as 0.00036 or 1200
error-money-decimals = At most 5 decimals, such as 0.00036
error-money-negative = Zero or more, without a minus sign
error-money-large = At most 90000000000
error-money-not-kept = The database's column would keep { $kept } of it: use fewer decimals
error-money-inexact = So large an amount cannot be kept with all its decimals: use fewer of them
error-body = The form did not arrive whole. Nothing was changed.
error-not-utf8 = The form or address is not valid UTF-8 text. Nothing was changed.
refreshes = This page refreshes by itself.
refresh-stop = Stop refreshing
refresh-off = This page does not refresh by itself.
refresh-on = Refresh automatically
refresh-now = Refresh it now
merge-text = Nothing of yours was saved yet: this was changed after you had opened it. Fields that only one of you changed are kept as changed. Where both of you changed the same field, choose, then save.
ticked = ticked
not-ticked = not ticked
