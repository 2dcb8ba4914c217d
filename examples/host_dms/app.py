"""A small dealer management system that mounts servicelost: its own pages, users and tables, and five lines.

Run it with `flask --app examples/host_dms/app.py run`, after `flask --app ... servicelost db upgrade`.
Everything of servicelost here is between the two marks; the rest is what any Flask application has.
"""

from pathlib import Path

from flask import Flask, redirect, render_template_string, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, MetaData, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from werkzeug.exceptions import NotFound

from servicelost import ServiceLost
from servicelost.kernel.actor import Actor, Role


class Base(DeclarativeBase):
    """The host's own tables."""

    metadata = MetaData()


class User(Base):
    """Somebody who works here; `job` is what the host calls a role."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    job: Mapped[str] = mapped_column(String(20))


_ROLES = {"advisor": Role.SERVICE_ADVISOR, "manager": Role.SERVICE_MANAGER, "it": Role.ADMIN}
_PAGE = "<!doctype html><title>DMS</title><h1>{{ heading }}</h1>"


def create_app(folder: Path | None = None) -> Flask:
    """The host application with its database in the folder."""
    app = Flask(__name__, instance_path=str(folder) if folder else None)
    app.secret_key = "a real host keeps this secret"  # noqa: S105 - an example
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{app.instance_path}/dms.db")
    Base.metadata.create_all(engine)
    _add_pages(app, engine)

    # servicelost: begin
    def current_service_actor() -> Actor | None:
        if "user" not in session:
            return None
        return Actor(session["user"], frozenset({_ROLES[session["job"]]}), dealership_ids=None)

    ServiceLost(engine=engine, identity=current_service_actor, sign_in_url=lambda: "/login").init_app(app)
    # servicelost: end
    return app


def _add_pages(app: Flask, engine: Engine) -> None:
    @app.get("/")
    def home() -> str:
        return render_template_string(_PAGE, heading="Our DMS")

    @app.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template_string(_PAGE, heading="Who are you?")
        with Session(engine) as database:
            user = database.scalar(select(User).where(User.name == request.form["name"]))
        if user is None:
            return render_template_string(_PAGE, heading="Nobody we know"), 401
        session["user"], session["job"] = user.name, user.job
        return redirect("/")

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    @app.errorhandler(404)
    def nothing_here(_error: NotFound) -> ResponseReturnValue:
        return render_template_string(_PAGE, heading="The DMS has no such page"), 404

    @app.errorhandler(Exception)
    def failed(_error: Exception) -> ResponseReturnValue:
        return render_template_string(_PAGE, heading="The DMS is sorry"), 500
