"""Hold the property of `test_equal_profiles` over many companies.

`python tests/index/many_companies.py 500` takes a few minutes.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))

from hypothesis import HealthCheck, given, settings
from test_equal_profiles import companies, test_any_valid_company_publishes_and_answers

if __name__ == "__main__":
    wanted = int(sys.argv[1])
    publishes = test_any_valid_company_publishes_and_answers.hypothesis.inner_test
    sizes: list[int] = []

    def counted(frame):
        publishes(frame)
        sizes.append(len(frame))

    started = time.monotonic()
    settings(
        max_examples=wanted, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )(given(companies())(counted))()
    print(
        f"{len(sizes)} companies of {min(sizes)} to {max(sizes)} people published twice and "
        f"answered, in {time.monotonic() - started:.0f} s"
    )
