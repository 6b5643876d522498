# Bringing CSV files in: the page, and what is wrong with a file.

import = Import
import-title-usage = Import usages
import-title-failed-accounting = Import failed records
import-about-usage = Every row becomes a usage, or none does. A row whose id is already in use, live or in the history, is refused.
import-about-failed-accounting = Every row becomes a failed record, or none does. A row whose id is already in use is refused; usages are not changed.
import-field-file = CSV file
import-file-help = Separated by commas, in UTF-8, the names of the columns in the first line; at most { $limit } MiB. The command “llmage-admin import” takes larger files.
import-field-text = Or its text
import-text-help = Pasted instead of a file, in the same form.
import-columns = Columns
import-columns-help = In any order; only the id is required. An empty cell means not known. The CSV of the list can be imported as it is.
import-columns-ignored = Ignored, because the app works them out itself:
import-do = Import
import-both = There is both a file and a text: keep one of them
import-nothing = Choose a file, or paste its text
import-not-done = Nothing was imported
import-refused =
    { $number ->
        [one] Nothing was imported: a line is wrong
       *[other] Nothing was imported: { $number } lines are wrong
    }
import-kept = The text of { $name } is below. Correct it there, or choose a corrected file, then import again.
import-lost = Correct { $name } and choose it again.
import-mend = Correct the text below, then import again.
import-perhaps-more = Reading ended here; there may be more.
import-column-line = Line
import-column-column = Column
import-column-reason = What is wrong
import-file = cannot read the file: { $reason }
import-line = line { $line }: { $reason }
import-cell = line { $line }, column { $column }: { $reason }
flash-imported-usages =
    { $number ->
        [one] Imported { $count } usage: amount { $amount }, cost { $cost }.
       *[other] Imported { $count } usages: amount { $amount }, cost { $cost }.
    }
flash-imported-failures =
    { $number ->
        [one] Imported { $count } failed record: amount { $amount }, cost { $cost }.
       *[other] Imported { $count } failed records: amount { $amount }, cost { $cost }.
    }

## What is wrong with a file

csv-empty = the file is empty; its first line must name the columns
csv-utf-16 = the file is UTF-16; save it as “CSV UTF-8 (comma delimited)”
csv-semicolons = the cells are separated by semicolons; they must be separated by commas
csv-tabs = the cells are separated by tabs; they must be separated by commas
csv-unknown-column = unknown column { $found }
csv-column-twice = column { $name } twice
csv-column-missing = column { $name } is missing
csv-width =
    { $number ->
        [one] { $number } cell, but the header has { $width }
       *[other] { $number } cells, but the header has { $width }
    }
csv-nul = a NUL character, which no text may hold
csv-long =
    { $limit ->
        [one] at most { $limit } character (found { $found })
       *[other] at most { $limit } characters (found { $found })
    }
csv-blank = must not be empty
csv-money = not a plain number such as 0.00036 (found { $found })
csv-money-decimals = at most 5 decimals, such as 0.00036 (found { $found })
csv-money-large = at most 90000000000000.00000 (found { $found })
csv-money-inexact = so large that its last decimals would be lost (found { $found })
csv-date = not a date from 1971 to 2037 such as 2026-05-31 (found { $found })
csv-time = not a time from 1971 to 2037 such as 2026-05-31 23:59:59.999 (found { $found })
csv-time-zone = times are of the business zone, without Z or an offset, such as 2026-05-31 23:59:59.999 (found { $found })
csv-integer = not a whole number from -2147483648 to 2147483647 (found { $found })
csv-seconds = not a number of seconds such as 1.250 (found { $found })
csv-word = not one of { $known } (found { $found })
csv-long-quote = a quote opens a cell of more than 64 MB
csv-open-quote = a quote is opened here and never closed
csv-after-quote = something follows a closing quote
csv-bare-quote = a quote inside a cell that is not quoted
csv-carriage-return = a carriage return inside a cell that is not quoted
csv-not-utf8 = not UTF-8
csv-in-line-too = { $found } is in line { $line } too
csv-in-database = { $found } is in the database already
csv-in-history = { $found } is in the history already
csv-charged-accounted = the usage { $found } is accounted: what the customer paid already was not charged by hand, too
csv-charged-awaited = the usage { $found } waits to be accounted by the platform: its money is not moved by hand, too
csv-decided = the money of the usage { $found } was moved by hand on another failure, { $other }
csv-no-proof = the usage { $found } is not accounted: nothing proves this
csv-no-follower = no other failure of the usage { $found } took its place
csv-usage-decided = a failure of the usage { $found } is closed with money moved by hand: the platform must not charge it, too
csv-database-refuses = the database refuses it: { $reason }
csv-changes = the file changes while it is read
csv-same-but-case = the database takes it for another row, perhaps but for upper and lower case
