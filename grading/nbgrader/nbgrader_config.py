"""nbgrader's configuration for this course. Made for nbgrader 0.9.6; `npx course nbgrader DIR` puts it into a folder."""

import os
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))

from course_nbgrader import HandOut, RebuildFromCourse  # noqa: E402
from nbgrader.converters import Autograde, GenerateAssignment  # noqa: E402
from nbgrader.preprocessors import ClearSolutions  # noqa: E402

c = get_config()  # noqa: F821

c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "training-vs-inference"

# The kernel of the course, which answers errors as nbgrader expects and gives the last value of a cell as its result.
kernels = (here / "node_modules").resolve().parent / ".venv" / "share" / "jupyter"
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(kernels), os.environ.get("JUPYTER_PATH")]))
# The short mode: where cells that train are run at all, they train for a few steps.
os.environ.setdefault("COURSE_SHORT", "1")

# Releasing: the learner's version as the course hands it out. nbgrader has no stubs for TypeScript.
handing_out = GenerateAssignment().preprocessors
c.GenerateAssignment.preprocessors = [HandOut if one is ClearSolutions else one for one in handing_out]

# Grading: first the submission is rebuilt, then nbgrader goes on as ever.
c.Autograde.sanitize_preprocessors = [RebuildFromCourse, *Autograde().sanitize_preprocessors]
for rebuild in (c.HandOut, c.RebuildFromCourse):
    rebuild.folder = str(here / "handed_out")
c.Execute.timeout = 120

# Feedback: what a learner printed or wrote in Markdown is shown without its markup's scripts.
c.HTMLExporter.sanitize_html = True
