"""Sums over the workshop's days: hours there were, hours lost for want of them, and the rates of both.

Hours of which nobody told are no hours: where no day is told they are None, never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from servicelost.analytics.document import Rate
from servicelost.analytics.reports.question import Row
from servicelost.analytics.reports.workshop_days import Cell


@dataclass(frozen=True)
class CapacitySums:
    """Hours times 100 and amounts in minor units; `days` is of how many dealership's days capacity is told.

    `lost_told` is what of the lost hours fell on days and skills told, `winnable` what of it was free there.
    """

    days: int = 0
    available: int = 0
    booked: int = 0
    free: int = 0
    over: int = 0
    lost: int = 0
    lost_told: int = 0
    winnable: int = 0
    count: int = 0
    gross: int = 0
    untimed: int = 0
    missing: int = 0

    @classmethod
    def of(cls, cells: Iterable[Cell], missing: int = 0) -> "CapacitySums":
        """The sums of the cells, with so many days not told."""
        found = list(cells)
        told = [cell for cell in found if cell.told]
        days = {(cell.dealership, cell.day) for cell in told}
        return cls(
            days=len(days),
            available=sum(cell.available for cell in told),
            booked=sum(cell.booked for cell in told),
            free=sum(cell.free for cell in told),
            over=sum(max(cell.booked - cell.available, 0) for cell in told),
            lost=sum(cell.lost for cell in found),
            lost_told=sum(cell.lost for cell in found if (cell.dealership, cell.day) in days),
            winnable=sum(min(cell.free, cell.lost) for cell in told),
            count=sum(cell.count for cell in found),
            gross=sum(cell.gross for cell in found),
            untimed=sum(cell.untimed for cell in found),
            missing=missing,
        )

    @property
    def load(self) -> Rate:
        """Booked of available hours, over the days told."""
        return Rate(self.booked / self.available if self.available else None, self.days)

    def row(self) -> Row:
        """The numbers under the keys of their measures."""
        share = self.lost_told / self.available if self.available else None
        return {
            "told_days": self.days,
            "load": self.load,
            "capacity_lost_hours": self.lost / 100,
            "lost_to_available": Rate(share, self.days),
            "capacity_losses": self.count,
            "capacity_gross": self.gross,
            "capacity_untimed": self.untimed,
            "missing_days": self.missing,
        } | self._told()

    def _told(self) -> Row:
        hours = {
            "available_hours": self.available,
            "booked_hours": self.booked,
            "free_hours": self.free,
            "overbooked_hours": self.over,
            "lost_while_free": self.winnable,
        }
        return {key: hundredths / 100 if self.days else None for key, hundredths in hours.items()}
