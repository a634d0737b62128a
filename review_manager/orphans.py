"""A process of a pool ends with its parent, also where the parent is killed outright."""

import os
import threading
from multiprocessing import parent_process


def end_with_parent() -> None:
    """Watch the parent from a thread; the initializer of every pool of ours.

    A killed parent closes nothing: its workers would wait for the next task for ever, each with a
    model in memory.
    """
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, name="watch parent", daemon=True).start()
