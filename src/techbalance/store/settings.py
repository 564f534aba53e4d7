"""What has the user set about sources? Keys and addresses, from the environment or the configuration file.

The file is ``config.toml`` in the platform's folder for configuration, or where ``TECHBALANCE_CONFIG`` says::

    [keys]
    census = "..."                 # also CENSUS_API_KEY; a file with keys must be the user's alone

    [addresses]
    census-country = "https://mirror.example.org"   # also TECHBALANCE_ADDRESSES=census-country=https://...

    [network]
    read_seconds = 120             # also connect_seconds, attempts, wait_seconds, longest_wait_seconds
"""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import platformdirs
from pydantic import ValidationError

from techbalance.errors import KeyRefusedError, ParameterError, SchemaError, UnknownCodeError
from techbalance.sources.adapter import rooms
from techbalance.sources.declaration import Declaration, Limits, declared
from techbalance.sources.secrets import Secret, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

CONFIG_VARIABLE: Final = "TECHBALANCE_CONFIG"
ADDRESSES_VARIABLE: Final = "TECHBALANCE_ADDRESSES"
SECTIONS: Final = ("keys", "addresses", "network")
NETWORK: Final = (
    "connect_seconds",
    "read_seconds",
    "attempts",
    "wait_seconds",
    "longest_wait_seconds",
    "requests_per_second",
)
# Whoever else may read or write the file.
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class Settings:
    """What the user set.

    Parameters
    ----------
    path
        The configuration file; need not exist.
    environment
        Variables that go before it.

    Raises
    ------
    SchemaError
        The file is no TOML, or has a section or a field nobody knows.
    KeyRefusedError
        It holds keys and others may read it.
    """

    def __init__(self, path: Path | None = None, environment: Mapping[str, str] = os.environ) -> None:
        named = environment.get(CONFIG_VARIABLE)
        default = Path(platformdirs.user_config_dir("techbalance", appauthor=False)) / "config.toml"
        self.path = path or (Path(named) if named else default)
        self.environment = environment
        self._held = _read(self.path)

    def declaration(self, source: str) -> Declaration:
        """The declaration of a source, with the user's address and patience in it.

        Raises
        ------
        UnknownCodeError
            No source has this id.
        """
        found = next((one for one in declared() if one.id == source), None)
        if found is None:
            raise UnknownCodeError.among("source", source, rooms())
        origin = self._origins().get(source)
        network = dict(self._held.get("network", {}))
        if origin is None and "requests_per_second" in network:
            # Only the user's own mirror may be asked faster than declared.
            slower = min(network["requests_per_second"], found.limits.requests_per_second)
            network["requests_per_second"] = slower
        try:
            limits = Limits.model_validate({**found.limits.model_dump(), **network})
        except ValidationError as wrong:
            first = wrong.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            raise SchemaError(
                f"network.{field}: {first['msg'].lower()}", where=str(self.path), remedy=f"Fields: {NETWORK}"
            ) from wrong
        moved = found if origin is None else found.moved(origin)
        return moved.model_copy(update={"limits": limits})

    def secret(self, declaration: Declaration) -> Secret | None:
        """The user's key for a source; None where it needs none or none is set.

        Raises
        ------
        KeyRefusedError
            The key has not the publisher's shape.
        """
        rule = declaration.credential
        if rule is None:
            return None
        given = self.environment.get(rule.variable, "")
        if given:
            return checked(given, declaration, where=rule.variable)
        kept = self._held.get("keys", {}).get(declaration.key, "")
        return checked(kept, declaration, where=f"{self.path}, keys.{declaration.key}") if kept else None

    def _origins(self) -> dict[str, str]:
        origins = dict(self._held.get("addresses", {}))
        for pair in self.environment.get(ADDRESSES_VARIABLE, "").split(","):
            source, _, origin = pair.partition("=")
            if pair.strip():
                origins[source.strip()] = origin.strip()
        for source, origin in origins.items():
            if source not in rooms():
                raise UnknownCodeError.among("source", source, rooms())
            if urlsplit(origin).scheme not in ("http", "https") or not urlsplit(origin).hostname:
                raise ParameterError(
                    f"the address set for {source} is none",
                    where=ADDRESSES_VARIABLE,
                    remedy="Write https://host",
                )
        return origins


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            held = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as wrong:
        raise SchemaError(
            "the configuration file cannot be read", where=f"{path}: {wrong.strerror}"
        ) from wrong
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # What stands there may be a key: nothing of it is shown, not even as a cause.
        raise SchemaError("the configuration file is not valid TOML", where=str(path)) from None
    for section, fields in held.items():
        if section not in SECTIONS or not isinstance(fields, dict):
            raise SchemaError(
                "a section of the configuration file is unknown",
                where=str(path),
                remedy=f"Sections: {', '.join(SECTIONS)}",
            )
    _check_fields(held, path)
    if held.get("keys") and os.name != "nt" and mode & OTHERS:
        raise KeyRefusedError(
            "others may read the file with your keys",
            where=f"{path}, permissions {stat.S_IMODE(mode):o}",
            remedy=f"Make it yours alone: chmod 600 {path}",
        )
    return held


def _check_fields(held: dict[str, Any], path: Path) -> None:
    known = {one.key for one in declared() if one.credential is not None}
    for section, fields, kind in (
        ("keys", known, str),
        ("addresses", set(rooms()), str),
        ("network", set(NETWORK), (int, float)),
    ):
        for name, value in held.get(section, {}).items():
            if name not in fields:
                raise UnknownCodeError.among(f"field of [{section}] in {path}", name, fields)
            if not isinstance(value, kind) or isinstance(value, bool):
                raise SchemaError(f"{section}.{name} has the wrong form", where=str(path))
