"""Where the server is, and with which token one is let in."""

from __future__ import annotations

import json
import os
import stat
import warnings
from pathlib import Path
from typing import List, Mapping, NamedTuple, Optional, Union
from urllib.parse import urlsplit

from .errors import AlmagestError, AlmagestWarning

DEFAULT_URL = "http://127.0.0.1:8000"


class Found(NamedTuple):
    """An address, and how it was found, in words."""

    url: str
    how: str


def find_url(url: Optional[str], environment: Mapping[str, str] = os.environ) -> Found:
    """The server's address: as given, of ALMAGEST_URL, as a local server has left it, or the default.

    Raises
    ------
    ValueError
        It is not an address of HTTP.
    """
    if url is not None:
        return Found(_checked(url, "url"), "as given")
    named = environment.get("ALMAGEST_URL", "").strip()
    if named:
        return Found(_checked(named, "ALMAGEST_URL"), "the environment's ALMAGEST_URL")
    note = home(environment) / "server.json"
    left = _read_note(note)
    if left is not None:
        return Found(left, f"the local server's {note}")
    return Found(DEFAULT_URL, f"the default; ALMAGEST_URL is not set, and no local server has left {note}")


def find_token(token: Optional[str], environment: Mapping[str, str] = os.environ) -> Optional[str]:
    """The token: as given, of ALMAGEST_TOKEN, of the file that ALMAGEST_TOKEN_FILE names, or of ~/.config/almagest/token.

    Raises
    ------
    almagest.AlmagestError
        The file that ALMAGEST_TOKEN_FILE names cannot be read.
    ValueError
        It is not a single word.
    """
    if token is not None:
        return _checked_token(token, "token")
    named = environment.get("ALMAGEST_TOKEN", "").strip()
    if named:
        return _checked_token(named, "ALMAGEST_TOKEN")
    file = environment.get("ALMAGEST_TOKEN_FILE", "").strip()
    if file:
        try:
            return _checked_token(Path(file).expanduser().read_text("utf-8").strip(), file)
        except OSError as e:
            raise AlmagestError(f"the file {file}, which ALMAGEST_TOKEN_FILE names, cannot be read: {e.strerror or e}") from e
    usual = Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "almagest" / "token"
    try:
        text = usual.read_text("utf-8").strip()
    except OSError:
        return None
    if os.name == "posix" and stat.S_IMODE(usual.stat().st_mode) & 0o077:
        warnings.warn(f"others may read the token in {usual}: chmod 600 {usual}", AlmagestWarning, stacklevel=4)
    return _checked_token(text, str(usual)) if text else None


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder in which a local server keeps its own, by the same rules as the server's."""
    named = environment.get("ALMAGEST_HOME", "")
    if named:
        return Path(named).expanduser()
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share") / "almagest"


def _read_note(note: Path) -> Optional[str]:
    """The address of a server that still runs; None where there is none."""
    try:
        left = json.loads(note.read_text("utf-8"))
        url, pid = str(left["url"]), int(left["pid"])
        os.kill(pid, 0)
        return _checked(url, str(note))
    except PermissionError:
        # It runs, as another account.
        return _checked(url, str(note))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _checked(url: str, where: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{where} is {url!r}, expected an address such as {DEFAULT_URL} or https://stars.example.org/almagest")
    if parts.username or parts.password:
        raise ValueError(f"{where} holds a name or a password: give the token as token=… instead")
    return url.rstrip("/")


def _checked_token(token: str, where: str) -> str:
    words: List[str] = token.split()
    if len(words) != 1 or not token.isascii() or not token.isprintable():
        # Without the text itself: it may be a secret.
        raise ValueError(f"{where} does not hold a token, which is one word of ASCII letters and digits")
    return words[0]


PathLike = Union[str, "os.PathLike[str]"]
