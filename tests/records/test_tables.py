"""What may be kept is a closed list, and nothing in it can hold what somebody said."""

from sqlalchemy import LargeBinary, String

from chat.core.wire.facilitating import Act
from chat.core.wire.frame import TEXT_MAX, Reason, Role
from chat.records.tables import Text, metadata

COLUMNS = [column for table in metadata.tables.values() for column in table.columns]
FREE_TEXT = {"accounts.login", "groups.name", "members.name", "members.folded", "agreements.text", "plans.phases",
             "plans.texts", "help_lines.confirmed_by", "contact_keys.name_one", "contact_keys.name_two"}  # fmt: skip
"""All that people write and that is kept; none of it is said in a room."""
FIXED_WORDS = {"visits.agent", "starts.purpose", "members.role", "invitations.role", "bars.reason", "mutes.reason",
               "acts.act", "acts.reason", "acts.outcome", "acts.role", "appeals.reader", "appeals.outcome",
               "accounts.password_hash", "reports.reader",
               "reports.outcome", "spare_codes.purpose", "groups.customs", "groups.phrases",
               "crisis_steps.step", "agreements.limits", "contact_openings.reason", "partings.reason"}  # fmt: skip
SEALED = {
    "second_steps.secret",
    "remarks.content",
    "appeals.asking",
    "appeals.answer",
    "reports.reporter",
    "reports.content",
    "reports.answer",
    "contacts.box",
    "contact_openings.asking",
}
"""What somebody chose to hand over, and what they were answered; no word of it can be read in the records."""


def test_every_column_says_what_it_is_kept_for() -> None:
    assert [str(column) for column in COLUMNS if not column.info.get("kept")] == []


def test_every_table_says_until_when() -> None:
    assert [table.name for table in metadata.tables.values() if not table.info.get("kept")] == []


def test_every_text_is_taken_by_both_kinds_of_database() -> None:
    assert [str(column) for column in COLUMNS if isinstance(column.type, String)] == []  # but `tables.Text`


def test_nothing_has_room_for_what_somebody_said() -> None:
    for column in COLUMNS:
        if isinstance(column.type, Text) and str(column) not in FREE_TEXT | FIXED_WORDS:
            assert column.type.length == 32, f"{column} is longer than an id"
        if isinstance(column.type, LargeBinary) and str(column) not in SEALED:
            assert column.type.length == 32, f"{column} is longer than a hash"


def test_what_is_sealed_says_so_and_only_reports_hold_what_somebody_said() -> None:
    for column in SEALED:
        table, name = column.split(".")
        assert metadata.tables[table].c[name].info["kept"].startswith("sealed; ")
    assert {column.split(".")[0] for column in SEALED} - {"second_steps"} == {
        "reports",
        "appeals",
        "remarks",
        "contacts",
        "contact_openings",
    }  # appeals: written for a reader, not said; so is whatever is of emergency contacts


def test_no_table_is_about_messages() -> None:
    assert not {"messages", "said", "drafts", "words"} & {
        name for table in metadata.tables.values() for name in (table.name, *table.c.keys())
    }


def test_acts_hold_fixed_words_and_no_message() -> None:
    acts = metadata.tables["acts"]
    longest = {str(column.name): column.type.length for column in acts.columns if isinstance(column.type, Text)}
    assert max(length for length in longest.values() if length) <= 32 < TEXT_MAX
    assert all(len(act) <= longest["act"] for act in Act)
    assert all(len(reason) <= longest["reason"] for reason in Reason)
    assert all(len(role) <= 12 for role in Role)
