"""The administrator's room: people file, vectors, snapshots, and searching a snapshot.

For other programs it offers `build` and `Index`, live facts by ids, and the protocol of an encoder
of one's own. They are imported when they are first asked for, so that `import index` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from index.encoder.offline import stay_offline

if TYPE_CHECKING:
    from index.encoder.protocol import Encoder
    from index.night.build import build
    from index.serving.index import Index
    from recommender.live_by_id import LiveFactsById

__all__ = ["Encoder", "Index", "LiveFactsById", "build"]

_HOMES = {
    "Encoder": "index.encoder.protocol",
    "Index": "index.serving.index",
    "LiveFactsById": "recommender.live_by_id",
    "build": "index.night.build",
}


stay_offline()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
