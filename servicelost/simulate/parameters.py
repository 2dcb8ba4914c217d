"""All numbers of the simulation in one place, with where they come from; `docs/demo.md` shows them in prose.

A share without a source is our own guess at an ordinary workshop. Only numbers live here: who draws from
them is said in `deciding`, `seasons` and the files that tell the story.
"""

from collections.abc import Mapping

from servicelost.simulate.menu import ELECTRIC, GENERAL, TYRES
from servicelost.taxonomy.authorization import AuthorizationMethod
from servicelost.taxonomy.categories import ServiceCategoryCode as Category
from servicelost.taxonomy.causes import Cause

Causes = Mapping[Cause | None, float]

# --- How much, and when ------------------------------------------------------------------------------------

GROWTH_A_YEAR = 0.06
PRICE_RISE_A_YEAR = 0.04
WALK_INS = 0.18  # share of the visits
AVERAGE_ORDER = 330  # units of the currency, as the dealership sets it; 261 to 466 $ (Cox 2025, NADA 2024)
FEWEST_TODAY = 30  # appointments of the group on the day it is shown, however small it is
COMING = 0.86  # share of the appointments that end in a visit, after all that follows below
WEEKDAYS = (1.5, 1.0, 1.0, 1.02, 1.08, 0.4, 0.0)  # Monday first; their sum is the working week of six days
MONDAY = 0
# January first. Tyres are changed around Easter and in October, in August and at Christmas people are away.
MONTHS = (0.92, 0.9, 1.04, 1.2, 1.04, 1.0, 0.94, 0.84, 0.98, 1.24, 1.1, 0.8)
BETWEEN_THE_YEARS = 0.35  # 24 December to 1 January
# How much likelier a service is in a month than on average; what is not named is as likely in every month.
SEASONS: Mapping[Category, tuple[float, ...]] = {
    Category.TYRE_SERVICE: (0.2, 0.2, 1.8, 4.2, 0.8, 0.2, 0.2, 0.2, 0.5, 4.4, 2.2, 0.4),
    Category.TYRES: (0.6, 0.6, 1.4, 1.8, 0.9, 0.7, 0.7, 0.6, 0.9, 1.9, 1.5, 0.7),
    Category.AIR_CONDITIONING: (0.1, 0.1, 0.4, 1.0, 2.4, 2.8, 2.6, 1.4, 0.4, 0.1, 0.1, 0.1),
    Category.BATTERY: (1.9, 1.6, 0.9, 0.6, 0.5, 0.5, 0.6, 0.6, 0.8, 1.2, 1.7, 1.8),
}

# --- Appointments ------------------------------------------------------------------------------------------

# About 10 % among European managers (Hanus, Taxapa 2023); 20 % at most where a show rate of 80 % is asked for
# (Quorum). Vendors name 12 to 25 %.
NO_SHOWS = 0.11
REBOOKED_NO_SHOWS = 0.45
CUSTOMER_CANCELS = 0.055
DEALER_CANCELS = 0.015
DEALER_CANCELS_FULL = 0.05  # on a day that is booked beyond its hours
MOVES = 0.04
TURNED_AWAY = 0.003
TURNED_AWAY_FULL = 0.03
SCOPE_CUT = 0.05
ORDERS_CANCELLED = 0.012
# Days between booking and coming; who stays away booked longer ahead, beyond 3 days
# (fixedoperationsconsulting). Beyond 3 days of waiting a workshop loses work (Amatz).
LEAD_DAYS: Mapping[int, float] = {1: 26, 2: 22, 3: 18, 5: 16, 8: 11, 12: 7}
LEAD_DAYS_OF_NO_SHOWS: Mapping[int, float] = {1: 12, 2: 14, 3: 14, 5: 22, 8: 21, 12: 17}
CONFIRMED, CONFIRMED_NO_SHOWS = 0.6, 0.3
# 64 % by telephone, 19 % online (CDK 2024).
CHANNELS: Mapping[str, float] = {"PHONE": 64, "WEB": 19, "EMAIL": 7, "IN_PERSON": 10}
CANCEL_CAUSES: Causes = {
    Cause.NO_TIME: 45, Cause.DONE_ELSEWHERE: 15, Cause.COMPETITOR_OFFER: 12, Cause.PRICE_TOO_HIGH: 8,
    None: 20,
}  # fmt: skip
NO_SHOW_CAUSES: Causes = {None: 40, Cause.FORGOT: 42, Cause.DONE_ELSEWHERE: 18}
CUT_CAUSES: Causes = {
    Cause.NO_TIME: 40, Cause.CANNOT_AFFORD: 25, Cause.PRICE_TOO_HIGH: 20, None: 15,
}  # fmt: skip
ORDER_CAUSES: Causes = {Cause.WAIT_TOO_LONG: 50, Cause.PRICE_TOO_HIGH: 30, Cause.AUTH_NOT_GIVEN: 20}

