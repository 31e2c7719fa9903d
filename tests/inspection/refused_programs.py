"""Programs whose last call of `get_variable` is explained: one for every verdict, most for several ways to get there.

Each is (name, verdict of the call, source). The call is the last one that the program reaches.
"""

PROGRAMS: list[tuple[str, str, str]] = []


def _add(name: str, verdict: str, source: str) -> None:
    PROGRAMS.append((name, verdict, source.strip("\n") + "\n"))


_add("made", "MADE", 'w = tf.get_variable("w", [2])')
_add(
    "made in scopes",
    "MADE",
    """
with tf.variable_scope("a"):
    with tf.variable_scope("b"):
        w = tf.get_variable("w", [2])
""",
)
_add(
    "made by auto",
    "MADE_AUTO",
    """
with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "shared",
    "SHARED",
    """
with tf.variable_scope("a"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("a", reuse=True):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "shared by auto",
    "SHARED_AUTO",
    """
for i in range(2):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        w = tf.get_variable("w", [2])
""",
)
_add(
    "shared, initializer ignored",
    "SHARED_ARGS_IGNORED",
    """
with tf.variable_scope("a"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("a", reuse=True):
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
""",
)
_add(
    "shared, two ignored",
    "SHARED_ARGS_IGNORED",
    """
with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [2])
with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
    w = tf.get_variable("w", [2], trainable=False, initializer=tf.ones_initializer())
""",
)
_add(
    "renamed beside tf.Variable",
    "MADE_RENAMED",
    """
v = tf.Variable(1.0, name="w")
w = tf.get_variable("w", [2])
""",
)
_add(
    "renamed after a failed call",
    "MADE_RENAMED",
    """
def broken(shape, dtype=None, partition_info=None):
    return tf.zeros([7])
def bad(shape, dtype=None, partition_info=None):
    raise RuntimeError("no")
tf.Variable(2.0, name="a/w")
with tf.variable_scope("a"):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "getter in the call",
    "GETTER_REPLACED",
    """
def doubled(getter, *args, **kwargs):
    return getter(*args, **kwargs) * 2
w = tf.get_variable("w", [2], custom_getter=doubled)
""",
)
_add(
    "getter of the scope",
    "GETTER_REPLACED",
    """
def doubled(getter, *args, **kwargs):
    return getter(*args, **kwargs) * 2
with tf.variable_scope("a", custom_getter=doubled):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, other with",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2, 3])
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2, 3])
""",
)
_add(
    "exists, at the root",
    "REFUSED_EXISTS",
    """
w = tf.get_variable("w", [2])
w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, same with",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
    b = tf.get_variable("b", [2])
    w2 = tf.get_variable("w", [2])
""",
)
_add(
    "exists, a function called twice",
    "REFUSED_EXISTS",
    """
def tower(x, reuse=None):
    with tf.variable_scope("model", reuse=reuse):
        with tf.variable_scope("hidden"):
            w = tf.get_variable("w", [4, 3])
        return tf.matmul(x, w)
one = tower(tf.ones([1, 4]))
two = tower(tf.ones([2, 4]))
""",
)
_add(
    "exists, in a loop",
    "REFUSED_EXISTS",
    """
