"""All kinds of edits.  A new kind is a row here."""

from collections.abc import Callable, Iterator

from gradcheck.causes.edits.edit import Edit, EditPlace
from gradcheck.causes.edits.operators import (
    axes,
    choices,
    counts,
    exponentials,
    factors,
    indices,
    names,
    numbers,
    powers,
    signs,
    statements,
    subscripts,
    terms,
    unused_names,
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
    unused_names.use_unused_name,
    names.replace_name,
    names.replace_name_everywhere,
    names.use_root_with_eps,
    names.replace_number,
    counts.replace_axis_of_shape,
    numbers.change_number,
    numbers.use_exact_number,
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
    exponentials.subtract_maximum,
    signs.exchange_operators,
    numbers.complement,
    powers.change_powers,
    powers.change_roots,
    factors.remove_function,
    factors.remove_functions_of_output,
    factors.move_factor_inside,
    indices.exchange_index,
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
