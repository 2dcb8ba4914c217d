"""The command line: what it prints where, how it ends, and that help is there at once."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

SCRIPT = [sys.executable, "-m", "servicelost.standalone.script"]
HEAVY = ("flask", "sqlalchemy", "rq", "pandas", "ibis", "duckdb", "plotly", "marshmallow")


class Shell:
    """Runs the program as a person does, in an instance folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SERVICELOST_")}
        self.environment: Mapping[str, str] = {**kept, "SERVICELOST_INSTANCE_PATH": str(folder)}

    def __call__(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SCRIPT, *arguments],
            env={**self.environment, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "instance")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from servicelost.standalone.script import main; "
        f"CliRunner().invoke(main, ['--help']); print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def processor_seconds(command: list[str]) -> float:
    """What the command takes of the processor, which how busy the machine is hardly changes; best of five."""
    took = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        took.append(sum(after[2:4]) - sum(before[2:4]))
    return min(took)


@pytest.mark.slow
def test_help_takes_little_longer_than_python_itself() -> None:
    least = processor_seconds([sys.executable, "-c", "import click"])
    assert processor_seconds([*SCRIPT, "--help"]) < 4 * least


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nope"], 2, "No such command 'nope'"),
        (["import", "--mapping", "none.toml", "x.csv"], 2, "none.toml"),
        (["report", "run", "lost-revenu"], 2, "did you mean lost-revenue?"),
        (["report", "run", "trend", "--from", "soon"], 2, "expected a day like 2026-03-31"),
        (["report", "run", "trend", "--dealership", "NOWHERE"], 2, "NOWHERE"),
        (["token", "create", "x", "--scope", "all"], 2, "'all' is not a scope"),
        (["token", "revoke", "nobody"], 2, "there is no token named 'nobody'"),
        (["account", "add", "x", "--role", "KING"], 2, "'KING' is not one of"),
        (["account", "lock", "nobody"], 2, "there is no account 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    shell: Shell, arguments: list[str], code: int, told: str
) -> None:
    done = shell(*arguments)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_do_not_exist_are_refused(shell: Shell) -> None:
    done = shell("db", "check", SERVICELOST_DATABSE_URL="sqlite://")
    assert done.returncode == 2
    assert "did you mean SERVICELOST_DATABASE_URL?" in done.stderr


def test_a_database_that_does_not_answer_is_a_failure(shell: Shell) -> None:
    done = shell("token", "list", SERVICELOST_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr


def test_a_database_that_is_not_ours_alone_is_not_changed_unasked(shell: Shell, pg_url: str) -> None:
    settings = {"SERVICELOST_DATABASE_URL": pg_url}
    refused = shell("token", "list", **settings)
    assert (refused.returncode, "run servicelost db upgrade" in refused.stderr) == (1, True)
    assert shell("db", "check", **settings).returncode == 1
    assert shell("db", "upgrade", **settings).returncode == 0
    assert shell("db", "check", **settings).returncode == 0
    assert shell("token", "list", **settings).returncode == 0


def test_secrets_go_to_stdout_alone(shell: Shell) -> None:
    made = shell("token", "create", "dms", "--scope", "events:write", "--days", "3")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("slt_")
    assert made.stdout.strip() not in made.stderr
    assert "dms" in shell("token", "list").stdout
    assert shell("token", "revoke", "dms").returncode == 0
    assert "revoked" in shell("token", "list").stdout


def test_accounts(shell: Shell) -> None:
    added = shell("account", "add", "Boris", "--role", "SERVICE_MANAGER")
    assert (added.returncode, len(added.stdout.strip())) == (0, 19)
    assert shell("account", "lock", "boris").returncode == 0
    assert shell("account", "list").stdout == "boris\tlocked\tSERVICE_MANAGER\n"
    again = shell("account", "password", "boris")
    assert again.stdout != added.stdout


def test_the_api_is_described_without_a_database(shell: Shell) -> None:
    done = shell("openapi")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["info"]["title"] == "servicelost"


def test_reports_on_an_empty_installation(shell: Shell) -> None:
    assert "where-why" in shell("report", "list").stdout
    done = shell("report", "run", "causes", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["report"] == "causes"
    assert shell("lake", "status", "--verify").returncode == 0
    assert "up to date" in shell("lake", "refresh").stderr
    assert "rebuilt" in shell("lake", "rebuild").stderr
    queued = shell("report", "run", "trend", "--queue")
    assert queued.returncode == 0
    assert "QUEUED" in queued.stdout


MAPPING_MISTAKE = """
[mapping]
name = "x"
"""


def test_a_mapping_that_cannot_be_used_is_explained(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(MAPPING_MISTAKE)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    done = shell("import", "--mapping", str(tmp_path / "m.toml"), str(tmp_path / "x.csv"))
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_has_the_same_commands(tmp_path: Path) -> None:
    host = Path(__file__).parents[2] / "examples" / "host_dms" / "app.py"
    (tmp_path / "wsgi.py").write_text(
        "import sys; from pathlib import Path\n"
        f"sys.path.insert(0, {str(host.parents[2])!r})\n"
        "from examples.host_dms.app import create_app\n"
        "app = create_app(Path('data').absolute())\n"
    )

    def flask(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "servicelost", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    listed = flask("--help").stdout
    assert "worker" in listed
    assert "account" not in listed
    refused = flask("token", "list")
    assert (refused.returncode, "run flask servicelost db upgrade" in refused.stderr) == (1, True)
    assert flask("db", "upgrade").returncode == 0
    assert flask("db", "check").returncode == 0
    assert flask("token", "create", "dms", "--scope", "events:write").stdout.startswith("slt_")
    assert flask("report", "run", "nope").returncode == 2
    assert json.loads(flask("openapi").stdout)["openapi"] == "3.1.0"


def test_the_demonstration_prints_what_was_lost_and_who_may_sign_in_and_only_once(shell: Shell) -> None:
    wanted = ("demo", "--size", "60", "--until", "2026-06-17", "--seed", "7")
    first = shell(*wanted)
    assert first.returncode == 0, first.stderr
    assert "not as expected" not in first.stderr
    assert "Lost, gross" in first.stdout
    sign_ins = re.findall(r"^  (\w+) +((?:\w{4}-){3}\w{4})  .*?([A-Z_]+)$", first.stdout, re.MULTILINE)
    wanted_roles = ["SERVICE_ADVISOR", "BDC_AGENT", "SERVICE_MANAGER", "GROUP_MANAGER"]
    assert [role for _, _, role in sign_ins][1:] == wanted_roles
    again = shell(*wanted)
    assert (again.returncode, "Loaded" in again.stderr) == (0, False)
    assert not any(password in again.stdout for _, password, _ in sign_ins)


@pytest.mark.parametrize("size", ["huge", "49", "200001", "-1", "1.5"])
def test_a_size_that_is_none_is_refused_with_those_there_are(shell: Shell, size: str) -> None:
    done = shell("demo", f"--size={size}")
    assert done.returncode == 2
    assert "small (3,000), normal (15,000), large (60,000)" in done.stderr
    assert not shell.folder.exists()
