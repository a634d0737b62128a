"""Which model judges reviews in this shop: the one it trained itself, else the shipped one."""

from pathlib import Path

from review_manager.analysis import Analyzer, load

FOLDER = "reviews"
FILE = "polarity.npz"


class _InUse:
    """The folder of this process, and when its model was written that is loaded now."""

    models: Path | None = None
    written_ns: int = 0


def use_models(models: Path | None) -> None:
    """Say where `kefu reviews train` keeps what the shop trained; None for the shipped model."""
    _InUse.models = models


def find_own_model(models: Path | None = None) -> Path | None:
    """Return the folder of the shop's own model, None while it has none."""
    models = models or _InUse.models
    own = models / FOLDER if models else None
    return own if own is not None and (own / FILE).exists() else None


def load_in_use() -> Analyzer:
    """Load the model in use; one that was trained since is read anew, without a restart."""
    own = find_own_model()
    return load_model(own)


def load_model(own: Path | None) -> Analyzer:
    """Load the model of a folder that `find_own_model` gave, also in another process."""
    if own is None:
        return load()
    written_ns = (own / FILE).stat().st_mtime_ns
    if written_ns != _InUse.written_ns:
        load.cache_clear()
        _InUse.written_ns = written_ns
    return load(own)
