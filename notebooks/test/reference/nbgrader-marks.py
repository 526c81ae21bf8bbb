"""Writes nbgrader-marks.json beside this file: what nbgrader 0.9.6 itself makes of the cells below.

    pip install nbgrader==0.9.6
    python notebooks/test/reference/nbgrader-marks.py

`checksums` are from nbgrader.utils.compute_checksum. `release` is from `nbgrader generate_assignment` on a notebook with
one cell of each kind that the course has: the metadata that a student's copy gets. (nbgrader marks the cells itself
there; only the flags, ids and points are given to it.)
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import nbformat
from nbgrader.utils import compute_checksum

code, markdown = nbformat.v4.new_code_cell, nbformat.v4.new_markdown_cell


def marked(cell, grade_id, points=None, **flags):
    metadata = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, "grade_id": grade_id}
    metadata.update(flags)
    if points is not None:
        metadata["points"] = points
    cell.metadata["nbgrader"] = metadata
    return cell


cells = [
    marked(code("function half(n: number) {\n  return n / 2;\n}"), "exercise-1-1", solution=True),
    marked(code('check("1.1", { half });'), "check-1-1", grade=True, locked=True, points=2),
    marked(code('check("1.1", { half });'), "check-1-1", grade=True, locked=True, points=0.5),
    marked(code('check("1.1", { half });'), "check-1-1", grade=True, locked=False, points=12.25),
    marked(markdown("Because π ≠ 3 – “naïve”."), "answer-1-2", grade=True, solution=True, points=1),
    marked(code(""), "empty", grade=True, locked=True, points=0),
    marked(code("const fixed = 1;"), "read-only", locked=True),
]
checksums = [{"cell": {k: cell[k] for k in ("cell_type", "source", "metadata")}, "checksum": compute_checksum(cell)} for cell in cells]

source = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "course-typescript", "display_name": "TypeScript", "language": "typescript"}})
source.cells = [
    marked(code("function half(n: number) {\n  // BEGIN SOLUTION\n  return n / 2;\n  // END SOLUTION\n}"), "exercise-1-1", solution=True),
    marked(code('check("1.1", { half });'), "check-1-1", grade=True, locked=True, points=2),
    marked(markdown("A model answer."), "answer-1-2", grade=True, solution=True, points=1),
]
stub = 'throw new Error("Exercise 1.1 is not done yet.");'
with tempfile.TemporaryDirectory() as folder:
    course = pathlib.Path(folder)
    (course / "source" / "ps").mkdir(parents=True)
    nbformat.write(source, course / "source" / "ps" / "nb.ipynb")
    (course / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {folder!r}\nc.CourseDirectory.course_id = 'course'\n"
        f"c.ClearSolutions.code_stub = {{'typescript': {stub!r}}}\nc.ClearSolutions.text_stub = '*Your answer:*'\n"
    )
    subprocess.run([sys.executable, "-m", "nbgrader", "db", "assignment", "add", "ps"], cwd=folder, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "nbgrader", "generate_assignment", "ps"], cwd=folder, check=True, capture_output=True)
    released = nbformat.read(course / "release" / "ps" / "nb.ipynb", as_version=4)

release = [{"source": cell.source, "metadata": cell.metadata} for cell in released.cells]
out = pathlib.Path(__file__).with_suffix(".json")
out.write_text(json.dumps({"checksums": checksums, "release": release}, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
print(f"{len(checksums)} checksums, {len(release)} released cells")
