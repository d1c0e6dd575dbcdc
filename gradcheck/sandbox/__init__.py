"""Other people's NumPy code in processes that cannot read, write, connect or start anything, on Linux."""

from gradcheck.sandbox.call_outcome import CallOutcome as CallOutcome
from gradcheck.sandbox.call_outcome import OutcomeKind as OutcomeKind
from gradcheck.sandbox.inside.values import Held as Held
from gradcheck.sandbox.inside.values import UnsendableValue as UnsendableValue
from gradcheck.sandbox.isolation_record import Isolation as Isolation
from gradcheck.sandbox.isolation_record import IsolationLevel as IsolationLevel
from gradcheck.sandbox.limits import Limits as Limits
from gradcheck.sandbox.opening import IsolationMissing as IsolationMissing
from gradcheck.sandbox.opening import Sandbox as Sandbox
from gradcheck.sandbox.opening import open_sandbox as open_sandbox
from gradcheck.sandbox.worker_process import SandboxWorker as SandboxWorker
