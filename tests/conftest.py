"""What every test starts from: no configuration of the person who runs it, and so many examples of a property.

The suite tries the same examples every time, so that a change is judged by what it changed; the long run tries
others each time.
`HYPOTHESIS_PROFILE=long pytest tests/test_properties.py tests/test_logline.py tests/test_timestamps.py` tries
6,000 examples of each, which takes half an hour.
"""

from __future__ import annotations

import os
import tempfile

from hypothesis import HealthCheck, settings

os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="podtopsy-no-config-")

for name, examples in (("short", 200), ("long", 6000)):
    settings.register_profile(
        name,
        max_examples=examples,
        derandomize=name == "short",
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
