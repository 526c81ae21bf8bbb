"""Runs JupyterLab until its standard input closes: `npm start` holds the other end, so the server ends with it, however it ends."""

import os
import signal
import sys
import threading

from jupyterlab.labapp import main


def end_with_the_starter():
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with_the_starter, daemon=True).start()
sys.exit(main())
