import argparse
from pathlib import Path

import pytest

from standardiste.errors import Unusable
from standardiste.settings import Settings, read_settings


def settings(environ: dict[str, str] | None = None, **flags: object) -> Settings:
    return read_settings({"HOME": "/home/ada"} | (environ or {}), argparse.Namespace(**flags))


def test_with_nothing_said_everything_has_a_sensible_place() -> None:
    plain = settings()
    assert plain.data_dir == Path("/home/ada/.local/share/standardiste")
    assert plain.models_dirs == (plain.data_dir / "models",)
    assert plain.database_url == f"sqlite:///{plain.data_dir}/standardiste.db"
    assert (plain.host, plain.port, plain.log_level) == ("127.0.0.1", 8080, "warning")
    assert plain.ari is None
    assert plain.commune_dir is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_DATA_HOME": "/srv/data"}, "/srv/data/standardiste"),
        ({"XDG_DATA_HOME": "data"}, "/home/ada/.local/share/standardiste"),  # the specification: ignore it
        ({"XDG_DATA_HOME": "/srv/data", "STANDARDISTE_DATA": "/var/lib/mairie"}, "/var/lib/mairie"),
    ],
)
def test_the_data_folder_follows_xdg_unless_named(environ: dict[str, str], expected: str) -> None:
    assert settings(environ).data_dir == Path(expected)


def test_models_are_looked_for_in_the_named_folders_first() -> None:
    dirs = settings({"STANDARDISTE_MODELS": "/a::/b", "STANDARDISTE_DATA": "/d"}).models_dirs
    assert dirs == (Path("/a"), Path("/b"), Path("/d/models"))


def test_the_command_line_goes_before_the_environment() -> None:
    environ = {
        "STANDARDISTE_PORT": "1",
        "STANDARDISTE_HOST": "::1",
        "STANDARDISTE_DATABASE": "sqlite:///x",
        "STANDARDISTE_COMMUNE": "/x",
        "STANDARDISTE_LOG_LEVEL": "INFO",
    }
    from_environment = settings(environ)
    assert (from_environment.port, from_environment.host) == (1, "::1")
    assert from_environment.log_level == "info"
    asked = settings(
        environ, port=0, host="127.0.0.2", database="sqlite://", commune=Path("/y"), log_level="error"
    )
    assert (asked.port, asked.host, asked.database_url) == (0, "127.0.0.2", "sqlite://")
    assert (asked.commune_dir, asked.log_level) == (Path("/y"), "error")


def test_the_address_of_the_database_may_come_from_a_file(tmp_path: Path) -> None:
    place = tmp_path / "base-url"
    place.write_text("postgresql://mairie:secret@base/mairie\n", encoding="utf-8")
    assert settings({"STANDARDISTE_DATABASE_FILE": str(place)}).database_url.endswith("@base/mairie")
    with pytest.raises(Unusable, match="STANDARDISTE_DATABASE_FILE"):
        settings({"STANDARDISTE_DATABASE_FILE": str(tmp_path / "absent")})


def test_asterisks_password_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3same\n")
    ari = settings(
        {"STANDARDISTE_ARI_URL": "http://127.0.0.1:8088/", "STANDARDISTE_ARI_PASSWORD_FILE": str(secret)}
    ).ari
    assert ari is not None
    assert (ari.url, ari.password, ari.app) == ("http://127.0.0.1:8088", "s3same", "accueil")
    assert "s3same" not in repr(ari)


@pytest.mark.parametrize(
    "environ",
    [
        {"STANDARDISTE_PORT": "80a"},
        {"STANDARDISTE_PORT": "65536"},
        {"STANDARDISTE_PORT": "٣"},
        {"STANDARDISTE_LOG_LEVEL": "loud"},
        {"STANDARDISTE_ARI_URL": "127.0.0.1:8088", "STANDARDISTE_ARI_PASSWORD": "x"},
        {"STANDARDISTE_ARI_URL": "http://127.0.0.1:8088"},
        {"STANDARDISTE_ARI_URL": "http://127.0.0.1:8088", "STANDARDISTE_ARI_PASSWORD_FILE": "/nowhere"},
    ],
)
def test_a_wrong_variable_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(Unusable, match="STANDARDISTE_"):
        settings(environ)
