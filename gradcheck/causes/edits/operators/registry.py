"""All kinds of edits.  A new kind is a row here."""

from collections.abc import Callable, Iterator

from gradcheck.causes.edits.edit import Edit, EditPlace
from gradcheck.causes.edits.operators import (
    axes,
    choices,
    factors,
    indices,
    names,
    numbers,
    powers,
    signs,
    statements,
    subscripts,
    terms,
    windows,
)

EditOperator = Callable[[EditPlace], Iterator[Edit]]
"""operator(place): the edits of one kind at a place."""

EDIT_OPERATORS: tuple[EditOperator, ...] = (
    statements.add_in_place,
    signs.exchange_signs,
    axes.change_axis,
    axes.change_reduction,
    axes.change_transposes,
    signs.exchange_operands,
    names.use_unused_name,
    names.replace_name,
    names.replace_number,
    names.replace_axis_of_shape,
    numbers.change_number,
    statements.exchange_returned,
    axes.exchange_parts,
    signs.negate_whole,
    signs.remove_terms,
    factors.remove_factors,
    axes.add_sum,
    factors.multiply_by_length,
    factors.multiply_by_number,
    choices.change_comparison,
    choices.exchange_branches,
    choices.exchange_functions,
    signs.exchange_operators,
    numbers.complement,
    powers.change_powers,
    powers.change_roots,
    factors.remove_function,
    factors.remove_functions_of_output,
    factors.move_factor_inside,
    indices.shift_index,
    indices.scale_index,
    windows.scale_windows,
    windows.change_window_lengths,
    windows.cut_padding,
    subscripts.permute_subscripts,
    subscripts.reverse_running_sum,
    indices.change_slice,
    indices.cut_padding_from_front,
    indices.change_range,
    indices.change_new_axes,
    indices.reverse_axes,
    axes.permute_axes,
    axes.add_transpose,
    axes.add_reshape,
    statements.delete_statement,
    statements.leave_loop,
    statements.copy_value,
    factors.multiply_as_elsewhere,
    factors.multiply_by_seen,
    factors.multiply_by_matrix,
    terms.couple_rows,
    terms.add_terms,
)
"""In the order in which they are tried."""


def propose_edits(place: EditPlace) -> Iterator[Edit]:
    """Yield all edits at a place."""
    for operator in EDIT_OPERATORS:
        yield from operator(place)
