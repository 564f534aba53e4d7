"""Keys and addresses: from where they are read, and what is refused."""

import stat
from pathlib import Path

import pytest

from techbalance.errors import KeyRefusedError, ParameterError, SchemaError, UnknownCodeError
from techbalance.sources.secrets import HIDDEN, Secret, quoted, redact
from techbalance.store.settings import Settings

KEY = "0123456789abcdefABCDEF0123456789abcdef01"
OWNER = stat.S_IRUSR | stat.S_IWUSR


def written(tmp_path: Path, text: str, mode: int = OWNER) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_nothing_set_is_the_declaration_as_it_stands(tmp_path: Path):
    settings = Settings(tmp_path / "none.toml", {})
    found = settings.declaration("census-country")
    assert found.address == "https://www.census.gov/foreign-trade/balance/country.xlsx"
    assert found.limits.requests_per_second == 2
    assert settings.secret(settings.declaration("census-hs")) is None
    assert settings.secret(found) is None


def test_the_environment_goes_before_the_file(tmp_path: Path):
    path = written(tmp_path, f'[keys]\ncensus = "{KEY}"\n')
    source = Settings(path, {}).declaration("census-hs")
    from_file = Settings(path, {}).secret(source)
    assert from_file is not None
    assert from_file.reveal() == KEY
    other = KEY[::-1]
    from_environment = Settings(path, {"CENSUS_API_KEY": other}).secret(source)
    assert from_environment is not None
    assert from_environment.reveal() == other


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_file_with_keys_that_others_may_read_is_refused(tmp_path: Path, mode: int):
    path = written(tmp_path, f'[keys]\ncensus = "{KEY}"\n', mode)
    with pytest.raises(KeyRefusedError, match="chmod 600") as caught:
        Settings(path, {})
    assert KEY not in str(caught.value)


def test_a_file_without_keys_may_be_read_by_others(tmp_path: Path):
    path = written(tmp_path, "[network]\nread_seconds = 5\n", 0o644)
    assert Settings(path, {}).declaration("worldbank").limits.read_seconds == 5


def test_a_damaged_file_is_refused_without_showing_it(tmp_path: Path):
    path = written(tmp_path, f'[keys]\ncensus = "{KEY}\n')
    with pytest.raises(SchemaError, match="not valid TOML") as caught:
        Settings(path, {})
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("[key]\ncensus = 'x'\n", SchemaError, "Sections: keys, addresses, network"),
        ("[keys]\ncensos = 'x'\n", UnknownCodeError, "'census'"),
        ("[addresses]\ncensus-contry = 'x'\n", UnknownCodeError, "'census-country'"),
        ("[network]\nread_second = 1\n", UnknownCodeError, "'read_seconds'"),
        ("[network]\nread_seconds = 'long'\n", SchemaError, "wrong form"),
        ("[network]\nattempts = true\n", SchemaError, "wrong form"),
    ],
)
def test_what_nobody_knows_is_refused(tmp_path: Path, text: str, error: type[Exception], says: str):
    path = written(tmp_path, text)
    with pytest.raises(error, match=says):
        Settings(path, {})


def test_a_value_beyond_reason_is_refused_where_it_is_used(tmp_path: Path):
    path = written(tmp_path, "[network]\nattempts = 0\n")
    with pytest.raises(SchemaError, match=r"network\.attempts"):
        Settings(path, {}).declaration("worldbank")


def test_an_address_is_moved_and_its_path_stays(tmp_path: Path):
    settings = Settings(
        tmp_path / "none.toml",
        {"TECHBALANCE_ADDRESSES": "worldbank=http://127.0.0.1:8000/mirror/, census-hs=https://example.org"},
    )
    assert settings.declaration("worldbank").address == "http://127.0.0.1:8000/mirror/v2/"
    assert settings.declaration("census-hs").address == "https://example.org/data/timeseries/intltrade/"


@pytest.mark.parametrize("origin", ["", "example.org", "ftp://example.org", "file:///etc"])
def test_what_is_no_address_is_refused(tmp_path: Path, origin: str):
    settings = Settings(tmp_path / "none.toml", {"TECHBALANCE_ADDRESSES": f"worldbank={origin}"})
    with pytest.raises(ParameterError, match="https://host"):
        settings.declaration("worldbank")


def test_only_an_own_mirror_is_asked_faster_than_declared(tmp_path: Path):
    path = written(tmp_path, "[network]\nrequests_per_second = 50\n")
    assert Settings(path, {}).declaration("worldbank").limits.requests_per_second == 2
    own = {"TECHBALANCE_ADDRESSES": "worldbank=http://127.0.0.1:1"}
    assert Settings(path, own).declaration("worldbank").limits.requests_per_second == 50
    slow = written(tmp_path, "[network]\nrequests_per_second = 0.5\n")
    assert Settings(slow, {}).declaration("worldbank").limits.requests_per_second == 0.5


# --- what is never shown ----------------------------------------------------------------------------------


def test_a_key_shows_itself_to_nobody():
    secret = Secret(KEY)
    assert KEY not in f"{secret!r} {secret} {[secret]} {vars.__name__}"
    with pytest.raises(ValueError, match="not written down"):
        secret.__reduce__()


def test_a_key_is_hidden_wherever_it_stands():
    secret = Secret("a/b+c d")
    for text in ("a/b+c d", "x=a%2Fb%2Bc%20d&", "x=a%2Fb%2Bc+d"):
        assert redact(f"<{text}>", [secret]).count(HIDDEN) == 1
    assert redact("https://host/x?get=A&key=whatever&time=1") == f"https://host/x?get=A&key={HIDDEN}&time=1"
    assert redact("subscription-key=abc") == f"subscription-key={HIDDEN}"
    assert redact("Authorization: Bearer abcdefghijkl") == f"Authorization: Bearer {HIDDEN}"
    assert redact("keys and monkeys=3") == "keys and monkeys=3"


def test_a_publishers_text_is_one_line_of_words():
    assert quoted("a\r\n\x1b[31mb\x00  c") == "a [31mb c"
    assert quoted("x" * 300).endswith("x...")
