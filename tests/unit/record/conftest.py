"""What the tests of the record share: the builder, which lives beside the package and not inside it."""

import sys
from pathlib import Path

import pytest

from techbalance import record

ROOT = Path(__file__).resolve().parents[3]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The folder of the record that ships."""
    return record.folder()
