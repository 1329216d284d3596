"""A feed's way from its URL to publication. A library: no database, no web framework, no settings, no clock of its own.

    discover   a web page → the feeds and calendars it offers
    fetch      URL → a new body, or "unchanged", or why not (as a value)
    paging     which page of a calendar comes next
    parse      bytes → entries and events, in the format's own words
    clean      HTML from strangers → HTML we may show
    recurrence repeating events → the days they fall on
    merge      incoming + known → new, changed, the same, gone
    renames    new + gone → what is only known under another identity
    publish    entries and events → bytes

Start at `pipeline`, which alone knows the order. What travels between the stages is in `model`, all frozen; what can go
wrong is in `errors`, one drawn tree. Moments are integers, UTC seconds; what depends on the time is given `now`.
"""
