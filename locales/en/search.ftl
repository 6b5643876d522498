# The search of all pages.

search = Search
search-hint = Id, name or words
search-about = An id of any kind, or at least { $number } characters of one; the name of an organisation, a model or a user; or words of a reason.
search-none = Nothing has “{ $text }”
search-none-text = No id holds it, no name and no reason. Archived usages were looked through, too.
search-none-short = No id is exactly this, no name holds it and no reason. Of an id, type at least { $number } characters.
search-more = There may be more: { $number } of a kind are shown, and each table was looked through for a moment only. Type more of the id.
search-words = Failed records whose reason or ids say so
search-words-found =
    { $number ->
        [one] { $count } record, { $amount }, in any state
       *[other] { $count } records, { $amount }, in any state
    }
search-words-look = Look through them in the list
search-names = Names, with what is open
search-more-names =
    { $number ->
        [one] One more name holds this. Type more of it.
       *[other] { $count } more names hold this. Type more of them.
    }
search-name = Name
search-kind = Kind
search-when = When
search-live = live
search-archived = archived
may-search-viewer = Search for ids, names and words
