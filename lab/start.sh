#!/usr/bin/env bash
# Starts JupyterLab on notebooks/, as set up by lab/setup.sh. Arguments go to JupyterLab, such as --port 9999.
set -euo pipefail
source "$(dirname "$0")/environment.sh"
if [ ! -x "$python" ]; then
    echo "JupyterLab is not installed yet: run 'make lab'." >&2
    exit 1
fi

# The lab is open to this machine alone, with a token (lab/jupyter/jupyter_lab_config.py). Who asks for more gets it, and
# is told what that means.
address= token=
previous=
for argument in "$@"; do
    case $previous in
    --ip | --ServerApp.ip) address=$argument ;;
    --IdentityProvider.token | --ServerApp.token) token=${argument:-none} ;;
    esac
    case $argument in
    --ip=* | --ServerApp.ip=*) address=${argument#*=} ;;
    --IdentityProvider.token=* | --ServerApp.token=*) token=${argument#*=} token=${token:-none} ;;
    esac
    previous=$argument
done
warn() { printf '\033[1;31m%s\033[0m\n' "WARNING: $*" >&2; }
if [ ! -t 2 ]; then warn() { printf '%s\n' "WARNING: $*" >&2; }; fi
case $address in
"" | 127.* | localhost | ::1) ;;
*) warn "JupyterLab listens on $address: every machine that reaches it and has the token runs programs as you, and the token travels unencrypted." ;;
esac
if [ "$token" = none ]; then
    warn "JupyterLab asks for no token: everyone who reaches it, any program of this machine among them, runs programs as you."
elif [ -n "$token" ]; then
    warn "The token stands in the command line, where every user of this machine can read it. Set JUPYTER_TOKEN instead."
fi

say "Starting JupyterLab: some seconds. It is open where its addresses stand below; Ctrl-C twice ends it."
exec "$python" -m jupyterlab "$@"
