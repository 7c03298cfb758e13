"""An installation needs no setting, and hears about every wrong one at once, without its value being shown."""

from pathlib import Path

import pytest
from phonenumbers import SUPPORTED_REGIONS

from chat.core.wire import GestureKind
from config import place
from config.settings import Misconfigured, Settings
from web.helplines import read


def problems(**environ: str) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as told:
        Settings.read(environ)
    return told.value.problems


def test_with_nothing_set_it_serves_this_machine_alone() -> None:
    settings = Settings.read({})
    assert (settings.address, settings.local, settings.https) == ("http://127.0.0.1:8000", True, False)
    assert settings.data == Path("hearth-data").absolute()
    assert settings.database_url == f"sqlite+aiosqlite:///{settings.data}/hearth.sqlite"
    assert settings.redis_url is None
    assert settings.forwarded_allow_ips == ""


def test_a_hosting_service_that_gives_a_port_is_served_on_every_address() -> None:
    settings = Settings.read({"PORT": "5000"})
    assert (settings.host, settings.address, settings.local) == ("0.0.0.0", "http://localhost:5000", False)  # noqa: S104
    assert Settings.read({"PORT": "5000", "HOST": "::1"}).address == "http://[::1]:5000"


@pytest.mark.parametrize(
    ("url", "origin", "https"),
    [
        ("https://Circle.example/", "https://circle.example", True),
        ("https://circle.example:443", "https://circle.example", True),
        ("https://circle.example:8443", "https://circle.example:8443", True),
        ("http://[::1]:80", "http://[::1]", False),
    ],
)
def test_the_origin_is_written_as_browsers_write_it(url: str, origin: str, https: bool) -> None:
    settings = Settings.read({"HEARTH_URL": url})
    assert (settings.origin, settings.https) == (origin, https)


