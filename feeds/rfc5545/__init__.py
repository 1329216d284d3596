"""How calendars are written (RFC 5545), for the modules that read, expand and write them.

    lines       bytes → unfolded content lines → name, parameters, value; and back
    values      DATE, DATE-TIME, DURATION, TEXT and lists of them
    rules       RRULE: the dates of a rule within a window, bounded
    zones       TZID as programs write it → IANA name
    vtimezone   VTIMEZONE components: read and written
    schedule    when the VEVENTs of one UID take place: read from and written as text
    places      LOCATION → venue and address
    prose       DESCRIPTION → HTML; HTML → DESCRIPTION
"""
