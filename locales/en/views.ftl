# Saved views of the list, and the keys.

views = Saved views
views-all = All views
views-none = No saved view yet
views-none-text = Filter the list of failed records, then save the filter under a name.
view = Saved view
view-new = Save this view
view-save = Save this view…
view-field-name = Name
filter-name = Name
view-column-filter = Shows
view-column-seen-by = Seen by
view-column-default = Opened by the navigation
view-share = Everybody may see it
view-open-first = Open it first: the navigation leads here
filter-replace = View
view-replace-title = Or put this filter into one of your views
view-replace-which = View
view-replace-help = Its name, and who sees it, stay.
view-replace = Replace its filter
view-shows = It shows:
view-shared = everybody
view-shared-by = shared by { $name }
view-private = only me
view-is-default = Opens first
view-make-default = Open first
view-delete = Delete this view
view-not-saved =
    { $number ->
        [one] Not saved: one field needs a correction
       *[other] Not saved: { $number } fields need a correction
    }
view-unknown = The view “{ $name }” names filters that no longer exist: { $keys }. The list below is without them.
view-keys-gone = No longer a filter: { $keys }
view-foreign = This view belongs to { $name }. Save one of your own instead. Nothing was changed.
view-changed = This view changed after you had opened it. Compare and save again. Nothing was changed.
view-not-deleted = Nothing was deleted: this view changed after you had opened the page. Look at it as it is now, then delete it.
view-present = “{ $name }” shows this now:
error-view-taken = You have a view of this name already
error-view-most =
    { $limit ->
        [one] At most { $limit } view: delete it first
       *[other] At most { $limit } views: delete one first
    }
flash-view-saved = Saved the view “{ $name }”.
flash-view-replaced = The view “{ $name }” shows this filter now.
flash-view-changed = Saved the view.
flash-view-deleted = Deleted the view “{ $name }”. No record was changed.
flash-view-gone = That view is gone, or not shared any more. Here is the list without it.
audit-kind-view = saved view
audit-action-create-view = saved a view
audit-action-change-view = changed a view
audit-action-delete-view = deleted a view

keys = Keyboard shortcuts
keys-help = Single keys, while nothing is being typed. Everything works without them.
keys-rows = next and previous row
keys-arrows = the same, once on a row
keys-open = open the row
keys-tick = tick the row; with Shift, all from the last one to it
keys-all = tick all on this page
keys-retry = retry what is ticked; on a record, go to the button, which Enter presses
keys-handle = handle what is ticked; on a record, go to its form, with the resolution that you used last
keys-undo = undo: go to the form that reopens this record, or to the button that undoes this batch
keys-edit = edit this record
keys-steps = next and previous record of the filter
keys-send = send the form in which you type, and go on to the next record where that is offered
keys-go = go to overview, failed accounting, decisions, batches, usages, history, archive, check
keys-search = search
keys-this = this help
keys-on = Single keys are on
keys-close = Close
