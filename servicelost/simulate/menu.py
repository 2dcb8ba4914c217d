"""What the invented workshop sells: services people book and work its inspections find.

Prices are in whole cents of the dealership's currency and only plausible, taken from no price list.
"""

from dataclasses import dataclass

from servicelost.taxonomy.categories import ServiceCategoryCode as Category
from servicelost.taxonomy.paytypes import PayType

# The part that is missing again and again: the first thing a manager should find.
SCARCE_PART = "KX-4471"
_TYRE, _BATTERY, _BELT, _SHOCK, _SILENCER = "TY-2055", "BT-7060", "ZR-5320", "SD-1180", "AG-6604"
# What else is out of stock now and then.
OTHER_PARTS = (_TYRE, _BATTERY, _BELT, _SHOCK, _SILENCER)

GENERAL, ELECTRIC, TYRES = "GENERAL", "ELECTRIC", "TYRES"
_SKILLS = {
    Category.DIAGNOSIS: ELECTRIC, Category.BATTERY: ELECTRIC, Category.LIGHTS: ELECTRIC,
    Category.AIR_CONDITIONING: ELECTRIC, Category.TYRES: TYRES, Category.TYRE_SERVICE: TYRES,
}  # fmt: skip


@dataclass(frozen=True)
class Service:
    """A service with its usual price; `red` is the share of findings that are urgent."""

    name: str
    category: Category
    op_code: str
    labour: int
    parts: int
    centihours: int
    weight: int
    red: float = 0.0
    position: str | None = None
    part_number: str | None = None
    pay_type: PayType = PayType.CUSTOMER_PAY

    @property
    def price(self) -> int:
        """The usual price in cents."""
        return self.labour + self.parts

    @property
    def skill(self) -> str:
        """The skill it needs, as the workshop's capacity names it."""
        return _SKILLS.get(self.category, GENERAL)


BOOKED = (
    Service("Annual service", Category.SCHEDULED_SERVICE, "SVC12", 18_000, 7_500, 180, 30),
    Service("Oil and filter", Category.OIL_SERVICE, "OIL", 6_000, 5_800, 60, 18),
    Service("Statutory inspection", Category.INSPECTION, "INSP", 9_500, 0, 80, 14),
    Service("Diagnosis", Category.DIAGNOSIS, "DIAG", 12_000, 0, 100, 12),
    Service("Wheel change", Category.TYRE_SERVICE, "WHEEL", 4_800, 0, 50, 12),
    Service("Large service", Category.SCHEDULED_SERVICE, "SVC24", 29_500, 19_500, 300, 14),
    Service("Clutch repair", Category.DRIVELINE, "CLUTCH", 52_000, 41_000, 550, 2),
    Service("Engine repair", Category.ENGINE_REPAIR, "ENG", 46_000, 34_000, 480, 3),
    Service("Body repair", Category.BODYWORK, "BODY", 44_000, 27_000, 460, 4),
    Service("Air-conditioning service", Category.AIR_CONDITIONING, "AC", 7_000, 6_500, 80, 8),
    Service("Airbag campaign", Category.RECALL, "RC07", 9_000, 4_000, 90, 4, pay_type=PayType.MANUFACTURER),
)

FOUND = (
    Service("Front brake pads", Category.BRAKE_PADS, "BRK-F", 11_000, 9_500, 100, 13, 0.45, "FRONT"),
    Service(
        "Rear brake discs and pads", Category.BRAKE_PADS, "BRK-R", 18_000, 26_000, 180, 13, 0.4, "REAR",
        SCARCE_PART,
    ),
    Service("Brake fluid", Category.BRAKE_FLUID, "BRK-FL", 6_500, 1_800, 60, 12, 0.05),
    Service("Two front tyres", Category.TYRES, "TYRE-2", 4_000, 24_000, 50, 12, 0.35, "FRONT", _TYRE),
    Service("Wheel alignment", Category.ALIGNMENT, "ALIGN", 9_500, 0, 80, 7),
    Service("12-volt battery", Category.BATTERY, "BATT", 3_500, 16_500, 40, 7, 0.25, None, _BATTERY),
    Service("Cabin filter", Category.CABIN_FILTER, "CABIN", 1_500, 3_200, 20, 9),
    Service("Engine air filter", Category.AIR_FILTER, "AIRF", 1_200, 2_800, 20, 7),
    Service("Wiper blades", Category.WIPERS, "WIPE", 800, 3_400, 10, 8, 0.1),
    Service("Coolant change", Category.COOLANT, "COOL", 6_000, 3_500, 60, 5),
    Service("Timing belt kit", Category.BELTS, "BELT", 42_000, 31_000, 380, 4, 0.3, None, _BELT),
    Service(
        "Front shock absorbers", Category.SUSPENSION, "SHOCK", 24_000, 29_000, 220, 4, 0.25, "FRONT", _SHOCK,
    ),
    Service("Spark plugs", Category.SPARK_PLUGS, "PLUGS", 7_000, 8_800, 70, 5),
    Service("Rear silencer", Category.EXHAUST, "EXH", 8_500, 24_000, 90, 3, 0.2, None, _SILENCER),
    Service("Gearbox oil", Category.TRANSMISSION_FLUID, "GBOX", 12_000, 14_000, 110, 4),
    Service("Headlamp bulb", Category.LIGHTS, "BULB", 1_800, 2_400, 20, 5, 0.3),
    Service("Track rod end", Category.STEERING, "TRACK", 13_000, 8_500, 120, 3, 0.5, "FRONT_LEFT"),
)  # fmt: skip

# Parts asked for at the counter: number, price and cost of one in cents.
COUNTER_PARTS = (
    (_TYRE, 11_900, 8_300),
    ("FL-1020", 1_690, 980),
    ("WB-3300", 3_450, 1_900),
    (_BATTERY, 16_900, 11_800),
    (SCARCE_PART, 12_900, 8_400),
    ("MT-0815", 8_900, 5_100),
)

COMPETITORS = ("Speedy Spanner", "Tyre Harbour", "Corner Garage Finch")