def test_without_a_public_address_any_host_that_was_asked_for_is_right() -> None:
    assert Settings.read({}).origin is None


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("postgres://u:p@host/db?sslmode=require", "postgresql+asyncpg://u:p@host/db?ssl=require"),
        ("postgresql://u:p@host/db", "postgresql+asyncpg://u:p@host/db"),
        ("sqlite:////srv/records.sqlite", "sqlite+aiosqlite:////srv/records.sqlite"),
    ],
)
def test_a_database_is_named_as_hosting_services_name_it(
    given: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    assert Settings.read({"DATABASE_URL": given}).database_url == meant


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (problem,) = problems(DATABASE_URL="postgres://host/db")
    assert "pip install 'hearth[postgres]'" in problem


def test_an_empty_variable_counts_as_not_given() -> None:
    assert Settings.read({"HEARTH_NAME": " ", "REDIS_URL": ""}).name == "Room"


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s" * 40 + "\n")
    assert Settings.read({"HEARTH_SECRET_FILE": str(tmp_path / "secret")}).secret == b"s" * 40


def test_a_secret_given_twice_or_not_readable_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert len(problems(HEARTH_SECRET="x" * 32, HEARTH_SECRET_FILE=str(tmp_path / "empty"))) == 1
    assert "cannot be read" in problems(REDIS_URL_FILE=str(tmp_path / "none"))[0]
    assert "empty" in problems(DATABASE_URL_FILE=str(tmp_path / "empty"))[0]


@pytest.mark.parametrize(
    "environ",
    [
        {"PORT": "quiet"},
        {"PORT": "65536"},
        {"HEARTH_URL": "circle.quiet"},
        {"HEARTH_URL": "https://quiet.example/rooms"},
        {"HEARTH_URL": "https://quiet@circle.example"},
        {"HEARTH_URL": "https://[quiet"},
        {"HEARTH_EXIT_URL": "javascript:quiet"},
        {"DATABASE_URL": "mysql://quiet"},
        {"REDIS_URL": "http://quiet"},
        {"REDIS_URL": "redis+cluster://quiet:1/2"},
        {"HEARTH_SECRET": "quiet"},
        {"HEARTH_COUNTRY": "quiet"},
        {"HEARTH_PACE_BURST": "0"},
        {"HEARTH_PACE_SECONDS": "nan"},
        {"HEARTH_GRACE_SECONDS": "21"},
        {"HEARTH_ACTS_DAYS": "quiet"},
        {"HEARTH_CONTACT_MONTHS": "37"},
        {"HEARTH_REHEARSAL": "quiet"},
        {"HEARTH_LOG_LEVEL": "quiet"},
        {"HEARTH_QUIET": "1"},
    ],
    ids=str,
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(environ: dict[str, str]) -> None:
    (problem,) = problems(**environ)
    assert next(iter(environ)) in problem
    assert "quiet" not in problem


def test_two_letters_that_are_no_countrys_are_refused_and_every_countrys_are_taken() -> None:
    wrong = "HEARTH_COUNTRY must be a country's two letters (ISO 3166-1), such as GB or IE."
    assert problems(HEARTH_COUNTRY="UK") == (f"{wrong} Did you mean GB?",)
    assert problems(HEARTH_COUNTRY="EN") == (wrong,)
    assert Settings.read({"HEARTH_COUNTRY": "gb"}).country == "GB"
    listed = {one.code for one in read(None).countries}
    for country in SUPPORTED_REGIONS - {"AC", "TA"} | listed:  # those two are islands with numbers of their own
        assert Settings.read({"HEARTH_COUNTRY": country}).country == country


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(PORT="x", HEARTH_URL="x", REDIS_URL="x", HEARTH_NAEM="x")) == 4


def test_a_mistyped_name_is_answered_with_the_nearest() -> None:
    assert problems(HEARTH_NAEM="x") == ("HEARTH_NAEM is not a setting of Hearth. Did you mean HEARTH_NAME?",)


def test_settings_show_nothing_of_themselves() -> None:
    assert repr(Settings.read({"HEARTH_SECRET": "x" * 32})) == "<Settings>"


def test_the_secret_is_made_once_and_then_kept(tmp_path: Path) -> None:
    place.prepare(tmp_path)
    first = place.secret(tmp_path)
    assert len(first) == place.SIZE
    assert place.secret(tmp_path) == first
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_of_two_servers_that_start_together_both_have_the_secret_of_the_first(tmp_path: Path) -> None:
    first = place.secret(tmp_path)
    place._make(tmp_path / place.FILE)
    assert place.secret(tmp_path) == first
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_metrics_are_off_until_they_are_asked_for() -> None:
    assert (Settings.read({}).metrics, Settings.read({}).metrics_token) == (False, None)
    assert Settings.read({"HEARTH_METRICS": "loopback"}).metrics
    assert problems(HEARTH_METRICS="on") == ("HEARTH_METRICS must be one of: off, loopback.",)
    (short,) = problems(HEARTH_METRICS_TOKEN="too-short")
    assert "HEARTH_METRICS_TOKEN is too short" in short


def test_who_runs_a_place_is_kept_with_each_agreement_and_so_has_an_end() -> None:
    assert Settings.read({"HEARTH_RUN_BY": "x" * 200}).run_by == "x" * 200
    assert problems(HEARTH_RUN_BY="x" * 201) == ("HEARTH_RUN_BY is too long: it may have 200 characters.",)


def test_one_process_serves_unless_more_are_asked_for() -> None:
    assert Settings.read({}).workers == 1
    assert Settings.read({"HEARTH_WORKERS": "4"}).workers == 4
    assert problems(HEARTH_WORKERS="0") == ("HEARTH_WORKERS must be a whole number from 1 to 64.",)


def test_whoever_is_on_call_is_reached_where_the_operator_wishes(tmp_path: Path) -> None:
    assert Settings.read({}).on_call_url is None
    (tmp_path / "hook").write_text("http://10.0.0.7:9000/hook?key=k\n")
    given = Settings.read({"HEARTH_ON_CALL_URL_FILE": str(tmp_path / "hook"), "HEARTH_ON_CALL_SECRET": "s" * 16})
    assert (given.on_call_url, given.on_call_secret) == ("http://10.0.0.7:9000/hook?key=k", "s" * 16)
    assert problems(HEARTH_ON_CALL_URL="ftp://pager.example") == (
        "HEARTH_ON_CALL_URL must be an address that begins with http:// or https://.",
    )
    assert problems(HEARTH_ON_CALL_SECRET="short") == (
        "HEARTH_ON_CALL_SECRET is too short: it needs 16 characters or more.",
        "HEARTH_ON_CALL_SECRET signs what is sent to HEARTH_ON_CALL_URL, which is not set.",
    )


def test_the_ways_to_answer_without_words_can_be_named() -> None:
    assert set(Settings.read({}).gestures) == set(GestureKind)
    named = Settings.read({"HEARTH_GESTURES": "hier, danke, ich auch, Kraft, Herz"}).gestures
    assert named["with-you"] == "hier"
    for wrong in ("one, two", "a, b, c, d, " + "x" * 21, "a,,c,d,e"):
        assert "HEARTH_GESTURES must be 5 short words" in problems(HEARTH_GESTURES=wrong)[0]
