"""Runs one cell in a kernel, as Jupyter would: node-versions.py FOLDER NAME, the cell on standard input. Prints its outputs as JSON."""

import json
import os
import sys

from jupyter_client.manager import start_new_kernel

folder, name = sys.argv[1:]
os.environ["JUPYTER_PATH"] = folder
manager, client = start_new_kernel(kernel_name=name, startup_timeout=120)
outputs = []


def keep(message):
    if message["msg_type"] in ("stream", "error", "execute_result"):
        outputs.append({"type": message["msg_type"], **message["content"]})


try:
    reply = client.execute_interactive(sys.stdin.read(), output_hook=keep, timeout=300)
    print(json.dumps({"status": reply["content"]["status"], "outputs": outputs}))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
