"""How calendars are written (RFC 5545), for the modules that read, expand and write them.

lines       bytes → unfolded content lines → name, parameters, value; and back
values      DATE, DATE-TIME, DURATION, TEXT and lists of them
rules       RRULE: read and written
rule_dates  the dates of a rule within a window, bounded
components  which lines belong to which VEVENT; the zone of a TZID
zones       TZID as programs write it → IANA name
observances what a VTIMEZONE says, where the name says nothing
vtimezone   VTIMEZONE components of our own
schedule    when the VEVENTs of one UID take place: read from and written as text
places      LOCATION → venue and address
home        series in UTC → the same in the zone where they take place
prose       DESCRIPTION → HTML; HTML → DESCRIPTION
"""
