"""Our NLU components, loaded by name from bot/config.yml."""

import sys
from pathlib import Path

# Rasa runs in bot/. The room `embedding` beside it serves both Pythons, and comes last on the
# path so that nothing here is hidden by a room of the same name.
_HOUSE = str(Path(__file__).parents[2])
if _HOUSE not in sys.path:
    sys.path.append(_HOUSE)
