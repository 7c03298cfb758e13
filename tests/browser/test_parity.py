"""The page knows every frame the server can send, and asks only what the server understands."""

import re
from hashlib import sha256
from pathlib import Path
from typing import get_args

from chat.core import wire
from chat.core.customs import Customs
from chat.core.report import MESSAGES_MAX, Why
from chat.core.report import WORDS_MAX as OWN_MAX
from chat.core.wire import NOTE_MAX, REASON_WORDS_MAX, TEXT_MAX, UNTIL_LOOKED, Act, FloorKind, PausedBy, Reason
from chat.live.closing import Closing
from web.render import scripts

STATIC = Path(__file__).parents[2] / "web" / "static"
BEGINS = [Path(address).name for address in scripts() if "/vendor/" not in address]
ROOM = "".join((STATIC / name).read_text() for name in BEGINS)
CONNECTION = (STATIC / "connection.js").read_text()
NAMES = (
    "desk.js", "holding.js", "reports.js", "sheets.js", "turns.js", "notes.js", "after.js", "waiting.js", "ending.js",
    "beside.js", "care.js", "aside.js", "agreeing.js", "contact.js", "worrying.js",
)  # fmt: skip
PARTS = "".join((STATIC / name).read_text() for name in NAMES)
FINAL = 4500


def tags(union: object) -> set[str]:
    return {str(frame.__struct_config__.tag) for frame in get_args(union)}


def between(start: str, end: str) -> str:
    return (ROOM + PARTS).split(start, 1)[1].split(end, 1)[0]


def keys(table: str) -> set[str]:
    """The keys of an object literal in the page's script."""
    return set(re.findall(r'^  "?([\w-]+)"?: ', between(f"const {table} = {{", "\n};"), re.MULTILINE))


def test_every_frame_a_server_sends_has_its_case_in_the_page() -> None:
    cases = re.findall(r'case "([\w-]+)"', between("function hear(frame, again)", "// End of the list."))
    assert sorted(cases) == sorted(tags(wire.Event) | tags(wire.Answer))


def test_every_command_can_be_asked_from_the_page() -> None:
    asked = set(
        re.findall(
            r'type: "([\w-]+)"|name="what" value="([\w-]+)"|type: .* \? "([\w-]+)" : "([\w-]+)"',
            ROOM + CONNECTION + PARTS,
        )
    )
    assert tags(wire.Command) <= {word for found in asked for word in found}


def test_the_page_knows_which_acts_end_somebodys_being_here() -> None:
    assert set(re.findall(r'"([\w-]+)"', between("export const PARTING = [", "]"))) == set(wire.PARTING)


def test_every_way_to_speak_has_a_name_and_a_sentence() -> None:
    found = re.findall(r"^  (\w+): \[", PARTS.split("const KINDS = {", 1)[1].split("\n};", 1)[0], re.MULTILINE)
    assert set(found) == {kind.value for kind in FloorKind}


def test_every_reason_has_a_name_for_facilitators_and_a_sentence_for_the_person() -> None:
    assert keys("REASONS") == {reason.value for reason in Reason}


def test_the_reasons_to_report_and_how_much_fits_are_the_servers() -> None:
    assert keys("WHY") == {why.value for why in Why}
    assert f"const MESSAGES_MAX = {MESSAGES_MAX};" in PARTS
    assert f"const OWN_MAX = {OWN_MAX};" in PARTS
    assert f"const UNTIL_LOOKED = {UNTIL_LOOKED};" in ROOM
    assert f"const DAYS = {Customs().reports_days};" in PARTS


def test_every_pause_is_explained() -> None:
    assert keys("PAUSED") == {by.value for by in PausedBy}


def test_every_act_on_a_person_is_told_to_them() -> None:
    told = set(re.findall(r'case "([\w-]+)"', between("function cardTitle(card)", "\n  }"))) | {"removal"}
    mild = {Act.NUDGE, Act.RETRACTION, Act.FOLD, Act.SLOW}
    assert told == mild | {Act.MUTE, Act.BAR, Act.REMOVAL, Act.DECLINE, Act.TAKE_OUT}


def test_every_ending_that_is_final_is_explained_and_no_other() -> None:
    assert keys("ENDINGS") == {str(int(closing)) for closing in Closing if closing >= FINAL}
    assert f"const FINAL = {FINAL};" in CONNECTION
    assert f"const FULL = {int(Closing.FULL)};" in CONNECTION


def test_the_page_and_the_server_agree_on_lengths() -> None:
    for name, most in {"TEXT_MAX": TEXT_MAX, "NOTE_MAX": NOTE_MAX, "WORDS_MAX": REASON_WORDS_MAX}.items():
        assert f"const {name} = {most};" in ROOM


def test_the_emergency_number_is_shown_to_be_dialled_and_never_as_bare_words() -> None:
    assert [path.name for path in sorted(STATIC.glob("*.js")) if "${place.emergency}" in path.read_text()] == []


def test_the_page_keeps_nothing_and_writes_no_markup() -> None:
    for banned in ("localStorage", "sessionStorage", "indexedDB", "caches.", "document.cookie", "serviceWorker"):
        assert banned not in ROOM + CONNECTION + PARTS
    for banned in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "style="):
        assert banned not in ROOM + CONNECTION + PARTS


def test_the_one_borrowed_file_is_the_one_described() -> None:
    [bundle] = (STATIC / "vendor").glob("ui.*.js")
    digest = sha256(bundle.read_bytes()).hexdigest()
    assert bundle.name == f"ui.{digest[:8]}.js"
    assert digest in (STATIC / "vendor" / "VENDOR.md").read_text()
    imported = re.findall(r'"([^"]*vendor/[^"]*)"', "".join(path.read_text() for path in STATIC.glob("*.js")))
    assert set(imported) == {f"/static/vendor/{bundle.name}"}  # by another address it would run twice
