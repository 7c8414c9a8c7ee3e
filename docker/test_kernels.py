"""Runs inside the image for docker/test.sh: JupyterLab lists the kernels and asks for its token, and a cell runs in the
kernels that need no GPU.

    python test_kernels.py TOKEN
"""

import json
import sys
import time
import uuid
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import websocket

ADDRESS = "127.0.0.1:8888"
TOKEN = sys.argv[1]
CELL = """
%%
b, err := backend.Default()
fmt.Println(b.Name(), err)
"""


def call(path, body=None, headers=None):
    headers = {"Authorization": f"token {TOKEN}"} if headers is None else headers
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"http://{ADDRESS}/api/{path}", data, headers), timeout=60) as answer:
        return json.load(answer)


def refused(path, headers):
    try:
        call(path, headers=headers)
    except HTTPError as error:
        return error.code == 403
    return False


def ask(kernel, request, **content):
    """Returns the kernel's reply and what it printed. Raises when nothing comes for five minutes."""
    channel = websocket.create_connection(
        f"ws://{ADDRESS}/api/kernels/{kernel}/channels", header=[f"Authorization: token {TOKEN}"], timeout=300
    )
    number = uuid.uuid4().hex
    header = {"msg_id": number, "msg_type": f"{request}_request", "username": "", "session": number, "version": "5.3"}
    message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
    channel.send(json.dumps(message))
    reply, idle, printed = None, False, ""
    while reply is None or not idle:
        message = json.loads(channel.recv())
        if message["parent_header"].get("msg_id") != number:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            printed += content["text"]
        elif kind == f"{request}_reply":
            reply = content
        elif kind == "status":
            idle = content["execution_state"] == "idle"
    channel.close()
    return reply, printed


def execute(kernel, code):
    reply, printed = ask(kernel, "execute", code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False)
    assert reply["status"] == "ok", (reply, printed)
    return printed


def complete(kernel, code):
    """Returns what the code can go on with. Until gopls has read the packages there is nothing: asks for two minutes."""
    deadline = time.monotonic() + 120
    while True:
        reply, _ = ask(kernel, "complete", code=code, cursor_pos=len(code))
        if reply["matches"] or time.monotonic() > deadline:
            return reply["matches"]
        time.sleep(1)


def main():
    kernels = sorted(call("kernelspecs")["kernelspecs"])
    assert kernels == ["unstuck-go", "unstuck-xla-cpu"], kernels  # without a GPU
    assert refused("kernelspecs", {}), "JupyterLab answers without a token"
    foreign = {"Authorization": f"token {TOKEN}", "Host": "example.com"}
    assert refused("kernelspecs", foreign), "JupyterLab answers to a name that is not this machine's"
    print("JupyterLab lists", ", ".join(kernels), "and refuses requests without its token or to another name")
    for name, backend in ("unstuck-go", "go"), ("unstuck-xla-cpu", "xla:cpu"):
        start = time.monotonic()
        kernel = call("kernels", {"name": name})["id"]
        printed = execute(kernel, CELL)
        assert printed.split() == [backend, "<nil>"], printed
        print(f"{name}: a first cell says {printed.strip()!r} {time.monotonic() - start:.1f} s after the kernel's start")
        matches = complete(kernel, "%%\nfit.Comp")
        assert any("Compile" in match for match in matches), matches
        print(f"{name}: fit.Comp is completed, among others to {matches[0]}")


main()
