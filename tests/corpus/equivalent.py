"""Mutants that are right: each computes the same gradient, for the reason that stands beside it.

`python -m tests.corpus.mutants --equivalent 10000` compares each with its op on so many cases.
"""

# ruff: noqa: E501 - names are as long as what they quote

SAME_SHIFT = "the softmax gradient is the same for every dy + c, and the row's c is taken from dy itself"
OWN_ARRAY = "the view is of an array that nobody else holds"
RESHAPED = "what follows is a reshape to the very shape, which adds or drops axes of length one"
EMPTY = "max(n, 0) differs from max(n, 1) for no rows alone, and then there is no element to divide"
IN_PLACE = "a number in place of an array's own dtype: the division is in place, which keeps the dtype"
TRUTH = "twice True is as true"
GUARDED = "the exponential above zero is not used there"
AT_ZERO = "at zero the exponential is one, so that both sides give 1 / 2"
SMALL = "what floats in the cache is zeros and ones, or small counts, which float32 holds"
SIGN = "zero stays zero and a sign a sign in float32, from 1.4e-45 on; no input is smaller"
NO_DILATION = "the windows of pooling have no dilation, which is one"
ZEROS = "what is doubled are the zeros of the padding; all else is written over"
BOTH_NEGATED = "the counts of rows and columns are multiplied, and both change their sign"
NO_GRADIENT = "no input has a gradient, so that the upstream has no effect"
NUMBER = "the node is a single number, which is its own sum and its own mean"
NO_GRADIENT = "the op has no gradient, for which the upstream could count"
NOT_NEGATIVE = "the bell is asked of numbers that are not negative"
FLAT = ("ceil", "floor", "round", "sign", "step")
"""Ops whose gradient is zero, whatever it is multiplied by."""
FLAT_ALIKE = (
    "upstream ignored: `dy = slips.ones(dy)`",
    "rounded to float32: `dy = slips.single(dy)`",
    "sign flipped: `dy * 0` → `-(…)`",
    "doubled: `dy * 0` → `2 * (…)`",
    "halved: `dy * 0` → `… / 2`",
    "divided by its length: `dy * 0` → `… / np.size(…)`",
    "divided by its length: `dy * 0` → `… / len(np.atleast_1d(…))`",
    "gradient zeroed: `dy * 0` → `0 * (…)`",
    "sum added: `dy * 0` → `slips.gathered(…, 0)`",
    "sum added: `dy * 0` → `slips.gathered(…, -1)`",
    "rounded to float32: `dy * 0` → `slips.single(…)`",
    "rounded to whole numbers: `dy * 0` → `np.trunc(…)`",
)
ZERO = "zero times anything is zero"
ZERO = "what is changed is zero, and stays so"

