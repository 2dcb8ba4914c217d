"""How long the hostile tests run: SERVICELOST_FAULTS_LONG=1 asks for the long ones, with fresh randomness.

Children under test must not see the variable: `children` takes everything of ours out of their environment.
"""

import os

import pytest

LONG = os.environ.get("SERVICELOST_FAULTS_LONG", "") not in ("", "0")

only_long = pytest.mark.skipif(not LONG, reason="takes minutes: SERVICELOST_FAULTS_LONG=1")
