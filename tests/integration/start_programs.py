"""Small programs that the tests of starting run as real processes; each tells what it has loaded."""

import json
import os
import sys
from http import HTTPStatus
from importlib import import_module

from click.testing import CliRunner


def ask_for_help() -> None:
    main = import_module("servicelost.standalone.script").main
    for arguments in (["--help"], ["--version"]):
        assert CliRunner().invoke(main, arguments).exit_code == 0


def mount() -> None:
    host = import_module("flask").Flask("host", instance_path=os.environ["SERVICELOST_INSTANCE_PATH"])
    import_module("servicelost").ServiceLost().init_app(host)


def serve() -> None:
    """Everything an office does in a day: pages, decisions, events, reports and their rows."""
    client = import_module("servicelost.standalone.app").create_app().test_client()
    form = {"username": "ana", "password": os.environ["PASSWORD"]}
    token = client.get("/service/sign-in").get_data(as_text=True).split('name="csrf_token" value="')[1]
    answer = client.post("/service/sign-in", data={**form, "csrf_token": token.split('"')[0]})
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.get_data(as_text=True)
    for path in json.loads(os.environ["PATHS"]):
        answer = client.get(path)
        assert answer.status_code == HTTPStatus.OK, (path, answer.status)
    headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
    answer = client.post("/service/api/v1/events", json=json.loads(os.environ["EVENT"]), headers=headers)
    assert answer.status_code == HTTPStatus.OK, answer.get_data(as_text=True)
    document = client.get("/service/api/v1/openapi.json").get_json()
    assert "Event" in document["components"]["schemas"]


if __name__ == "__main__":
    {"help": ask_for_help, "mount": mount, "serve": serve}[sys.argv[1]]()
    sys.stdout.write(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
