r"""A recorded graph compiled. One example through all stages: two neurons y = relu(w · x + b), for a batch of x.

The user writes scalars, and records them once:

>>> from autograd import Value, compile, dot, relu, sum
>>> w = [[Value(0.1, "w00"), Value(0.2, "w01")], [Value(0.3, "w10"), Value(0.4, "w11")]]
>>> b, x = [Value(0.5, "b0"), Value(0.6, "b1")], [Value(1.0, "x0"), Value(2.0, "x1")]
>>> y = sum([relu(dot(row, x) + bias) for row, bias in zip(w, b)]).named("y")
>>> wrt = [*w[0], *w[1], *b]

**tape** writes the graph as flat arrays, a slot for each scalar and a row for each operation, in linear time, and
**irregular** counts on it how many kinds of scalars there are. A graph of many kinds goes no further: a machine runs
its rows one by one. This one has four, so that its matrices are looked for:

>>> from autograd.program.irregular import colours, is_irregular
>>> from autograd.program.tape import Tape
>>> tape = Tape([y], wrt, x)
>>> print(*str(tape).splitlines()[2:], sep="\n")
8 = dot(0, 1, 6, 7)
9 = add(8, 4)
10 = relu(9)
11 = dot(2, 3, 6, 7)
12 = add(11, 5)
13 = relu(12)
14 = sum(10, 13)
>>> colours(tape), is_irregular(tape)
(4, False)

**trace** sorts them into groups of isomorphic scalars. Each scalar has a number; a fold is a sum of products:

>>> from autograd.program.trace import Trace
>>> trace = Trace(tape)
>>> print(trace)
parameters: 0 = w00; 1 = w01; 2 = w10; 3 = w11; 4 = b0; 5 = b1
inputs: 6 = x0; 7 = x1
fold: 8 = ((0, 6), (1, 7)); 11 = ((2, 6), (3, 7))
add: 9 = (8, 4); 12 = (11, 5)
relu: 10 = (9,); 13 = (12,)
add: 14 = (10, 13)

**lower** makes a node of each group: the intermediate representation (**ir**). `%1[B,2]` is a node of two
scalars for each of B samples, `%0[4, 5]` are the biases among the parameters, by their places:

>>> from autograd.program.lower import lower
>>> graph, outputs, places = lower(trace, batched=True)
>>> print(graph)
%0[6] = parameters
%1[B,2] = inputs
%2[B,2] = fold(%0[[0, 1], [2, 3]], %1[[0, 1], [0, 1]])
%3[B,2] = add(%2, %0[4, 5])
%4[B,2] = relu(%3)
%5[B,1] = add(%4[0], %4[1])

**autodiff** adds the nodes of the gradient. ∂y/∂relu is 1 for both neurons (`%8`), ∂y/∂b is summed over the
batch (`%11`), and ∂y/∂w is a fold of that with x, again (`%12`):

>>> from autograd.program.autodiff import Reverse
>>> results = [*outputs, Reverse(graph, places).gradient(outputs[0])]
>>> print(*str(graph).splitlines()[6:], sep="\n")
%6[1] = constant
%7[1] = constant
%8[2] = join(%6[0], %7[0])
%9[B,2] = gt(%3, 0)
%10[B,2] = gated(%9, %8)
%11[2] = fold(%10[[0], [1]]) over the batch
%12[4] = fold(%10[[0], [0], [1], [1]], %1[[0], [1], [0], [1]]) over the batch
%13[6] = join(%11, %12)

**decompose** writes composed operations in the table's own words, and drops what is not needed:

>>> from autograd.program.decompose import decompose
>>> graph, results = decompose(graph, results)
>>> str(graph).splitlines()[4]
'%4[B,2] = maximum(%3, 0)'

**vectorize** replaces places by strided views, and folds of all rows with all columns by matrix products. These
array statements are what `print(program)` shows:

>>> from autograd.program.vectorize import vectorize
>>> [statement.kind for statement in vectorize(graph, results, [1, 6]).statements]
['product', 'map', 'map', 'map', 'copy', 'copy', 'map', 'map', 'total', 'product']
>>> print(compile(y, [x], wrt))
Z1[2] = x1[1,2] @ W1[2,2] + b1[2]
Z2[2] = max(Z1, 0)
y = Z2 + Z2
∂Z1[2] = [Z1 > 0] · (1, 1)
∂W1[2,2] = ∂Z1[2] · x1[2,1]
gradient[6] = (∂W1, ∂Z1)

**backends** make a machine's program of them, here calls of NumPy (`python` writes a line for each scalar, `c` a
loop for each statement, `jax` a pure function; `tape` and `rows` run tapes, in C and in Python):

>>> from autograd.program.backends.numpy import NumPy
>>> from autograd.program.pipeline import lowered
>>> print(*NumPy(lowered(trace, batched=True, differentiated=1)).source.splitlines()[:4], sep="\n")
def run():
    matmul(a0, a1, a2)
    add(a3, a4, out=a5)
    maximum(a5, a6, out=a7)

Where a graph repeats and each iteration reads the one before, **loops** is asked first: what is carried on is a node
that is made before what it carries, so that all iterations of `z ← w · z + b` are two nodes that read each other. They
become statements of a loop, and their adjoints those of a loop back:

>>> z = Value(0.5, "z")
>>> for _ in range(100):
...     z = (w[0][0] * z + b[0]).named("z")
>>> from autograd.program.loops.finding import loops
>>> tape = Tape([z], wrt)
>>> trace = Trace(tape, loops(tape))
>>> vectorized = lowered(trace, batched=False, differentiated=1).vectorized
>>> [[step.count, len(step.statements)] for step in vectorized.steps if step not in vectorized.statements]
[[99, 2], [99, 2]]

`pipeline` runs the stages in this order, `verify` checks what each returns, `program` is what the user holds.
"""
