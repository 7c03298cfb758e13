"""How often a rule is right when it fires, and how much of what it is for it finds: fixed before there was a rule."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from tests.core.rules.labelled import ALARM, Message


class Measure(Struct, frozen=True):
    """Counts of one rule over some messages, with the ids to look at; no texts."""

    right: int
    wrong: list[str]
    missed: list[str]
    wanted: int

    @property
    def precision(self) -> float:
        """Of what it fired on, the share that was right; 1.0 if it never fired."""
        fired = self.right + len(self.wrong)
        return self.right / fired if fired else 1.0

    @property
    def recall(self) -> float:
        """Of what it should fire on, the share it found; 1.0 if there is nothing."""
        return 1 - len(self.missed) / self.wanted if self.wanted else 1.0


def of_rule(rule: str, among: Iterable[Message], fired: Mapping[str, Collection[str]]) -> Measure:
    """Measure `rule` given what fired for each id. `alarm` may fire on both alarm labels, must on explicit."""
    may, must = (ALARM, {"alarm_explicit"}) if rule == "alarm" else ({rule}, {rule})
    return _measure(
        [(m.id, rule in fired[m.id], bool(m.labels & may), bool(m.labels & must)) for m in among],
    )


def of_holding(among: Iterable[Message], held: Collection[str]) -> Measure:
    """Measure holding, whichever rule held, given the ids held."""
    return _measure([(m.id, m.id in held, m.happens == "hold", m.happens == "hold") for m in among])


def _measure(rows: list[tuple[str, bool, bool, bool]]) -> Measure:
    return Measure(
        right=sum(did and may for _, did, may, _ in rows),
        wrong=[id for id, did, may, _ in rows if did and not may],
        missed=[id for id, did, _, must in rows if must and not did],
        wanted=sum(must for *_, must in rows),
    )
