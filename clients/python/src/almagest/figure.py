"""The ledger's charts as pictures that show themselves in a notebook."""

from __future__ import annotations

import base64
import os
from typing import Any, Mapping, Optional, Union

from ._http import Http

__all__ = ["Figure"]


class Figure:
    """A picture of the ledger: the charts of the dashboard, drawn by the server.

    It shows itself in a notebook, and is written to a file by :meth:`save`.

    Attributes
    ----------
    svg : str
        The drawing.

    Examples
    --------
    >>> run.figure(only="cmd").save("diagram.png")            # doctest: +SKIP
    """

    def __init__(self, http: Http, operation: str, path: Mapping[str, Any], query: Mapping[str, Any]) -> None:
        self._http = http
        self._asked = (operation, dict(path), dict(query))
        # Now, so that what is wrong is said by the call that asks, and not where the picture is shown.
        self.svg = self._fetch("svg", None).decode("utf-8")

    def _fetch(self, form: str, scale: Optional[float]) -> bytes:
        operation, path, query = self._asked
        content: bytes = self._http.send(
            operation, path=path, query={**query, "format": form, "scale": scale}, headers={"Accept": "*/*"}
        ).content
        return content

    def png(self, scale: float = 2.0) -> bytes:
        """The picture as PNG.

        Parameters
        ----------
        scale : float
            Pixels for each unit of the drawing, which is some 1100 units wide; 0.5 to 8.
        """
        return self._fetch("png", scale)

    def save(self, path: Union[str, "os.PathLike[str]"], scale: float = 2.0) -> None:
        """Writes it to a file whose ending is ``.svg``, ``.pdf`` or ``.png``.

        Raises
        ------
        ValueError
            The ending is another one.
        """
        name = os.fspath(path)
        if name.lower().endswith(".svg"):
            content = self.svg.encode("utf-8")
        elif name.lower().endswith(".png"):
            content = self.png(scale)
        elif name.lower().endswith(".pdf"):
            content = self._fetch("pdf", None)
        else:
            raise ValueError(f"{name} ends in none of .svg, .pdf and .png")
        with open(name, "wb") as file:
            file.write(content)

    def _repr_html_(self) -> str:
        # As an image, so that the style of one drawing does not reach the page and other drawings.
        data = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        return f'<img alt="{self._title()}" style="max-width:100%" src="data:image/svg+xml;base64,{data}">'

    def _title(self) -> str:
        start = self.svg.find('aria-label="')
        return self.svg[start + 12 : self.svg.find('"', start + 12)] if start >= 0 else "chart"

    def __repr__(self) -> str:
        return f"<Figure {self._title()}>"