# --- Workshop and parts ------------------------------------------------------------------------------------

# 80 to 85 % of the hours should be booked (Amatz). Above FULL there is no slot left.
BOOKED_HOURS = 0.82
FULL = 1.0
HOURS_AHEAD = 8
SKILLS: Mapping[str, float] = {GENERAL: 0.74, ELECTRIC: 0.14, TYRES: 0.12}  # share of the hours
# Shares of the time a part is on back-order; the first one is the weak spot somebody should find.
PART_MISSING_WORST = 0.45
PART_MISSING = 0.07
PART_OUT_DAYS = (4, 21)

# --- Inspection, quote and decision ------------------------------------------------------------------------

INSPECTED = 0.76  # 70 to 78 % of the cars are really inspected, 95 % by the best
FOUND: Mapping[int, float] = {0: 26, 1: 30, 2: 23, 3: 13, 4: 6}  # findings a car; older cars have more
FOUND_AGAIN = 0.5  # what an earlier visit left undone
QUOTES_SHOWN = 0.97
QUOTES_SHOWN_BY_THE_WEAK = 0.82
QUOTES_OPENED = 0.72
THINKS_IT_OVER = 0.12
# Answers in per cent. 58 % of the services are declined (Xtime 2017), 30 to 50 % (DealerSpark); of red work
# 44 to 46 % stays unsold (autoVHC in AM-online, 2014 and 2016).
SAYS_YES, SAYS_YES_TO_RED = 0.72, 0.88
SAYS_LATER, SAYS_NOTHING = 0.13, 0.03
NO_ANSWER_UNOPENED = 0.22
YES_LESS_BY_HUNDRED = 0.03  # for each hundred of the price, up to YES_LESS_AT_MOST
YES_LESS_AT_MOST = 0.2
YES_LESS_WHEN_FULL = 0.1
YES_LESS_WHEN_MISSING = 0.38
YES_BY_STRENGTH = 0.3  # an advisor of strength 1.2 hears yes in 6 per cent points more cases
ASKED_AT_COLLECTION = 0.08  # the car is ready then, and nothing more is done today
YES_AT_RECEPTION = 0.05  # what was turned down earlier is offered again at the counter
CHECKED = 0.6  # of the cars pass a quality control that somebody records
REWORK = 0.04
LEAVES_UNMENDED = 0.06  # of the cars that fail the control
PART_COMES_BACK = 0.7  # of the customers whose part was missing come when it is there
DEFERRED_BY_KM = 0.25
# Reasons in general: no time, no money, a second opinion lead the lists (Xtime). None: nobody asked.
DECLINE_CAUSES: Causes = {
    Cause.PRICE_TOO_HIGH: 20, Cause.NO_TIME: 17, Cause.CANNOT_AFFORD: 12, Cause.NOT_NEEDED: 14,
    Cause.COMPETITOR_OFFER: 5, Cause.DONE_ELSEWHERE: 3, Cause.DIY: 3, Cause.TRUST_QUALITY: 1,
    Cause.AUTH_NOT_GIVEN: 1, Cause.WAIT_TOO_LONG: 1, Cause.NO_CAPACITY: 1, None: 8,
}  # fmt: skip
DEAR, CHEAP = 25_000, 9_000  # cents
WHEN_DEAR: Causes = {
    Cause.PRICE_TOO_HIGH: 2.2, Cause.CANNOT_AFFORD: 2.2, Cause.DIY: 0, Cause.NOT_NEEDED: 0.8,
}  # fmt: skip
WHEN_CHEAP: Causes = {
    Cause.CANNOT_AFFORD: 0.3, Cause.PRICE_TOO_HIGH: 0.6, Cause.DIY: 3, Cause.NOT_NEEDED: 1.3,
}  # fmt: skip
WHEN_FULL: Causes = {Cause.WAIT_TOO_LONG: 16, Cause.NO_CAPACITY: 14}
WHEN_TYRES: Causes = {Cause.COMPETITOR_OFFER: 6, Cause.PRICE_TOO_HIGH: 1.3, Cause.DIY: 0}
WHEN_COLLECTING: Causes = {Cause.NO_TIME: 2.5, Cause.WAIT_TOO_LONG: 2}
WHEN_ANGRY: Causes = {Cause.TRUST_QUALITY: 30}
WHEN_FLEET: Causes = {Cause.AUTH_NOT_GIVEN: 25, Cause.DIY: 0, Cause.CANNOT_AFFORD: 0.2}
MISSING_PART_STATED = 0.75  # so often the missing part is what people state, else something else
COMPETITOR_NAMED = 0.6
METHODS: Mapping[AuthorizationMethod, float] = {
    AuthorizationMethod.VERBAL_PHONE: 45,
    AuthorizationMethod.SMS_TEXT_LINK: 30,
    AuthorizationMethod.IN_PERSON_DIGITAL_SIGNATURE: 25,
}

