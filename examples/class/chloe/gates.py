def add_forward(x, y):
    return x + y, None


def add_backward(dz, cache):
    return 1.0 * dz, 1.0 * dz


def multiply_forward(x, y):
    return x * y, (x, y)


def multiply_backward(dz, cache):
    # TODO: the gradients of x and y
    raise NotImplementedError
