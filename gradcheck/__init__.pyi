"""The public names, by the module that each is loaded from on first use: the only list of them."""

__version__: str

from .adapters import AdapterError as AdapterError
from .adapters import adapt as adapt
from .assertion import assert_correct as assert_correct
from .checking.check import check as check
from .checking.outcome import FindingWarning as FindingWarning
from .declaration.array_api import namespace as namespace
from .declaration.domain import Domain as Domain
from .declaration.domain import bits as bits
from .declaration.domain import booleans as booleans
from .declaration.domain import constant as constant
from .declaration.domain import distinct as distinct
from .declaration.domain import indices as indices
from .declaration.domain import invertible as invertible
from .declaration.domain import nonzero as nonzero
from .declaration.domain import positive as positive
from .declaration.domain import probability as probability
from .declaration.domain import real as real
from .declaration.domain import spd as spd
from .declaration.inputs import Array as Array
from .declaration.inputs import Several as Several
from .declaration.op import Op as Op
from .declaration.origin import NotChecked as NotChecked
from .declaration.pointwise import pointwise as pointwise
from .declaration.settings import choice as choice
from .declaration.settings import rank as rank
from .declaration.settings import whole as whole
from .declaration.shape import DeclarationError as DeclarationError
from .discovery.target_errors import TargetError as TargetError
from .discovery.targets import find as find
from .discovery.targets import load as load
from .graphs.graph import ComputationalGraph as ComputationalGraph
from .graphs.graph import GraphError as GraphError
from .graphs.graph import node as node
from .oracles.numerical_gradient import numerical_gradient as numerical_gradient
from .records.case import Case as Case
from .records.evidence import Estimate as Estimate
from .records.evidence import Evidence as Evidence
from .records.failing_cases import load_case as load_case
from .records.results import Finding as Finding
from .records.results import OpResult as OpResult
from .records.results import Run as Run
from .records.results import Verdict as Verdict