# --- Afterwards --------------------------------------------------------------------------------------------

# Of declined work most shops win back less than 15 %, organised ones 10 to 15 % (attributed to Cox 2024).
CALLED_BACK = 0.3
REACHED = 0.5
RETURNS_REACHED, RETURNS_TRIED, RETURNS_ALONE = 0.22, 0.1, 0.05
RETURN_DAYS = (9, 60)
DUE_CALLED = 0.6  # of the customers whose postponed work is due; of red work all are called
RED_LEFT_DAYS = 30  # nobody has asked yet about red work due since then: somebody should
DUE_COMES, DUE_REFUSES = 0.4, 0.3
# Of the visits; 12 % are not right the first time, 30 % of these because of the work (J.D. Power 2025).
COMEBACKS = 0.035
COMPLAINTS = 0.01
COMPLAINTS_OF_COMEBACKS = 0.4
COMPLAINTS_SETTLED = 0.85

# --- Customers ---------------------------------------------------------------------------------------------

FLEETS = 0.06
CARS: Mapping[int, float] = {1: 88, 2: 10, 3: 2}
CARS_OF_FLEETS: Mapping[int, float] = {2: 40, 3: 30, 4: 20, 5: 10}
RHYTHM_DAYS = (150, 420)
# 54 % of the owners of young cars come back, 72 % did in 2023 (trade press); a visit more or less well done.
STAYS = 0.84
STAYS_LESS_WHEN_ANGRY, STAYS_LESS_WHEN_MISSED = 0.3, 0.12
STAYS_BY_STRENGTH = 0.12
SELLS = 0.25  # of those who leave: the car is sold
MOVES_AWAY = 0.07
CAR_REPLACED = 0.4
MAY_WRITE, CONSENT_ASKED = 0.75, 0.33

# --- The desk, for each visit ------------------------------------------------------------------------------

# 158 calls for an appointment a month are missed in a department of the size of 1,300 visits (Car Wars 2024,
# NADA 2024): 0.12 a visit.
CALLS, CALLS_MISSED, CALLS_MISSED_MONDAY = 0.4, 0.26, 0.42
CALLED_BACK_SOON = 0.35
PURPOSES: Mapping[str, float] = {"SERVICE": 50, "STATUS": 28, "PRICE": 17, "OTHER": 5}
COUNTER = 0.16
COUNTER_KNOWN = 0.6
COUNTER_FETCHED = 0.3  # of the parts that are not there: bought elsewhere at short notice
COUNTER_REFUSED = 0.05  # of the parts that are there: too dear, or the competitor has it cheaper
COUNTER_CAUSES: Causes = {Cause.PRICE_TOO_HIGH: 60, Cause.COMPETITOR_OFFER: 40}
LEADS = 0.08
OFFERS = 0.01
LEADS_KEPT_DAYS = 10  # nothing in the stream says how a lead or a call-back ends, so older ones are not told
