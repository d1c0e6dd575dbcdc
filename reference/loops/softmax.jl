# Tests a softmax by its golden vectors:  julia loops/softmax.jl softmax.json
#
# For another op, write another forward and backward: the rest reads and compares, whatever the names and shapes.

# An error may be this large beside the largest number of its array.  A number here is the result of some n + 5 rounded
# operations on n <= 3 terms, each off by 2^-53 at most; four times that, for dy - mean can cancel.
const TOLERANCE = 16 * eps(Float64)
# The largest number counts as this at least: an error below 2^-1022, where Float64 has few digits or none, is none.
const FLOOR = floatmin(Float64) / TOLERANCE

# An array: its values in row-major order, the last axis varying fastest, unlike Julia's own.
struct Numbers
    shape::Vector{Int}
    values::Vector{Float64}
end

# A case.  parts: "inputs", "upstream", "settings" (each a single number or a list), "expected" and "gradients", the
# arrays of each by their names.
mutable struct Case
    number::String
    flags::Vector{String}
    parts::Dict{String,Dict{String,Numbers}}
end

# y_i = e^x_i / sum_j e^x_j over the last axis.  Returns each output by its name.
function forward(case)
    x = case.parts["inputs"]["x"]
    return Dict("y" => reduce(vcat, [softmax(row) for row in rows(x)]))
end

# dx = y (dy - mean), mean = sum_j dy_j y_j.  Returns each gradient by the name of its input.
function backward(case)
    x, upstream = case.parts["inputs"]["x"], case.parts["upstream"]["y"]
    dx = Float64[]
    for (row, dy) in zip(rows(x), rows(upstream))
        y = softmax(row)
        apart = dy .- dy[argmax(y)]  # less the dy of the largest y: the same dx, which keeps its digits where y is 1
        mean = sum(apart .* y)
        append!(dx, @. y * (apart - mean))
    end
    return Dict("x" => dx)
end

# One row; its largest number is subtracted first, so that no exponential overflows.
function softmax(row)
    weights = exp.(row .- maximum(row))
    return weights ./ sum(weights)
end

function rows(array)
    n = array.shape[end]
    return [array.values[i:(i + n - 1)] for i in 1:n:length(array.values)]
end

# The largest error beside the largest number; infinite where a number is missing or not finite.
function largest_error(expected, got)
    length(got) == length(expected.values) == prod(expected.shape; init=1) || return Inf
    all(isfinite, got) || return Inf
    scale = max(FLOOR, maximum(abs, expected.values; init=0.0))
    return maximum(abs, got .- expected.values; init=0.0) / scale
end

# Tests one case.  Returns whether it holds.
function test(case)
    error, worst = 0.0, ""
    for (part, results) in (("expected", forward(case)), ("gradients", backward(case)))
        for (name, array) in case.parts[part]
            this = largest_error(array, get(results, name, Float64[]))
            if this > error
                error, worst = this, "$part $name"
            end
        end
    end
    holds = error <= TOLERANCE
    if !holds
        about = "case $(case.number) ($(join(case.flags, ", ")))"
        println(about, ": ", worst, ": an error of ", error, " beside the largest number")
    end
    return holds
end

# A number as it stands in the file: "0x1.8000000000000p+1", "1.5e-3 +/- 1e-52", 3 or true.
function read_number(text)
    digits = first(split(strip(text, '"'), ' '))
    digits in ("true", "false") && return digits == "true" ? 1.0 : 0.0
    occursin("0x", digits) && return parse(Float64, digits)
    return Float64(parse(BigFloat, digits))  # parse(Float64, …) refuses numbers below its range
end

# Takes up one line.  path[depth]: the last key that stood so deep, as the spaces before it say.
function read_line!(case, path, depth, text)
    key = match(r"^\"([^\"]*)\": (.*)$", text)
    value = key === nothing ? text : key[2]
    if key !== nothing
        path[depth] = key[1]
    end
    is_number = !(first(value) in "{}[]")
    if depth == 2 && value == "{"
        case.number, case.flags, case.parts = "", String[], Dict{String,Dict{String,Numbers}}()
    elseif depth == 3 && path[3] == "number"
        case.number = value
    elseif depth == 3 && first(value) == '{'
        case.parts[path[3]] = Dict{String,Numbers}()
    elseif depth == 4 && path[3] == "flags"
        push!(case.flags, strip(value, '"'))
    elseif depth == 4 && key !== nothing
        case.parts[path[3]][path[4]] = Numbers(Int[], is_number ? [read_number(value)] : Float64[])
    elseif depth == 6 && is_number && path[5] == "shape"
        push!(case.parts[path[3]][path[4]].shape, parse(Int, value))
    elseif is_number && (depth == 6 || (depth == 5 && path[3] == "settings"))
        push!(case.parts[path[3]][path[4]].values, read_number(value))
    end
end

function main(file)
    case, path = Case("", String[], Dict{String,Dict{String,Numbers}}()), fill("", 16)
    cases, failed, text, depth = 0, 0, "", 0
    for line in eachline(file)
        depth = length(line) - length(lstrip(line))
        text = rstrip(strip(line), ',')
        if depth > 0 && !isempty(text)
            read_line!(case, path, depth, text)
        end
        if path[1] == "cases" && depth == 2 && text == "}"
            cases += 1
            failed += !test(case)
        end
    end
    depth == 0 && text == "}" || error("the file ends too early")
    println(cases, " cases: ", failed > 0 ? "$failed fail" : cases > 0 ? "all hold" : "nothing to test")
    return cases == 0 || failed > 0 ? 1 : 0
end

exit(main(ARGS[1]))
