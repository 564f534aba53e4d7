"""Where does an engine in other processes find the bundled record? In the store, which it sees anyway.

The package lies wherever Python put it, on this machine only. A cluster is given the store's folder.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Final

from techbalance.errors import StoreError
from techbalance.record import __file__ as record_module

# The folder inside the store where an engine elsewhere finds what is not the store's own.
BUNDLED: Final = "bundled"


def placed(path: Path, home: Path) -> Path:
    """Copy a file of the bundled record into the store; any other file stays where it is.

    The copy is named by its content, so that one that is there is the right one, and appears whole.

    Raises
    ------
    StoreError
        The store cannot be written to.
    """
    if path.parent != Path(record_module).parent:
        return path.resolve()
    data = path.read_bytes()
    target = home.resolve() / BUNDLED / f"{path.stem}-{hashlib.sha256(data).hexdigest()[:12]}.parquet"
    try:
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
                part.write(data)
            # A worker may run as somebody else.
            Path(part.name).chmod(0o644)
            Path(part.name).replace(target)
    except OSError as wrong:
        raise StoreError(
            "the bundled record cannot be put into the store, where the engine would read it",
            where=f"{target}: {wrong.strerror}",
            remedy="Set TECHBALANCE_HOME to a folder that can be written and that the engine sees",
        ) from wrong
    return target
