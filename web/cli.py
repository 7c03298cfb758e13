"""The program `hearth`: starts a server, and tells what it is made of."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chat.records.store import Store
    from config.settings import Settings
    from web.exporting import Export, Exporting
    from web.helplines import Helplines
    from web.proving.prove import Where

NO_DATABASE = "The database cannot be reached, or is not one of Hearth's."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hearth")
def main() -> None:
    """Hearth: live, facilitated, confidential group chat for peer support."""


@main.command()
@click.option("--workers", metavar="N", help="Processes to serve with; also HEARTH_WORKERS. One if not given.")
def serve(workers: str | None) -> None:
    """Start the server. Settings are environment variables; none is needed.

    With several workers, SIGHUP replaces one after another, and nobody is turned away.
    """
    from config import logging
    from config.settings import Misconfigured, Settings

    try:
        settings = Settings.read(os.environ if workers is None else {**os.environ, "HEARTH_WORKERS": workers})
    except Misconfigured as error:
        _cannot_start(*error.problems)
    logging.begin(settings.log_level)
    from web.serve import CannotServe, run  # heavy, and of no use with a wrong configuration

    try:
        run(settings)
    except Misconfigured as error:
        _cannot_start(*error.problems)
    except CannotServe as error:
        _cannot_start(str(error), beginning="Hearth cannot serve:")


@main.command()
def demo() -> None:
    """Start a throw-away server to try Hearth: with a group, companions who talk, and links to join them."""
    from config import logging
    from config.settings import Misconfigured

    logging.begin("warning")
    from web.demo import demonstrate
    from web.serve import CannotServe

    try:
        demonstrate(os.environ)
    except Misconfigured as error:
        _cannot_start(*error.problems)
    except CannotServe as error:
        _cannot_start(str(error), beginning="The demo cannot run:")


@main.command()
@click.option("--rooms", type=click.IntRange(1, 100_000), required=True, help="How many rooms.")
@click.option("--members", type=click.IntRange(1, 10_000), required=True, help="People in each, its facilitator too.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where their lines go.")
def rehearse(rooms: int, members: int, out: Path) -> None:
    """Fill a running server with open rooms and made-up people, for load tests.

    The server must run with HEARTH_REHEARSAL=1 on a database without anybody real in it; this finds it by the same
    settings. FILE gets one line a person: the value of the Cookie header, a tab, and the path of the room's socket.
    Each room's first line is its facilitator's: whoever comes first must hold it.
    """
    from config.settings import Misconfigured, Settings

    try:
        settings = Settings.read(os.environ)
    except Misconfigured as error:
        _cannot_start(*error.problems)
    from web import rehearsal  # heavy

    try:
        asyncio.run(rehearsal.rehearse(settings, rooms, members, out))
    except Misconfigured as error:
        _cannot_start(*error.problems)
    except rehearsal.CannotRehearse as error:
        _cannot_start(str(error), beginning="Hearth cannot rehearse:")


@main.command()
@click.option("--run", is_flag=True, help="Erase what is past its time, now.")
def retention(run: bool) -> None:
    """Say what is kept until when, and how much of it is past its time.

    A running server erases by itself, at its start and every hour; this is for looking, and for a server that is off.
    Guests of whom their group may keep what they said are left to the server, which erases that with them.
    """
    from chat.records.keys import now
    from chat.records.ledger import Ledger
    from chat.records.store import RecordsBroken, RecordsUnreachable, Store
    from config.settings import Misconfigured, Settings
    from web import retention as retained
    from web.app import limits_of

    async def looked() -> str:
        async with Store.open(settings.database_url) as store:
            ledger, set_ = Ledger(secret, settings.acts_days), limits_of(settings)
            return retained.told(await retained.retention(store, now(), ledger, run=run, set_=set_), run=run)

    try:
        settings = Settings.read(os.environ)
        secret = _secret(settings)
        _database(settings)
        click.echo(asyncio.run(looked()))
    except Misconfigured as error:
        _cannot_start(*error.problems, beginning="Nothing was looked at:")
    except (RecordsUnreachable, RecordsBroken, OSError):
        _cannot_start(NO_DATABASE, beginning="Nothing was looked at:")


@main.group(invoke_without_command=True)
@click.pass_context
def helplines(context: click.Context) -> None:
    """Show every help line: whether people see it, who checked it when, and where to check it.

    One that nobody has checked for a year is hidden; after 90 days please check again. What you confirm is kept in the
    database, and holds for as long as the line reads as it does now.
    """
    if context.invoked_subcommand is None:
        from web import lines

        click.echo(_lines(lambda store, known: lines.told(store, known)))


@helplines.command()
@click.argument("mark")
@click.option("--by", required=True, help="Who opened its page and called it, as they want to be named.")
def confirm(mark: str, by: str) -> None:
    """Say that a line is right, once somebody has opened the page of its source and called it. MARK: see the list."""
    from web import lines

    click.echo(_lines(lambda store, known: lines.confirm(store, known, mark, by)))


@helplines.command()
@click.argument("mark")
def hide(mark: str) -> None:
    """Take back what was confirmed about a line, so that people see it no more."""
    from web import lines

    click.echo(_lines(lambda store, known: lines.hide(store, known, mark)))


def _lines(does: "Callable[[Store, Helplines], Awaitable[str]]") -> str:
    from chat.records.store import RecordsBroken, RecordsUnreachable, Store
    from config.settings import Misconfigured, Settings
    from web import helplines as lists
    from web.lines import NoSuchLine

    async def done() -> str:
        async with Store.open(settings.database_url) as store:
            return await does(store, lists.read(settings.country, settings.helplines))

    try:
        settings = Settings.read(os.environ)
        _database(settings)
        return asyncio.run(done())
    except Misconfigured as error:
        _cannot_start(*error.problems, beginning="Nothing was done:")
    except NoSuchLine:
        _cannot_start("There is no such line. `hearth helplines` lists them.", beginning="Nothing was done:")
    except (RecordsUnreachable, RecordsBroken):
        _cannot_start(NO_DATABASE, beginning="Nothing was done:")
    except (OSError, ValueError) as error:
        _cannot_start(f"HEARTH_HELPLINES cannot be read: {error}", beginning="Nothing was done:")


@main.group(invoke_without_command=True)
@click.pass_context
def administrator(context: click.Context) -> None:
    """Print a link that makes one more administrator; it works once, for 24 hours.

    For when the only one has lost their sign-in, or leaves. The server may run meanwhile. An earlier link that was not
    used ends.
    """
    if context.invoked_subcommand is None:
        from chat.records import starts
        from chat.records.keys import now
        from web.running import running

        async def link(settings: "Settings", c: "AsyncConnection") -> str:
            at = settings.url or next((one.address for one in running(settings.data)), settings.address)
            return f"{at}/begin/{await starts.administer(c, now())}"

        made = _administering(link, "Nobody was made an administrator:")
        click.echo(f"This link makes one more administrator; it works once, for 24 hours:\n  {made}")


@administrator.command()
@click.argument("login")
def end(login: str) -> None:
    """Take it from somebody, who stays what they are in their groups. LOGIN: the name they sign in with.

    The links that they have made for facilitators end, too.
    """
    from chat.records import accounts

    async def ended(_: "Settings", c: "AsyncConnection") -> str:
        try:
            if await accounts.end_administering(c, login):
                return "Whoever signs in by that name is no administrator any more."
        except accounts.OnlyOne:
            _cannot_start("There is no other. `hearth administrator` makes one.", beginning=unchanged)
        _cannot_start("No administrator signs in by that name.", beginning=unchanged)

    unchanged = "Nothing was changed:"
    click.echo(_administering(ended, unchanged))


def _administering(does: "Callable[[Settings, AsyncConnection], Awaitable[str]]", undone: str) -> str:
    from chat.records.store import RecordsBroken, RecordsUnreachable, Store
    from config.settings import Misconfigured, Settings

    async def done() -> str:
        async with Store.open(settings.database_url) as store, store.writing() as c:
            return await does(settings, c)

    try:
        settings = Settings.read(os.environ)
        _database(settings)
        return asyncio.run(done())
    except Misconfigured as error:
        _cannot_start(*error.problems, beginning=undone)
    except (RecordsUnreachable, RecordsBroken):
        _cannot_start(NO_DATABASE, beginning=undone)


@main.command()
@click.option("--also", type=click.Path(path_type=Path), multiple=True, help="A file or directory to look at, too.")
@click.option("--without", metavar="PLACE", multiple=True, help="A place not to look at: log, redis-files and so on.")
@click.option("--address", help="Where the server answers on this machine, if it cannot be found.")
@click.option("--json", "as_json", is_flag=True, help="Everything that was looked at, as JSON.")
def prove(also: tuple[Path, ...], without: tuple[str, ...], address: str | None, as_json: bool) -> None:
    """Prove on a running server that nothing said there stays.

    Says a word that nobody has ever said, in a room of its own, as two browsers do; then looks for it in the database
    and its log of changes, in Redis and its files, in the data directory, in the server's log and in what --also names
    (backups, other logs), in clear, in UTF-16, in hexadecimal, in base64 and packed. The room's group is called "hearth
    prove" on the administrators' page as long as this takes, and is erased then.

    Exit status 0 if the word is nowhere, 1 if it was found, 2 if not everything could be looked at, or no server runs.
    Needs the settings of the server. Places for --without: database, database-files, redis, redis-files, data, log.
    """
    from config.settings import Misconfigured, Settings

    try:
        settings = Settings.read(os.environ)
        _database(settings)
    except Misconfigured as error:
        click.echo("\n  - ".join(["Nothing was proven:", *error.problems]), err=True)
        sys.exit(2)
    from web.proving import prove as proving
    from web.proving import told

    if unknown := set(without) - set(proving.PLACES):
        raise click.BadParameter(f"There is no place called {', '.join(sorted(unknown))}.")
    place = where(settings, address)
    proof = asyncio.run(proving.prove(place, also, frozenset(without)))
    click.echo(told.as_json(proof) if as_json else told.told(proof))
    sys.exit(proof.status)


def where(settings: "Settings", address: str | None) -> "Where":
    """What a proof looks through, by these settings and what runs on them."""
    from web.proving.in_redis import Whose
    from web.proving.prove import Where
    from web.proving.saying import Door
    from web.running import local_address, running

    found = running(settings.data)
    private = next((one.redis_url for one in found if one.redis_url), None)
    redis_url = settings.redis_url or private
    at = address or (found[0].address if found else local_address(settings.host, settings.port))
    return Where(
        Door(at.rstrip("/"), settings.https, settings.origin),
        settings.database_url,
        Whose(redis_url, private=not settings.redis_url) if redis_url else None,
        settings.data if settings.data.is_dir() else None,
        tuple(one.pid for one in found),
    )


@main.group()
def export() -> None:
    """Print all that this server could be made to give: what a court would get."""


_FORMS = (
    click.option("--json", "as_json", is_flag=True, help="As JSON."),
    click.option("--open", "opens", is_flag=True, help="Open what is sealed, too: reports, notes and appeals."),
)


@export.command()
@click.argument("login")
@_FORMS[0]
@_FORMS[1]
def person(login: str, as_json: bool, opens: bool) -> None:
    """Everything that is kept about one person: every row that names them, whole. LOGIN: what they sign in with."""
    _exported(lambda exporting: exporting.person(login), as_json=as_json, opens=opens)


@export.command("group")
@click.argument("which")
@_FORMS[0]
@_FORMS[1]
def group_(which: str, as_json: bool, opens: bool) -> None:
    """Everything that is kept about one group: every row that belongs to it, whole. WHICH: its name or id."""
    _exported(lambda exporting: exporting.group(which), as_json=as_json, opens=opens)


def _exported(which: "Callable[[Exporting], Awaitable[Export]]", *, as_json: bool, opens: bool) -> None:
    from chat.records.store import RecordsBroken, RecordsUnreachable, Store
    from config.settings import Misconfigured, Settings
    from web.app import limits_of
    from web.exporting import Exporting, NobodySuch

    async def told() -> str:
        async with Store.open(settings.database_url) as store:
            exporting = Exporting(store, secret, opens=opens, set_=limits_of(settings))
            found = await which(exporting)
            return exporting.as_json(found) if as_json else exporting.told(found)

    try:
        settings = Settings.read(os.environ)
        secret = _secret(settings)
        _database(settings)
        click.echo(asyncio.run(told()))
    except Misconfigured as error:
        _cannot_start(*error.problems, beginning="Nothing was printed:")
    except NobodySuch:
        _cannot_start("There is nobody, or no group, by that name; or several.", beginning="Nothing was printed:")
    except (RecordsUnreachable, RecordsBroken, OSError):
        _cannot_start(NO_DATABASE, beginning="Nothing was printed:")


@main.command()
def protocol() -> None:
    """Print the JSON Schema of everything that crosses the socket."""
    from chat.core.wire.schema import schema

    click.echo(schema(), nl=False)


@main.group()
def rules() -> None:
    """What the moderation rules say."""


@rules.command("try")
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line: the verdict, and the rules that spoke.")
@click.option("--phrases", type=click.Path(exists=True, file_okay=False, path_type=Path), help="More phrase lists.")
@click.option("--helplines", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="More help lines.")
def try_(as_json: bool, phrases: Path | None, helplines: Path | None) -> None:
    """Say what would happen to each sentence, a line each from standard input.

    Every rule that reads words is on. Those that ask who writes, and when, have nothing to ask here: nobody is muted,
    new or too fast. Nothing is kept or logged.
    """
    from chat.core.moderation.policy import EVERYTHING
    from config import lexicon
    from web import rules as said

    try:
        known = lexicon.load(phrases, helplines)
    except (OSError, ValueError) as error:  # lists that are not in their form are ValueErrors, whichever they are
        _cannot_start(str(error), beginning="The lists cannot be read:")
    for sentence in said.lines(sys.stdin.buffer):
        verdict = said.tried(sentence, known, EVERYTHING)
        if as_json:
            click.echo(said.as_json(verdict))
        else:
            spoken = said.spoke(verdict, sentence, known, EVERYTHING)
            click.echo(said.in_words(verdict) + said.quoted(spoken))


@main.group()
def acts() -> None:
    """What facilitators did."""


@acts.command()
def verify() -> None:
    """Prove that no act was changed or taken out behind Hearth's back.

    A line for each group, with its id, how many acts it has and its newest mark; no names. Exit status 0 if every chain
    is whole, 1 if one is not, 2 if that cannot be found out. Needs the settings of the server, its secret above all.
    """
    from config.settings import Misconfigured, Settings
    from web import verifying

    try:
        settings = Settings.read(os.environ)
        _database(settings)
        lines, whole = asyncio.run(verifying.verified(settings.database_url, _secret(settings)))
    except (Misconfigured, verifying.CannotVerify) as error:
        click.echo(f"Hearth cannot verify the acts: {error}", err=True)
        sys.exit(2)
    for line in lines:
        click.echo(line)
    sys.exit(0 if whole else 1)


def _secret(settings: "Settings") -> bytes:
    """The server's, which must be there already. Raises Misconfigured."""
    from config import place
    from config.settings import Misconfigured

    if settings.secret is None and not (settings.data / place.FILE).exists():
        raise Misconfigured([f"There is no secret in {settings.data}. Is HEARTH_DATA right?"])
    return settings.secret or place.secret(settings.data)


def _database(settings: "Settings") -> None:
    """The server's must be there already; one that is not would be made, empty. Raises Misconfigured."""
    from chat.records.engine import file_of
    from config.settings import Misconfigured

    file = file_of(settings.database_url)
    if file and not os.path.isfile(file):  # and not `is_file`, which raises where one may not look
        which = "HEARTH_DATA" if file.parent == settings.data else "DATABASE_URL"
        raise Misconfigured([f"There is no database in {file.parent}. Is {which} right?"])


def _cannot_start(*problems: str, beginning: str = "Hearth cannot start:") -> NoReturn:
    click.echo("\n  - ".join([beginning, *problems]), err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
