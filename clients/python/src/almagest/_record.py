"""Records of the API: their fields are attributes, and they show themselves in a notebook."""

from __future__ import annotations

import html
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

__all__ = ["Record"]


class Record(Mapping[str, Any]):
    """A record as the API answers it, read-only: ``record["name"]`` and ``record.name`` are the same.

    The fields and their units are described in docs/openapi.json. Records inside it are records, too.
    """

    #: What is shown of it, of the fields that it has; none = all that are short.
    _shown: Sequence[str] = ()

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = dict(fields)

    def __getitem__(self, name: str) -> Any:
        return _wrap(self._fields[name])

    def __getattr__(self, name: str) -> Any:
        # Not for what copying and notebooks look for.
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}; it has {', '.join(self._fields)}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __dir__(self) -> List[str]:
        return sorted({*super().__dir__(), *self._fields})

    def to_dict(self) -> Dict[str, Any]:
        """The record as plain dictionaries, lists and values."""
        return dict(self._fields)

    def _rows(self) -> List[Tuple[str, str]]:
        names = [n for n in self._shown if n in self._fields] or list(self._fields)
        rows = [(n, text(self._fields[n])) for n in names]
        return [(n, t) for n, t in rows if t != ""]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} " + ", ".join(f"{n}={t}" for n, t in self._rows()[:6]) + ">"

    def _repr_html_(self) -> str:
        return html_table(["", ""], self._rows(), title=type(self).__name__.strip("_"))


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Record(value)
    if isinstance(value, list):
        return [_wrap(v) for v in value]
    return value


def text(value: Any, most: int = 120) -> str:
    """A value in a few words; empty where it is none."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping):
        said = ", ".join(f"{k} {text(v, 40)}" for k, v in value.items() if text(v, 40) != "")
    elif isinstance(value, (list, tuple)):
        said = ", ".join(text(v, 40) for v in value)
    else:
        said = str(value)
    return said if len(said) <= most else said[: most - 1] + "…"


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> str:
    """A table for a notebook; every text is escaped."""

    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f'<{tag} style="text-align:left">{html.escape(str(c))}</{tag}>' for c in cells) + "</tr>"

    caption = f"<caption style=\"text-align:left;font-weight:bold\">{html.escape(title)}</caption>" if title else ""
    header = f"<thead>{line(head, 'th')}</thead>" if any(head) else ""
    return f"<table>{caption}{header}<tbody>{''.join(line(r, 'td') for r in rows)}</tbody></table>"
