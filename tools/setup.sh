#!/bin/sh
# Prepares .venv from requirements.lock. A second run with the same lock and Python does nothing.
set -eu
cd "$(dirname "$0")/.."
export PYTHONUTF8=1

say() { printf '%s\n' "$*" >&2; }

recent() {
	"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
	for name in ${RECTIFY_PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
		if command -v "$name" >/dev/null 2>&1 && recent "$name"; then
			command -v "$name"
			return 0
		fi
	done
	return 1
}

facts() {
	# What the environment is made from: change any of it and it is installed anew.
	.venv/bin/python -c '
import hashlib, pathlib, platform, sys
lock = hashlib.sha256(pathlib.Path("requirements.lock").read_bytes()).hexdigest()
print(lock, platform.python_version(), platform.machine(), sys.prefix)'
}

compile_messages() {
	.venv/bin/python -m tools.compile_messages
}

if [ -x .venv/bin/python ] && recent .venv/bin/python; then
	if [ -f .venv/stamp ] && [ "$(cat .venv/stamp)" = "$(facts)" ]; then
		compile_messages
		exit 0
	fi
elif [ -e .venv ]; then
	say 'The Python that .venv was made with has gone: making it anew.'
	rm -rf .venv
fi

if [ ! -e .venv ]; then
	python=$(find_python) || {
		say 'Rectify needs Python 3.11 or newer, and none was found on the PATH.'
		say 'Install it (on Debian or Ubuntu: apt-get install python3 python3-venv), then try again.'
		exit 1
	}
	if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
		say "$python cannot make virtual environments: its venv module is not installed."
		say 'On Debian or Ubuntu: apt-get install python3-venv, then try again.'
		exit 1
	fi
	say "Making .venv with $python ..."
	"$python" -m venv .venv || {
		rm -rf .venv
		say 'The virtual environment could not be made; what stands above says why.'
		exit 1
	}
fi

# uv installs the lock in seconds; it stands in the lock too, so its digest is checked like any other.
say 'Installing from requirements.lock ...'
installer='.venv/bin/python -m pip install --quiet --disable-pip-version-check'
.venv/bin/python -m tools.lock uv >.venv/uv.lock
if $installer --require-hashes --no-deps -r .venv/uv.lock 2>.venv/uv.log &&
	.venv/bin/python -m uv pip install --quiet --python .venv/bin/python \
		--require-hashes -r requirements.lock 2>>.venv/uv.log; then
	:
elif ! $installer --require-hashes -r requirements.lock; then
	cat .venv/uv.log >&2
	say 'The packages in requirements.lock could not be installed; what stands above says why.'
	say 'Is a Python package index reachable from here?'
	exit 1
fi

compile_messages
facts >.venv/stamp
say 'The environment is ready.'
