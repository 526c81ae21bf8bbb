"""The gate of the kernel: jupyter-kernel-test, written by the Jupyter project for all kernels.

Run by kernel.test.ts, with JUPYTER_PATH pointing to a folder in which the kernel is installed. The last line says how
many tests ran and which were left out.
"""

import unittest

import jupyter_kernel_test


class KernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "course-typescript"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    code_generate_error = 'throw new Error("no")'
    code_execute_result = [
        {"code": "1 + 2", "result": "3"},
        {"code": "({ a: 1 })", "result": "{ a: 1 }"},
    ]
    code_display_data = [
        {"code": 'globalThis[Symbol.for("course.display")]({ "text/html": "<b>1</b>" })', "mime": "text/html"},
        {"code": 'import * as tslab from "tslab"; tslab.display.markdown("*1*")', "mime": "text/markdown"},
    ]
    code_clear_output = 'globalThis[Symbol.for("course.display")].clear()'
    code_inspect_sample = "Math.floor"
    code_history_pattern = "1 ? 2*"
    completion_samples = [
        {"text": "consol", "matches": {"console"}},
        {"text": "Math.flo", "matches": {"floor"}},
    ]
    complete_code_samples = ["1", "const x = 2", "function f() { return 1 }"]
    incomplete_code_samples = ["function f() {", "if (x) {", "foo("]
    supported_history_operations = ("tail", "range", "search")


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    skipped = sorted(test.id().rsplit(".", 1)[-1] for test, _ in result.skipped)
    print(f"ran {result.testsRun}, failed {len(result.failures) + len(result.errors)}, skipped {skipped}")
    raise SystemExit(not result.wasSuccessful())
