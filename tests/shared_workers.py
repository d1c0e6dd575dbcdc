"""Worker processes for all tests that call a front in this process: starting one takes longer than most of them."""

import os
import sys
from dataclasses import dataclass
from typing import Any

from gradcheck.running.supervisor import Supervisor
from gradcheck.running.tasks import load_contents


@dataclass(frozen=True)
class InFolder:
    """A task that runs in the folder of its test, where the same names are other files.

    path: sys.path there.  names: the modules of the test, which are imported anew.
    """

    task: Any
    folder: str
    path: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def timeout(self):
        return self.task.timeout

    def run(self, channel):
        os.chdir(self.folder)
        sys.path[:] = self.path
        for module in [name for name in sys.modules if name.partition(".")[0] in self.names]:
            del sys.modules[module]
        load_contents.cache_clear()
        return self.task.run(channel)


class SharedSupervisor(Supervisor):
    """A supervisor whose workers are those of all tests."""

    names = ()

    def run_tasks(self, tasks, report_cases=lambda task, done: None, report_end=lambda task: None):
        wrapped = [InFolder(task, os.getcwd(), tuple(sys.path), self.names) for task in tasks]

        def report(one):
            self.ends[one.task] = self.ends.pop(one)
            report_end(one.task)

        return super().run_tasks(wrapped, lambda one, done: report_cases(one.task, done), report)
