"""What an installation started by `make run` keeps under var/: keys, data, demonstration."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRETS: dict[str, Callable[[], str]] = {
    "RECTIFY_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "RECTIFY_AUDIT_KEY": lambda: secrets.token_hex(32),
    "RECTIFY_CHECKPOINT_KEY": lambda: secrets.token_hex(32),
}


class CannotRunError(Exception):
    """Why Rectify does not start, as a sentence for whoever typed `make run`."""


def saved_secrets(var: Path) -> dict[str, str]:
    """The keys of this installation, made once; they seal the record, so they must last."""
    path = var / "secrets.env"
    if not path.exists():
        if (var / "rectify.sqlite3").exists():
            raise CannotRunError(
                f"{path} has gone, but its data is still there. Put it back from a copy: "
                f"without its keys the record cannot be verified. Or remove {var} to begin anew."
            )
        write_private(path, "")
    kept = _secrets_in(path)
    made = {name: make() for name, make in SECRETS.items() if name not in kept}
    if made:  # the first start, or the first one of a release that needs one more
        write_private(path, "".join(f"{n}={value}\n" for n, value in (kept | made).items()))
    return kept | made


def _secrets_in(path: Path) -> dict[str, str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def prepared_environment(var: Path, port: int) -> dict[str, str]:
    """What the children see: what the caller set wins over what we keep."""
    kept = {
        "RECTIFY_ENV": "demo",
        "RECTIFY_URL": f"http://127.0.0.1:{port}",
        **saved_secrets(var),
    }
    # Chinese comes out whole whatever the terminal's locale says.
    text = {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    return {**kept, **os.environ, **text, "RECTIFY_VAR": str(var)}


def manage(environment: Mapping[str, str], *words: str, purpose: str) -> str:
    """Run one management command to its end; answer what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        why = (done.stderr or done.stdout).strip()
        raise CannotRunError(f"{why}\n{purpose} failed; what stands above says why.")
    return done.stdout


def static_stamp() -> str:
    """Changes when any static file does."""
    files = sorted(path for path in (ROOT / "static").rglob("*") if path.is_file())
    return json.dumps([[str(path), path.stat().st_mtime_ns] for path in files])


def prepare(environment: Mapping[str, str], var: Path) -> None:
    """Bring the database, the static files and the demonstration round up to date."""
    manage(environment, "migrate", "--noinput", purpose="Preparing the database")
    seen = var / "static.stamp"
    now = static_stamp()
    if not seen.exists() or seen.read_text(encoding="utf-8") != now:
        manage(environment, "collectstatic", "--noinput", purpose="Collecting the static files")
        seen.write_text(now, encoding="utf-8")
    if environment["RECTIFY_ENV"] == "demo":
        load_demo(environment, logins=var / "demo-logins.txt")


def load_demo(environment: Mapping[str, str], *, logins: Path) -> None:
    """Load what is missing of the demonstration; print its logins the first time."""
    had = logins.exists()
    try:
        said = manage(environment, "load_demo", purpose="Loading the demonstration round")
    except CannotRunError:
        if not had:
            raise
        # Somebody works beside the demonstration by now: their data is served as it is.
        return
    if not had:
        print(said.strip(), flush=True)
