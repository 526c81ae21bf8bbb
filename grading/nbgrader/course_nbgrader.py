"""What nbgrader 0.9.6 needs to release and grade the notebooks of this course; `nbgrader_config.py` beside it uses it.

A submission is rebuilt from the notebook as it was handed out: only the text of its solution cells is taken. So it makes
no difference what was done to other cells, to tags such as `skip-execution`, to ids, to the order or to the kernel, and
nbgrader's own repairs (which write Python comments into TypeScript) have nothing left to do.
"""

import pathlib
import re

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Unicode


# An import with what it imports, and the names in it (`import { a, type B as C } from "d"`: all words but the file's).
IMPORT = re.compile(r"""^import\s[^;"']*?from\s+["'][^"']+["'];?""", re.MULTILINE)
NAME = re.compile(r"""\b(?!import\b|from\b|type\b|as\b)[A-Za-z_]\w*(?=[^"']*\bfrom\b)""")


class _FromCourse(NbGraderPreprocessor):
    folder = Unicode("handed_out", help="Where the notebooks are as learners get them.").tag(config=True)

    def handed_out(self, resources):
        name = resources["nbgrader"]["notebook"]
        file = pathlib.Path(self.folder) / f"{name}.ipynb"
        if not file.exists():
            raise ValueError(f"{file} is missing: make this folder again with `npx course nbgrader`")
        return nbformat.read(file, as_version=4)


class HandOut(_FromCourse):
    """Makes the learner's version, in the place of ClearSolutions: each exercise has its own stub, no stub is a comment."""

    def preprocess(self, nb, resources):
        ours = self.handed_out(resources)
        nb.cells, nb.metadata = ours.cells, ours.metadata
        return nb, resources


class RebuildFromCourse(_FromCourse):
    """Puts the text of the learner's solution cells into the notebook as it was handed out."""

    only_exercises = Bool(
        True,
        help="Run only the cells of the exercises and what stands in cells tagged `exercise-needs`, not the training.",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        ours = self.handed_out(resources)
        for cell in ours.cells:
            marks = cell.metadata.get("nbgrader")
            if not marks:
                continue
            if marks["solution"]:
                cell.source = self.answer(nb, cell)
            marks.pop("cell_type", None)
        if self.only_exercises:
            ours.cells = self.imports(ours.cells) + [cell for cell in ours.cells if self.counts(cell)]
        nb.cells, nb.metadata = ours.cells, ours.metadata
        return nb, resources

    def imports(self, cells):
        """A cell with the imports of cells that are left out, as far as the others use their names."""
        kept = "\n".join(cell.source for cell in cells if self.counts(cell))
        left_out = "\n".join(cell.source for cell in cells if cell.cell_type == "code" and not self.counts(cell))
        imported = set(NAME.findall(" ".join(IMPORT.findall(kept))))
        lines = []
        for line in IMPORT.findall(left_out):
            names = set(NAME.findall(line)) - imported
            if any(re.search(rf"\b{name}\b", kept) for name in names):
                lines.append(line)
                imported |= names
        return [nbformat.v4.new_code_cell("\n".join(lines))] if lines else []

    @staticmethod
    def counts(cell):
        return "nbgrader" in cell.metadata or "exercise-needs" in cell.metadata.get("tags", [])

    @staticmethod
    def answer(nb, ours):
        """The text that counts: found by nbgrader's id, else by the cell's own; of several copies the last one changed."""
        grade_id = ours.metadata.nbgrader.grade_id

        def named(cell):
            marks = cell.get("metadata", {}).get("nbgrader")
            return isinstance(marks, dict) and marks.get("grade_id") == grade_id

        for found in (named, lambda cell: cell.get("id") == ours.id):
            texts = [cell.source for cell in nb.cells if found(cell) and isinstance(cell.source, str)]
            changed = [text for text in texts if text != ours.source]
            if texts:
                return (changed or texts)[-1]
        return ours.source
