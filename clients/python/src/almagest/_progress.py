"""How far a run is, for a person who waits: a bar of tqdm, else a line of text."""

from __future__ import annotations

import sys
from typing import Any, Optional


def in_notebook() -> bool:
    """Whether this runs in a kernel of Jupyter."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


class Progress:
    """Shows percents of one run.

    Parameters
    ----------
    label : str
        What is waited for.
    shown : bool or None
        None = where a person looks: on a terminal, and in a notebook.
    """

    def __init__(self, label: str, shown: Optional[bool]) -> None:
        self._label = label
        self._shown = (sys.stderr.isatty() or in_notebook()) if shown is None else shown
        self._bar: Any = None
        self._said = ""
        if self._shown:
            try:
                from tqdm import tqdm
            except ImportError:
                return
            self._bar = tqdm(total=100, desc=label, bar_format="{desc}: {percentage:3.0f}%|{bar:20}| {elapsed}{postfix}")

    def show(self, percent: float, stage: Optional[str]) -> None:
        """Says how far it is.

        Parameters
        ----------
        percent : float
            0 to 100.
        stage : str or None
            What is being done.
        """
        if self._bar is not None:
            self._bar.set_postfix_str(stage or "", refresh=False)
            # The percents fall where a run is started again.
            self._bar.n = min(100.0, percent)
            self._bar.refresh()
        elif self._shown:
            said = f"{self._label}: {percent:.0f} %" + (f", {stage}" if stage else "")
            if said != self._said:
                end = "\r" if sys.stderr.isatty() else "\n"
                print(said.ljust(len(self._said)), end=end, file=sys.stderr, flush=True)
                self._said = said

    def close(self) -> None:
        """Leaves the line as it stands."""
        if self._bar is not None:
            self._bar.close()
        elif self._said and sys.stderr.isatty():
            print(file=sys.stderr)
