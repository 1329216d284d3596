"""Everything that can go wrong in the network, beyond what the library names in feeds/errors.py.

    VecinosError               code, sentence: what is wrong and what to do (English; translated where it is shown)
    ├── SettingError           bad_setting
    ├── DataFolderError        data_folder
    ├── PortInUse              port_in_use
    ├── DatabaseError
    │   ├── DatabaseUnreachable    database_unreachable
    │   ├── SchemaTooOld           schema_too_old
    │   └── SchemaUnknown          schema_unknown
    ├── MemberError
    │   ├── UnknownMember          unknown_member
    │   ├── MemberExists           member_exists
    │   ├── NoFeedFound            no_feed_found
    │   └── UnknownSource          unknown_source
    ├── BadList                bad_list
    ├── UnknownPlace           unknown_place
    ├── NotAllowed             not_allowed
    ├── BadForm                bad_form
    ├── TooManyLookups         too_many_lookups
    └── BadLink                bad_link

Adding one: a class here, its line in the tree, its translation in network/locale.
"""

from __future__ import annotations

from typing import ClassVar


class VecinosError(Exception):
    """The root. The placeholders of `sentence` are filled from the keyword arguments."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "Something went wrong."

    def __init__(self, **facts: str) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence.format(**self.facts)


class SettingError(VecinosError):
    code = "bad_setting"
    sentence = "The setting {name} is not valid: {why}"


class DataFolderError(VecinosError):
    code = "data_folder"
    sentence = "The data folder {folder} can't be written. Make it writable, or name another one in VECINOS_DATA_DIR."


class PortInUse(VecinosError):
    code = "port_in_use"
    sentence = "Port {port} on {host} is already in use. Stop the other program, or choose another port with --port."


class DatabaseError(VecinosError):
    """The database can't be used as it is."""


class DatabaseUnreachable(DatabaseError):
    code = "database_unreachable"
    sentence = (
        "The database can't be opened ({why}). Check VECINOS_DATABASE_URL, and that the database server is running."
    )


class SchemaTooOld(DatabaseError):
    code = "schema_too_old"
    sentence = "The database was made by an older version (schema {found}). Make a backup, then run: vecinos migrate"


class SchemaUnknown(DatabaseError):
    code = "schema_unknown"
    sentence = (
        "The database was made by a newer version of Vecinos (schema {found}, this version knows {known}). "
        "Install that version again, or restore a backup made by this one."
    )


class MemberError(VecinosError):
    """Something about one member."""


class UnknownMember(MemberError):
    code = "unknown_member"
    sentence = "There is no member named “{name}”. The list of members shows how each is written."


class MemberExists(MemberError):
    code = "member_exists"
    sentence = "{name} is already a member with this address. Nothing was changed."


class NoFeedFound(MemberError):
    code = "no_feed_found"
    sentence = "No feed or calendar was found at {url}. Look on the site for a link named RSS, Feed or iCal, and give that address."


class UnknownSource(MemberError):
    code = "unknown_source"
    sentence = "There is no feed or calendar with the number {number}. It may have been removed meanwhile."


class BadList(VecinosError):
    code = "bad_list"
    sentence = "{file} can't be read as a list of members: {why}"


class UnknownPlace(VecinosError):
    code = "unknown_place"
    sentence = (
        "No town or ZIP code “{place}” was found. Write a US ZIP code, or a town and its state, such as Worcester, MA."
    )


class NotAllowed(VecinosError):
    code = "not_allowed"
    sentence = "You need to sign in as an organizer to do this. Ask an organizer for a sign-in link."


class BadForm(VecinosError):
    code = "bad_form"
    sentence = (
        "This form was not sent from this site, or it is too old. Go back, load the page again and send it once more."
    )


class TooManyLookups(VecinosError):
    code = "too_many_lookups"
    sentence = "Many addresses are being looked at just now. Wait a minute and try again."


class BadLink(VecinosError):
    code = "bad_link"
    sentence = "This sign-in link was already used or is too old. Ask for a new one."
