"""Names of regions as a caller writes them -> what they limit to: provinces, and in them the cities and counties named.

Knows nothing about what is limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regional_qa.errors import UsageError
from regional_qa.knowledge.place_names import GROUPS, PROVINCES
from regional_qa.knowledge.region_names import prefectures
from regional_qa.knowledge.regions import Mention, find_regions, resolve
from regional_qa.types import Span


@dataclass(frozen=True, slots=True)
class Area:
    """What is let through: ``provinces``, all of those in ``whole``, of the others only what is of a place in ``places``."""

    provinces: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    places: tuple[Mention, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str]) -> Area:
        """That of some names; of none all is let through.

        Raises:
            UsageError: no list of names, an unknown region, or one of several.

        >>> area = Area.of(["合肥", "江西"])
        >>> area.provinces, area.whole, [place.name for place in area.places]
        (('安徽', '江西'), ('江西',), ['合肥'])
        """
        if isinstance(names, str) or not all(isinstance(name, str) for name in names):
            raise UsageError(f"regions must be a list of names such as ['安徽'], got {names!r}")
        provinces, whole, places = dict[str, None](), dict[str, None](), list[Mention]()
        for name in names:
            of_it = resolve(name)
            provinces.update(dict.fromkeys(of_it))
            if place := _city(name, of_it):
                places.append(place)
            else:
                whole.update(dict.fromkeys(of_it))
        return cls(tuple(provinces), tuple(whole), tuple(places))

    @property
    def named(self) -> tuple[Mention, ...]:
        """Every place it is made of, where one is smaller than a province."""
        return (*self.places, *(Mention(Span(0, 1), one, (one,)) for one in self.whole)) if self.places else ()

    def holds(self, place: str, provinces: Sequence[str]) -> bool:
        """Whether something of a place, which lies in these provinces, is let through."""
        of_it = Mention(Span(0, 1), place, tuple(provinces))
        return not self.places or any(lies_in(of_it, one) for one in self.named)

    def names(self, text: str, provinces: Sequence[str]) -> bool:
        """Whether a text about these provinces is let through: of a city, only where it names the city."""
        return not self.places or bool(set(self.whole) & set(provinces)) or any(one.name in text for one in self.places)


ANYWHERE = Area()
"""What limits to nothing."""


def lies_in(place: Mention, other: Mention) -> bool:
    """Whether a place is another or lies in it, as far as the official list tells.

    >>> places = {name: Area.of([name]).named[0] for name in ("肥西", "合肥", "芜湖")}
    >>> lies_in(places["肥西"], places["合肥"]), lies_in(places["芜湖"], places["合肥"])
    (True, False)
    """
    if not set(place.provinces) & set(other.provinces):
        return False
    names = {place.name, prefectures().get((place.name, place.provinces[0]), "")}
    return other.name in PROVINCES or other.name in names


def _city(name: str, provinces: tuple[str, ...]) -> Mention | None:
    """The city or county that a name stands for; None where it is a province or a group of them."""
    named = [one for one in find_regions(name) if one.name not in PROVINCES and one.name not in GROUPS]
    return Mention(Span(0, len(name)), named[-1].name, provinces) if named and len(provinces) == 1 else None
