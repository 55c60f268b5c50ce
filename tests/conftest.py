"""What all tests share: Hypothesis profiles, and charts without a screen."""

import os

from hypothesis import settings

# The same examples on every run, so that a verdict depends on the code alone. No deadline: a busy machine is no fault.
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=60, print_blob=True)
# Fresh and many examples, to look for trouble: pytest --hypothesis-profile=explore
settings.register_profile("explore", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("ci")

os.environ["MPLBACKEND"] = "Agg"
