"""The data map leaves nothing out: a column, a table or a kind of key that is not on it is not kept."""

import ast
from pathlib import Path

from chat.live.bus import keys
from chat.records.everything import people_in
from chat.records.tables import ID, metadata
from web import data_map


def test_every_table_says_who_can_read_it() -> None:
    assert [table.name for table in metadata.tables.values() if not table.info.get("read")] == []


def test_every_id_is_a_rows_own_or_says_what_it_points_to() -> None:
    """So that nobody's id is left where neither `everything about me` nor `delete me` finds it."""
    loose = [
        str(column)
        for table in metadata.tables.values()
        for column in table.columns
        if column.type is ID and not column.primary_key and not column.foreign_keys and column not in people_in(table)
    ]
    assert sorted(loose) == ["meetings.beside", "members.invitation_id"]  # of a meeting, a link


def test_the_readme_shows_the_map_as_it_is() -> None:
    """`python -m web.data_map` prints it."""
    assert data_map.markdown() in Path("README.md").read_text(encoding="utf-8")


def test_every_kind_of_key_is_on_the_map() -> None:
    of_rooms = set(keys.Keys.__slots__) - {"channel"}
    source = ast.parse(Path(keys.__file__).read_text())
    assigned = [node.targets[0] for node in source.body if isinstance(node, ast.Assign)]
    names = [target.id for target in assigned if isinstance(target, ast.Name)]
    of_home = {name.lower() for name in names if str(vars(keys)[name]).startswith("{control}:")} - {"control"}
    assert set(keys.MAP) == of_rooms | of_home
