"""What every test starts from: no configuration of the person who runs it."""

from __future__ import annotations

import os
import tempfile

os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="podtopsy-no-config-")
