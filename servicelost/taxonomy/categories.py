"""The neutral service categories: one short list to compare what every dealer names differently.

A dealership maps its own services and operations to these as data; no word is ever scraped from a text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ServiceCategoryCode(StrEnum):
    """A standard service category."""

    OIL_SERVICE = "OIL_SERVICE"
    SCHEDULED_SERVICE = "SCHEDULED_SERVICE"
    INSPECTION = "INSPECTION"
    DIAGNOSIS = "DIAGNOSIS"
    RECALL = "RECALL"
    BRAKE_PADS = "BRAKE_PADS"
    BRAKE_FLUID = "BRAKE_FLUID"
    BRAKE_SYSTEM = "BRAKE_SYSTEM"
    TYRES = "TYRES"
    TYRE_SERVICE = "TYRE_SERVICE"
    ALIGNMENT = "ALIGNMENT"
    SUSPENSION = "SUSPENSION"
    STEERING = "STEERING"
    BATTERY = "BATTERY"
    ELECTRICAL = "ELECTRICAL"
    LIGHTS = "LIGHTS"
    HIGH_VOLTAGE = "HIGH_VOLTAGE"
    AIR_FILTER = "AIR_FILTER"
    CABIN_FILTER = "CABIN_FILTER"
    AIR_CONDITIONING = "AIR_CONDITIONING"
    COOLANT = "COOLANT"
    COOLING_SYSTEM = "COOLING_SYSTEM"
    FUEL_SYSTEM = "FUEL_SYSTEM"
    ADDITIVES = "ADDITIVES"
    SPARK_PLUGS = "SPARK_PLUGS"
    BELTS = "BELTS"
    ENGINE_REPAIR = "ENGINE_REPAIR"
    EXHAUST = "EXHAUST"
    TRANSMISSION_FLUID = "TRANSMISSION_FLUID"
    TRANSMISSION_REPAIR = "TRANSMISSION_REPAIR"
    DRIVELINE = "DRIVELINE"
    WIPERS = "WIPERS"
    GLASS = "GLASS"
    BODYWORK = "BODYWORK"
    ACCESSORIES = "ACCESSORIES"
    OTHER = "OTHER"


@dataclass(frozen=True)
class ServiceCategoryInfo:
    """A category in words; one that is not `distinct` names no single need and never joins two."""

    code: ServiceCategoryCode
    label: str
    help: str
    distinct: bool


_Code = ServiceCategoryCode


def _table(*rows: tuple[_Code, str, str]) -> Mapping[_Code, ServiceCategoryInfo]:
    return {row[0]: ServiceCategoryInfo(*row, distinct=row[0] is not _Code.OTHER) for row in rows}


CATEGORIES: Mapping[ServiceCategoryCode, ServiceCategoryInfo] = _table(
    (_Code.OIL_SERVICE, "Oil service", "Engine oil and filter."),
    (_Code.SCHEDULED_SERVICE, "Scheduled service", "Maintenance due by date or distance."),
    (_Code.INSPECTION, "Inspection", "Official tests and paid checks of the car."),
    (_Code.DIAGNOSIS, "Diagnosis", "Finding the cause of a fault."),
    (_Code.RECALL, "Recall", "Recalls and campaigns of the manufacturer."),
    (_Code.BRAKE_PADS, "Brake pads and discs", "Pads, shoes, discs and drums."),
    (_Code.BRAKE_FLUID, "Brake fluid", "Changing the brake or clutch fluid."),
    (_Code.BRAKE_SYSTEM, "Brake system", "Calipers, hoses, cylinders, parking brake."),
    (_Code.TYRES, "Tyres", "New tyres, in any number."),
    (_Code.TYRE_SERVICE, "Tyre service", "Rotation, balance, repair, seasonal change, wheels."),
    (_Code.ALIGNMENT, "Wheel alignment", "Measuring and adjusting the wheels."),
    (_Code.SUSPENSION, "Suspension", "Shock absorbers, springs, arms, bearings."),
    (_Code.STEERING, "Steering", "Rods, rack, pump and power steering fluid."),
    (_Code.BATTERY, "Battery", "The 12-volt battery and its cables."),
    (_Code.ELECTRICAL, "Electrical", "Alternator, starter, wiring, sensors, software."),
    (_Code.LIGHTS, "Lights", "Bulbs, lamps and their adjustment."),
    (_Code.HIGH_VOLTAGE, "High voltage", "Drive battery, charging, electric drive."),
    (_Code.AIR_FILTER, "Engine air filter", "The filter of the engine's air."),
    (_Code.CABIN_FILTER, "Cabin filter", "The filter of the passengers' air."),
    (_Code.AIR_CONDITIONING, "Air conditioning", "Recharge, repair, disinfection, heating."),
    (_Code.COOLANT, "Coolant", "Changing the engine coolant."),
    (_Code.COOLING_SYSTEM, "Cooling system", "Radiator, pump, thermostat, hoses."),
    (_Code.FUEL_SYSTEM, "Fuel system", "Injection cleaning, fuel filter, pump."),
    (_Code.ADDITIVES, "Additives", "Treatments added to oil or fuel."),
    (_Code.SPARK_PLUGS, "Spark plugs", "Spark or glow plugs, coils."),
    (_Code.BELTS, "Belts", "Timing and drive belts, chains, tensioners."),
    (_Code.ENGINE_REPAIR, "Engine repair", "Gaskets, leaks and repairs of the engine."),
    (_Code.EXHAUST, "Exhaust", "Exhaust, catalyst, particle filter."),
    (_Code.TRANSMISSION_FLUID, "Transmission fluid", "Fluids of gearbox and axles."),
    (_Code.TRANSMISSION_REPAIR, "Transmission repair", "Gearbox and clutch."),
    (_Code.DRIVELINE, "Driveline", "Shafts, joints, boots, differentials."),
    (_Code.WIPERS, "Wipers", "Blades, arms and washer."),
    (_Code.GLASS, "Glass", "Windscreen and windows."),
    (_Code.BODYWORK, "Bodywork", "Body, paint, rust, trim, cleaning."),
    (_Code.ACCESSORIES, "Accessories", "Fitting of accessories."),
    (_Code.OTHER, "Other", "Anything else; never taken for the same need twice."),
)

CATEGORY_SPELLINGS: Mapping[str, ServiceCategoryCode] = {
    "TIRES": ServiceCategoryCode.TYRES,
    "TIRE_SERVICE": ServiceCategoryCode.TYRE_SERVICE,
}
