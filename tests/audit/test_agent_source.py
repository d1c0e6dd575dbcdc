"""The agent runs from its text in a process that has the standard library and NumPy."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from gradcheck.audit.agent_source import AGENT_NAME, build_agent_source
from gradcheck.audit.packed_arguments import pack_arguments

REQUESTS = """
import json, sys, types
sys.path.insert(0, {numpy!r})
import numpy as np
agent = types.ModuleType("agent")
sys.modules["agent"] = agent
exec(compile(sys.stdin.read(), "agent", "exec"), vars(agent))
handlers = agent.HANDLERS
handlers["load"]({{"files": {{"a.py": b"import gradcheck\\ndef f(x): return 2 * x\\n"}}}})
token = handlers["find"]({{"names": ["f"]}})["f"]["function"]
answer = handlers["call"]({{"function": token, "arguments": {arguments!r}, "how": {{}}}})
own = [name for name in sys.modules if name.startswith("gradcheck")]
print(json.dumps([answer["returned"]["array"].tolist(), own]))
"""


def test_the_text_runs_where_there_is_no_gradcheck(tmp_path):
    for folder in Path(np.__file__).parents[1].glob("numpy*"):  # all else that is installed stays away
        (tmp_path / folder.name).symlink_to(folder)
    arguments, _ = pack_arguments((np.ones(2),), {})
    program = REQUESTS.format(numpy=str(tmp_path), arguments=arguments)
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, input=build_agent_source(), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[2.0, 2.0], []]


def test_the_text_names_the_package_of_the_worker_alone():
    assert "gradcheck" not in build_agent_source()
    assert f"from {AGENT_NAME}.handlers import HANDLERS" in build_agent_source()
