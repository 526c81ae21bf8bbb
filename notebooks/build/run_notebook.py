"""Runs a notebook in its own kernel, cell by cell, and saves it with its outputs.

Called by run.ts, which reads one JSON event a line from the standard output. Its standard input is the lifeline: when
that closes, or on an interrupt, the kernel is stopped and what was run so far is saved. Outputs that come late, from a
timer or a promise, go to the cell they came from (nbclient, which this replaces, drops them).
"""

import argparse
import asyncio
import json
import os
import signal
import threading
import time
from queue import Empty

import nbformat
from jupyter_client.manager import AsyncKernelManager

LATE_SECONDS = 0.5  # after the last cell, for outputs still on their way
INTERRUPT_SECONDS = 10  # for a cell to end after it was interrupted


def emit(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class KernelDied(Exception):
    pass


class Runner:
    def __init__(self, notebook, timeout):
        self.notebook = notebook
        self.timeout = timeout
        self.cell_of = {}  # message id of an execute request -> its cell
        self.idle = {}  # message id -> event: the kernel has sent everything of this cell
        self.shown = {}  # display id -> the outputs to update
        self.clear_next = set()  # ids of cells to be cleared when the next output comes

    async def start(self, cwd, log):
        name = self.notebook.metadata.kernelspec.name
        self.manager = AsyncKernelManager(kernel_name=name)
        await self.manager.start_kernel(cwd=cwd, stdout=log, stderr=log)
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=60)
        self.listener = asyncio.ensure_future(self.listen())

    async def stop(self, now):
        if hasattr(self, "listener"):
            self.listener.cancel()
        if hasattr(self, "client"):
            self.client.stop_channels()
        if hasattr(self, "manager") and self.manager.has_kernel:
            await self.manager.shutdown_kernel(now=now)

    async def listen(self):
        while True:
            try:
                message = await self.client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            parent = message["parent_header"].get("msg_id")
            if parent in self.cell_of:
                self.take(message, self.cell_of[parent])
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    self.idle[parent].set()

    def take(self, message, cell):
        kind, content = message["msg_type"], message["content"]
        if kind == "execute_input":
            cell.execution_count = content["execution_count"]
        elif kind == "clear_output":
            if content.get("wait"):
                self.clear_next.add(cell.id)
            else:
                cell.outputs = []
        elif kind == "update_display_data":
            for output in self.shown.get(content["transient"]["display_id"], []):
                output.data, output.metadata = nbformat.from_dict(content["data"]), nbformat.from_dict(content["metadata"])
        elif kind in ("stream", "display_data", "execute_result", "error"):
            if cell.id in self.clear_next:
                self.clear_next.discard(cell.id)
                cell.outputs = []
            last = cell.outputs[-1] if cell.outputs else None
            if kind == "stream" and last and last.output_type == "stream" and last.name == content["name"]:
                last.text += content["text"]
                return
            output = nbformat.v4.output_from_msg(message)
            cell.outputs.append(output)
            display_id = content.get("transient", {}).get("display_id")
            if display_id:
                self.shown.setdefault(display_id, []).append(output)

    async def reply(self, request, seconds):
        """The reply to a request; None when it does not come in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                message = await self.client.get_shell_msg(timeout=min(1, max(0.01, end - time.monotonic())))
            except Empty:
                if not await self.manager.is_alive():
                    raise KernelDied
                continue
            if message["parent_header"].get("msg_id") == request:
                return message["content"]
        return None

    async def run(self, cell):
        """Runs one cell; gives "ok", "error" or "timeout"."""
        cell.outputs, cell.execution_count = [], None
        request = self.client.execute(cell.source, allow_stdin=False, stop_on_error=False)
        self.cell_of[request], self.idle[request] = cell, asyncio.Event()
        timeout = self.timeout * (3 if "slow" in cell.metadata.get("tags", []) else 1)
        reply = await self.reply(request, timeout)
        status = reply["status"] if reply else "timeout"
        if reply is None:
            await self.manager.interrupt_kernel()
            if await self.reply(request, INTERRUPT_SECONDS) is None:
                raise KernelDied(f"it does not react to an interrupt after {timeout:g} s")
        idle = asyncio.ensure_future(self.idle[request].wait())
        await asyncio.wait({idle, self.listener}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        idle.cancel()
        if self.listener.done():
            self.listener.result()  # raises what stopped it
        return "error" if status == "aborted" else status


async def main(options):
    notebook = nbformat.read(options.notebook, as_version=4)
    runner = Runner(notebook, options.timeout)
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    asked = []

    def cancel():
        if not asked:
            asked.append(True)
            task.cancel()

    def watch_lifeline():
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(cancel)

    for name in ("SIGINT", "SIGTERM"):
        try:
            loop.add_signal_handler(getattr(signal, name), cancel)
        except NotImplementedError:  # Windows
            signal.signal(getattr(signal, name), lambda *_: loop.call_soon_threadsafe(cancel))
    threading.Thread(target=watch_lifeline, daemon=True).start()

    end = "finished"
    with open(options.log, "w") as log:
        try:
            began = time.monotonic()
            await runner.start(os.path.dirname(os.path.abspath(options.notebook)), log)
            emit("ready", seconds=time.monotonic() - began)
            for cell in notebook.cells:
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                emit("start", cell=cell.id)
                began = time.monotonic()
                status = "died"
                try:
                    status = await runner.run(cell)
                except asyncio.CancelledError:
                    status = "stopped"
                    raise
                finally:
                    emit("end", cell=cell.id, status=status, seconds=time.monotonic() - began)
                if status != "ok" and not options.keep_going:
                    break
            await asyncio.sleep(LATE_SECONDS)
        except asyncio.CancelledError:
            end = "stopped"
        except KernelDied as error:
            emit("died", reason=str(error) or "its process ended")
            end = "died"
        except Exception as error:  # no kernel of that name, no port, a disk that is full
            emit("died", reason=f"{type(error).__name__}: {error}")
            end = "died"
        finally:
            await runner.stop(now=end != "finished")
    partial = options.out + ".part"
    nbformat.write(notebook, partial)
    os.replace(partial, options.out)
    if end != "died":  # that has been said, with the reason
        emit(end)


parser = argparse.ArgumentParser()
parser.add_argument("notebook")
parser.add_argument("--out", required=True)
parser.add_argument("--log", required=True)
parser.add_argument("--timeout", type=float, default=600)
parser.add_argument("--keep-going", action="store_true")
asyncio.run(main(parser.parse_args()))