EQUIVALENT: dict[str, str] = {
    "softmax: sign flipped: `dy - np.take_along_axis(dy, likeliest, axis=-1)` → `dy + np.take_along_axis(dy, likeliest, axis=-1)`": SAME_SHIFT,
    "softmax: term dropped: `dy - np.take_along_axis(dy, likeliest, axis=-1)` → `dy`": SAME_SHIFT,
    "abs: rounded to float32: `cache = slips.single(cache)`": SIGN,
    "relu: rounded to float32: `cache = slips.single(cache)`": SIGN,
    "attention: function dropped: `q.dtype.type(q.shape[-1])` → `q.shape[-1]`": IN_PLACE,
    "conv_transpose1d: doubled in pad_space: `np.full((*x.shape[:2], *(end + behind for _, end, behind in axes)), value, x.dtype)` → `2 * …`": ZEROS,
    "conv_transpose2d: doubled in pad_space: `np.full((*x.shape[:2], *(end + behind for _, end, behind in axes)), value, x.dtype)` → `2 * …`": ZEROS,
    "conv_transpose3d: doubled in pad_space: `np.full((*x.shape[:2], *(end + behind for _, end, behind in axes)), value, x.dtype)` → `2 * …`": ZEROS,
    "euclidean_loss: off by one: `1` → `0`": EMPTY,
    "mean_squared_error: off by one: `1` → `0`": EMPTY,
    "sigmoid_cross_entropy: off by one: `1` → `0`": EMPTY,
    "softmax_cross_entropy: doubled: `np.arange(logs.shape[1]) == labels[:, None]` → `2 * (…)`": TRUTH,
    "softmax_cross_entropy: off by one: `1` → `0` (2)": EMPTY,
    "svm_hinge: off by one: `1` → `0`": EMPTY,
    "accuracy: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "accuracy: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "binary_accuracy: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "binary_accuracy: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "precision: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "precision: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "recall: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "recall: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "f1_score: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "f1_score: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "neuron_tick: add at cell_body_sum: sum added: `unbroadcast(dz, shapes[0])` → `slips.gathered(…, 0)`": NUMBER,
    "neuron_tick: add at cell_body_sum: divided by its length: `unbroadcast(dz, shapes[0])` → `… / np.size(…)`": NUMBER,
    "neuron_tick: sigmoid at firing_rate: sum added: `dy * bell(x)` → `slips.gathered(…, 0)`": NUMBER,
    "neuron_tick: sigmoid at firing_rate: divided by its length: `dy * bell(x)` → `… / np.size(…)`": NUMBER,
    "dropout: rounded to float32: `cache = slips.single(cache)`": SMALL,
    "elu: off by one: `0` → `1` (2)": GUARDED,
    "softplus: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "average_pool1d: factor dropped in add_windows: `k * dilation` → `k`": NO_DILATION,
    "average_pool2d: factor dropped in add_windows: `k * dilation` → `k`": NO_DILATION,
    "average_pool2d: operands swapped in count_places: `np.minimum(starts + kernel, length) - np.maximum(starts, 0)` → `np.maximum(starts, 0) - np.minimum(starts + kernel, length)`": BOTH_NEGATED,
    "average_pool3d: factor dropped in add_windows: `k * dilation` → `k`": NO_DILATION,
    "ceil_average_pool2d: factor dropped in add_windows: `k * dilation` → `k`": NO_DILATION,
    "ceil_average_pool2d: operands swapped in count_places: `np.minimum(starts + kernel, length + pad) - starts` → `starts - np.minimum(starts + kernel, length + pad)`": BOTH_NEGATED,
    "lp_pool2d: factor dropped in add_windows: `k * dilation` → `k`": NO_DILATION,
    "lp_pool2d: factor dropped in cut_windows: `dilation * (k - 1)` → `k - 1`": NO_DILATION,
    "silu: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "quick_gelu: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "mish: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "mish: function dropped in bell: `np.abs(x)` → `x`": NOT_NEGATIVE,
    "log_sigmoid: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "gelu_tanh: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "crelu: rounded to float32: `cache = slips.single(cache)`": SIGN,
    "glu: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    "swiglu: comparison changed in logistic: `x >= 0` → `x > 0`": AT_ZERO,
    **{f"{op}: {mutant}": ZERO for op in FLAT for mutant in FLAT_ALIKE},
    "absolute_sum: rounded to float32: `cache = slips.single(cache)`": SIGN,
    "argmax: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "argmax: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "argmin: upstream ignored: `dy = slips.ones(dy)`": NO_GRADIENT,
    "argmin: rounded to float32: `dy = slips.single(dy)`": NO_GRADIENT,
    "im2col: doubled in fold: `add_border(np.zeros((n, channels, height, width), y.dtype), pad)` → `2 * …`": ZERO,
    "silence: upstream ignored: `dy = slips.ones(dy)`": ZERO,
    "silence: rounded to float32: `dy = slips.single(dy)`": ZERO,
    "silence: sign flipped: `np.zeros(shape, np.asarray(dy).dtype)` → `-…`": ZERO,
    "silence: doubled: `np.zeros(shape, np.asarray(dy).dtype)` → `2 * …`": ZERO,
    "silence: halved: `np.zeros(shape, np.asarray(dy).dtype)` → `… / 2`": ZERO,
    "silence: divided by its length: `np.zeros(shape, np.asarray(dy).dtype)` → `… / np.size(…)`": ZERO,
    "silence: divided by its length: `np.zeros(shape, np.asarray(dy).dtype)` → `… / len(np.atleast_1d(…))`": ZERO,
    "silence: gradient zeroed: `np.zeros(shape, np.asarray(dy).dtype)` → `0 * …`": ZERO,
    "silence: sum added: `np.zeros(shape, np.asarray(dy).dtype)` → `slips.gathered(…, 0)`": ZERO,
    "silence: sum added: `np.zeros(shape, np.asarray(dy).dtype)` → `slips.gathered(…, -1)`": ZERO,
    "silence: rounded to float32: `np.zeros(shape, np.asarray(dy).dtype)` → `slips.single(…)`": ZERO,
    "silence: rounded to whole numbers: `np.zeros(shape, np.asarray(dy).dtype)` → `np.trunc(…)`": ZERO,
}