for i in range(2):
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, in a loop at the root",
    "REFUSED_EXISTS",
    """
for i in range(2):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, with new ones before it",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("enc"):
    b = tf.get_variable("b", [2])
    w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, call over several lines",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
with tf.variable_scope(
    "enc",
    initializer=tf.ones_initializer(),
):
    w = tf.get_variable(
        "w",
        [2],
    )
""",
)
_add(
    "exists, names outside ASCII and comments",
    "REFUSED_EXISTS",
    """
gr\u00f6\u00dfe = 2  # \u00e4\u00f6\u00fc
w = tf.get_variable("w", [gr\u00f6\u00dfe])
\u00fc = tf.get_variable("w", [gr\u00f6\u00dfe])  # "w" again, \u00fc
""",
)
_add(
    "exists, two calls on a line",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("a"):
    w, b = tf.get_variable("w", [2]), tf.get_variable("b", [2])
with tf.variable_scope("a"):
    w, c = tf.get_variable("w", [2]), tf.get_variable("c", [2])
""",
)
_add(
    "exists, captured scope",
    "REFUSED_EXISTS",
    """
with tf.variable_scope("a") as scope:
    w = tf.get_variable("w", [2])
with tf.variable_scope(scope):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "exists, partitioned",
    "REFUSED_EXISTS",
    """
cut = tf.fixed_size_partitioner(2)
with tf.variable_scope("a", partitioner=cut):
    w = tf.get_variable("w", [4])
with tf.variable_scope("a", partitioner=cut):
    w = tf.get_variable("w", [4])
""",
)
_add(
    "missing, nothing there",
    "REFUSED_MISSING",
    """
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "missing, beside one that is shared",
    "REFUSED_MISSING",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("w", [2])
    bias = tf.get_variable("bias", [2])
""",
)
_add(
    "missing, spelled wrong",
    "REFUSED_MISSING",
    """
with tf.variable_scope("enc"):
    kernel = tf.get_variable("kernel", [2])
with tf.variable_scope("enc", reuse=True):
    kernel = tf.get_variable("kernal", [2])
""",
)
_add(
    "missing, scope spelled wrong",
    "REFUSED_MISSING",
    """
with tf.variable_scope("encoder"):
    w = tf.get_variable("kernel", [2])
with tf.variable_scope("encodr", reuse=True):
    w = tf.get_variable("kernel", [2])
""",
)
_add(
    "missing after reuse_variables",
    "REFUSED_MISSING",
    """
with tf.variable_scope("enc") as scope:
    scope.reuse_variables()
    w = tf.get_variable("w", [2])
""",
)
_add(
    "missing after reuse_variables at the root",
    "REFUSED_MISSING",
    """
w = tf.get_variable("w", [2])
tf.get_variable_scope().reuse_variables()
with tf.variable_scope("b"):
    v = tf.get_variable("v", [2])
""",
)
_add(
    "missing, inherited",
    "REFUSED_MISSING",
    """
with tf.variable_scope("a", reuse=True):
    with tf.variable_scope("b", reuse=False):
        w = tf.get_variable("w", [2])
""",
)
_add(
    "missing, doubled scope",
    "REFUSED_MISSING_PREFIX",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("enc"):
    with tf.variable_scope("enc", reuse=True):
        w = tf.get_variable("w", [2])
""",
)
_add(
    "missing, prefix in the name",
    "REFUSED_MISSING_PREFIX",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("enc/w", [2])
""",
)
_add(
    "missing, outer scope forgotten",
    "REFUSED_MISSING_PREFIX",
    """
with tf.variable_scope("model"):
    with tf.variable_scope("enc"):
        w = tf.get_variable("w", [2])
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "missing, made by tf.Variable",
    "REFUSED_MISSING_OTHER_KIND",
    """
with tf.variable_scope("a"):
    w = tf.Variable(tf.zeros([2]), name="w")
with tf.variable_scope("a", reuse=True):
    w = tf.get_variable("w", [2])
""",
)
_add(
    "missing slot, inside with",
    "REFUSED_MISSING_SLOT",
    """
with tf.variable_scope("gen"):
    w = tf.get_variable("w", [2])
with tf.variable_scope("gen", reuse=True):
    w = tf.get_variable("w", [2])
    loss = tf.reduce_sum(tf.square(w))
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
""",
)
_add(
    "missing slot, reuse at the root",
    "REFUSED_MISSING_SLOT",
    """
w = tf.get_variable("w", [2])
tf.get_variable_scope().reuse_variables()
w = tf.get_variable("w", [2])
train = tf.train.AdamOptimizer().minimize(tf.reduce_sum(tf.square(w)))
""",
)
_add(
    "other shape",
    "REFUSED_SHAPE",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [3, 4])
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("w", [3, 5])
""",
)
_add(
    "other shape, auto",
    "REFUSED_SHAPE",
    """
for size in [3, 4]:
    with tf.variable_scope("enc", reuse=tf.AUTO_REUSE):
        w = tf.get_variable("w", shape=[size])
""",
)
_add(
    "other dtype",
    "REFUSED_DTYPE",
    """
with tf.variable_scope("enc"):
    w = tf.get_variable("n", [], dtype=tf.int32)
with tf.variable_scope("enc", reuse=True):
    w = tf.get_variable("n", [])
""",
)
_add(
    "other dtype, given",
    "REFUSED_DTYPE",
    """
w = tf.get_variable("n", [2], tf.float64)
with tf.variable_scope("", reuse=True):
    w = tf.get_variable("n", [2], tf.float32)
""",
)
_add(
    "cut where it is whole",
    "REFUSED_PARTITION",
    """
with tf.variable_scope("a"):
    w = tf.get_variable("w", [4])
with tf.variable_scope("a", reuse=True):
    w = tf.get_variable("w", [4], partitioner=tf.fixed_size_partitioner(2))
""",
)
_add(
    "whole where it is cut",
    "REFUSED_PARTITION",
    """
with tf.variable_scope("a"):
    w = tf.get_variable("w", [4], partitioner=tf.fixed_size_partitioner(2))
with tf.variable_scope("a"):
    w = tf.get_variable("w", [4])
""",
)
_add(
    "cut in another way",
    "REFUSED_PARTITION",
    """
with tf.variable_scope("a", partitioner=tf.fixed_size_partitioner(2)):
    w = tf.get_variable("w", [4])
with tf.variable_scope("a", reuse=True, partitioner=tf.fixed_size_partitioner(3)):
    w = tf.get_variable("w", [4])
""",
)
_add(
    "cut of a shape that is not known",
    "REFUSED_PARTITION",
    """
with tf.variable_scope("a", partitioner=tf.fixed_size_partitioner(2)):
    w = tf.get_variable("w", initializer=tf.zeros_initializer(), shape=[None, 2])
""",
)
_add("no shape", "REFUSED_NO_SHAPE", 'w = tf.get_variable("w")')
_add(
    "no shape, in a scope",
    "REFUSED_NO_SHAPE",
    """
with tf.variable_scope("a"):
    w = tf.get_variable(name="w", dtype=tf.float32)
""",
)
_add("constant and shape", "REFUSED_CONST_SHAPE", 'w = tf.get_variable("w", [2], initializer=0.5)')
_add("constant and named shape", "REFUSED_CONST_SHAPE", 'w = tf.get_variable("w", shape=[2], initializer=[1.0, 2.0])')
_add("complex without initializer", "REFUSED_INITIALIZER", 'w = tf.get_variable("w", [2], dtype=tf.complex64)')
_add("initializer and no shape", "REFUSED_INITIALIZER", 'w = tf.get_variable("w", initializer=tf.zeros_initializer())')
_add(
    "initializer and part of a shape",
    "REFUSED_INITIALIZER",
    """
w = tf.get_variable("w", [None, 3], initializer=tf.ones_initializer())
""",
)
_add(
    "initializer that raises",
    "REFUSED_INITIALIZER",
    """
def broken(shape, dtype=None, partition_info=None):
    raise RuntimeError("no")
w = tf.get_variable("w", [2], initializer=broken)
""",
)
_add("getter that cannot be called", "REFUSED_INITIALIZER", 'w = tf.get_variable("w", [2], custom_getter=3)')
_add(
    "initial value of another dtype",
    "REFUSED_INIT_DTYPE",
    """
w = tf.get_variable("w", initializer=tf.constant([1, 2]), dtype=tf.float32)
""",
)
_add(
    "initial value of another dtype, shared",
    "REFUSED_INIT_DTYPE",
    """
start = tf.constant([1.0, 2.0])
w = tf.get_variable("v", dtype=tf.float64, initializer=start)
""",
)

_add(
    "exists, single functions imported",
    "REFUSED_EXISTS",
    """
import tfmini as flow
from tfmini import get_variable, variable_scope
for i in range(2):
    with variable_scope("a"):
        w = get_variable("w", [2])
""",
)

RERUN = """
import math
with tf.variable_scope("enc"):
    w = tf.get_variable("w", [2, 3])
    b = tf.get_variable("b", [3])
""".lstrip("\n")
