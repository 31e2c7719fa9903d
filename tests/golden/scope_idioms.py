"""Short passages for `scope_writer` that lead to rules and refusals which single random statements seldom reach.

`{n}` becomes a new number, and `[a|b|c]` in double brackets one of the choices. Each passage stands at a random place of a program,
so it meets whatever scopes, defaults and devices are open there.
"""

from __future__ import annotations

import random
import re

_SHAPED = "[[[2]|[3]|[4, 2]|[]]]"
_GIVEN = (
    "[[|, trainable=False|, initializer=tf.ones_initializer()|, initializer=tf.ones_initializer|, regularizer=square|, use_resource=True"
    "|, collections=['mine']|, constraint=same|, caching_device='/cpu:0'|, validate_shape=False]]"
)

IDIOMS = (
    # ---- sharing
    f"""
with tf.variable_scope('s', reuse=tf.AUTO_REUSE) as scope{{n}}:
    v{{n}} = tf.get_variable('v', [2]{_GIVEN})
    same_object(v{{n}}, tf.get_variable('v'[[, [2]||, [None]]]{_GIVEN}))
with tf.variable_scope(scope{{n}}, reuse=[[True|False|None]]):
    same_object(v{{n}}, tf.get_variable('v', [2]{_GIVEN}))
""",
    f"""
with tf.variable_scope('t{{n}}') as scope{{n}}:
    v{{n}} = tf.get_variable('v', {_SHAPED}, custom_getter=plain{_GIVEN})
    scope{{n}}.reuse_variables()
    same_object(v{{n}}, tf.get_variable('v', {_SHAPED}{_GIVEN}))
    same_object(v{{n}}, tf.get_variable('v'))
""",
    """
v{n} = tf.get_variable('i{n}', [2], dtype=[[tf.int32|tf.float64|tf.bool]], partitioner=None)
with tf.variable_scope(tf.get_variable_scope(), reuse=True):
    tf.get_variable('i{n}', [2][[|, dtype=tf.int32|, dtype=tf.float64]])
""",
    """
tf.Variable([[1.0|[1.0, 2.0]]], name='o{n}')
with tf.variable_scope('', reuse=True):
    tf.get_variable('o{n}', [2])
with tf.variable_scope(tf.get_variable_scope(), reuse=True):
    tf.get_variable('o{n}')
""",
    """
with tf.variable_scope('model{n}'):
    v{n} = tf.get_variable('w', [2])
with tf.variable_scope('train', reuse=[[True|True|tf.AUTO_REUSE]]):
    tf.train.[[MomentumOptimizer(0.1, 0.9)|AdagradOptimizer(0.1)|AdamOptimizer(0.1)]].minimize(tf.reduce_sum(tf.square(v{n})))
""",
    # ---- partitioned variables
    """
with tf.variable_scope('p{n}') as scope{n}:
    v{n} = tf.get_variable('v', [4, 2], partitioner=[[halves|bytes16|minmax|columns]])
with tf.variable_scope(scope{n}, reuse=[[True|True|tf.AUTO_REUSE]]):
    same_object(v{n}, tf.get_variable('v', [4, 2]))
    tf.get_variable('v', [[[3, 2]|[4, 2]]], partitioner=halves)
    tf.get_variable('v', [4, 2], partitioner=[[halves|columns|bytes16]])
    tf.get_variable('v', [4, 2], dtype=[[tf.int32|tf.float64]], partitioner=halves)
    tf.get_variable('v', [4, 2], dtype=tf.int32)
with tf.variable_scope(scope{n}, reuse=False):
    tf.get_variable('v', [4, 2], partitioner=halves)
    tf.get_variable('v', [4, 2])
    tf.get_variable('v/part_0', [2, 2])
tf.convert_to_tensor(v{n}[[|, dtype=tf.int32|, dtype=tf.float32]])
""",
    """
tf.get_variable('x{n}/part_0', [2])
tf.get_variable('x{n}/part_1', [2])
tf.get_variable('x{n}/part_2', [2])
tf.get_variable('x{n}', [[[4]|[4, 2]]], partitioner=[[halves|tf.fixed_size_partitioner(4)|tf.fixed_size_partitioner(3)]])
tf.get_variable('x{n}', [4])
""",
    """
tf.get_variable('b{n}', [[[4]|[4, 2]|[None]|[0]]], partitioner=bad_parts([[3|[0]|[2, 2]|[1]|[]|[1, 0]|None]]))
tf.get_variable('b{n}', [4, 2], partitioner=bad_parts([[3|[0, 1]|[2, 2]|[1]|7]]))
tf.get_variable('b{n}', partitioner=halves, initializer=[[tf.constant(1.0)|[1.0, 2.0]|tf.ones([4])]])
""",
    """
tf.get_variable('d{n}', [0], partitioner=halves)
tf.get_variable('e{n}', [4], partitioner=[[columns|tf.fixed_size_partitioner(2, axis=3)]])
tf.get_variable('f{n}', [8, 3], partitioner=tf.variable_axis_size_partitioner(16, axis=[[0|1|2]], max_shards=[[3|None]]))
tf.variable_axis_size_partitioner(16, max_shards=0)
bytes16(shape=[[[2]|tf.TensorShape([None])|tf.TensorShape([4])]], dtype=tf.float32)
minmax(shape=[[[2]|tf.TensorShape([None])|tf.TensorShape([4])]], dtype=tf.float32)
halves(shape=tf.TensorShape([4]), dtype=tf.float32)
""",
    """
v{n} = tf.get_variable('q{n}', [4], partitioner=tf.fixed_size_partitioner(2))
type(v{n})('n', [4], tf.float32, 3, [2])
type(v{n})('n', [4], tf.float32, list(v{n}), 2)
type(v{n})('n', [4], tf.float32, list(v{n}), [0])
type(v{n})('n', [4], tf.float32, [], [2])
type(v{n})('n', [4], tf.float32, [tf.Variable(1.0)], [2])
type(v{n})('n', [4], tf.float32, list(v{n}), [2, 2])
type(v{n})('n', [5], tf.float32, list(v{n}), [2])
len(type(v{n})('n', [4], tf.float32, list(v{n}), [2]))
""",
    """
v{n} = tf.get_variable('r{n}', [4], partitioner=halves[[|, use_resource=True]])
v{n}.assign([[[1.0, 2.0, 3.0, 4.0]|tf.ones([4])|v{n}]])
v{n}.assign_add(tf.ones([4]))
len(v{n})
with tf.colocate_with(v{n}):
    tf.constant(1.0)
""",
    """
v{n} = tf.get_variable('z{n}', [4, 2], partitioner=tf.fixed_size_partitioner(2), use_resource=False)
len(type(v{n})('n', [4, 2], tf.float32, list(v{n}), [2, 2]))
tf.variable_axis_size_partitioner(16, max_shards=-1)
tf.get_variable('s{n}', [4], partitioner=tf.min_max_variable_partitioner(max_partitions=2, axis=[[1|3]], min_slice_size=4))
""",
    """
def function{n}(name):
    return tf.get_variable(name, [2][[|, trainable=False]])
template{n} = tf.make_template([['made', function{n}|None, function{n}|'made', function{n}, create_scope_now_=True]])
template{n}(name='v')
template{n}('v')
template{n}('w')
template{n}('v')
""",
    """
v{n} = tf.Variable([1.0, 2.0], name='m{n}', use_resource=True)
v{n}.batch_scatter_update([[[1.0]|tf.IndexedSlices(tf.ones([1]), tf.constant([0]))]])
v{n}.scatter_[[sub|min|div]]([[[1.0]|tf.IndexedSlices(tf.ones([1]), tf.constant([1]))]])
""",
    """
tf.create_partitioned_variables([4, 2], [[[2, 1]|[2]|[1, 2]|[2, 2]]], tf.ones_initializer()[[|, name='n{n}'|, reuse=True]])
tf.create_partitioned_variables([], [], tf.ones_initializer())
with tf.variable_scope('c', custom_getter=plain):
    tf.create_partitioned_variables([4], [2], tf.ones_initializer())
tf.Variable.SaveSliceInfo.from_spec([['4'|'4 x'|'4 0,1:y'|'x 0,1']])
""",
    # ---- variables of both kinds
    """
v{n} = tf.Variable([1.0, 2.0], name='k{n}', use_resource=[[True|False]])
tf.convert_to_tensor(v{n}, dtype=[[tf.int32|tf.float64|tf.float32]])
v{n}.scatter_[[sub|add|update|max]]([[[1.0]|tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))]])
v{n}.assign([[[1.0, 2.0, 3.0]|[3.0, 4.0]]])
v{n} [[+|-|*]]= 1.0
""",
    """
v{n} = tf.Variable([1.0, 2.0], name='g{n}', use_resource=[[True|False]])
tf.Variable(1.0, variable_def=v{n}.to_proto(), use_resource=[[True|False]])
tf.Variable(variable_def=v{n}.to_proto(), use_resource=[[True|False]])
v{n}.eval()
v{n}.load([1.0, 2.0])
""",
    """
v{n} = tf.get_variable('h{n}', [2])
v{n}.scatter_sub([[[1.0]|3|tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]))]])
tf.Variable(1.0, variable_def=v{n}.to_proto())
v{n}.eval()
v{n}.set_shape([[[2]|[7]]])
""",
    """
p{n} = tf.placeholder_with_default(True, [])
tf.cond(p{n}, lambda: tf.Variable(tf.constant(1.0) + 1.0[[|, use_resource=True]]) + 1.0, lambda: tf.constant(1.0))
""",
    """
p{n} = tf.placeholder_with_default(True, [])
tf.cond(p{n}, lambda: tf.get_variable('c{n}', [2]) + 1.0, lambda: tf.constant([1.0, 2.0]))
""",
    # ---- names and graphs
    """
with tf.name_scope([[3|'n'|'a/'|'#']]):
    tf.constant(1.0)
tf.get_variable([[3|'3'|'.u'|'/u'|'-u']], [1])
tf.Variable(1.0, name=[[3|'3'|'.u'|'_u'|'/u']])
with tf.variable_scope(None, [[3|'d'|'x y']]):
    tf.constant(1.0)
""",
    """
with tf.Graph().as_default():
    t{n} = tf.constant(1.0)
with tf.variable_scope('m', values=[t{n}, tf.constant(1.0)]):
    tf.constant(1.0)
with tf.variable_scope('m', values=[t{n}]):
    tf.constant(1.0)
""",
    """
one{n} = tf.variable_scope('one')
two{n} = tf.variable_scope([['two'|None, 'two']])
one{n}.__enter__()
two{n}.__enter__()
one{n}.__exit__(None, None, None)
two{n}.__exit__(None, None, None)
tf.get_variable_scope()
""",
    """
store{n} = tf.get_collection_ref(('__variable_store',))
with tf.variable_scope('w') as scope{n}:
    tf.get_variable('v', [2])
    scope{n}.get_variable(store{n}[0], 'v', [2], reuse=[[True|False|tf.AUTO_REUSE|None]])
    scope{n}.get_variable(store{n}[0], 'z{n}', [2], reuse=[[True|False|tf.AUTO_REUSE|None]])
""",
    # ---- cells of a notebook that are run twice
    """
for _ in range(2):
    v{n} = tf.get_variable('c{n}', [2][[||, custom_getter=suffix|, use_resource=True]])
    tf.get_variable('c{n}', [2])
""",
    """
for _ in range([[2|3]]):
    with tf.variable_scope('c{n}'[[||, reuse=tf.AUTO_REUSE]]):
        tf.get_variable('v', [2])
        tf.get_variable('w', [4][[|, partitioner=halves]])
    with tf.variable_scope('c{n}', reuse=True):
        tf.get_variable('v', [2])
    tf.get_variable('c{n}/w', [4])
""",
    """
def function{n}():
    return tf.get_variable('f{n}', [2])
for _ in range(2):
    function{n}()
    tf.constant(1.0)
    function{n}()
""",
    """
tf.get_variable('e{n}', [2])
for _ in range(2):
    tf.get_variable('e{n}', [2])
    tf.Variable(1.0, name='e{n}')
    tf.get_variable('e{n}/a', [[[2]|]])
""",
    # ---- what has no value of its own
    """
bare().[[value|read_value|eval]]()
bare().[[name|dtype|shape]]
bare().op
bare().read_value()
bare().[[assign|scatter_add|assign_sub|set_shape]](1)
bare().[[name|dtype]]
bare().get_shape()
tf.ones_initializer.__mro__[1]()([2])
tf.get_variable('n{n}', [2], initializer=tf.ones_initializer.__mro__[1]())
""",
    """
crossed()
[[bare().name|bare().shape|bare().dtype]]
[[bare().op|bare().value()|bare().read_value()]]
""",
    """
def function{n}(name):
    return [[tf.Variable([1.0, 2.0], name=name)|tf.get_variable(name, [2]) + tf.Variable(1.0)]]
template{n} = tf.make_template('made', function{n}[[|, create_scope_now_=True]])
template{n}('v')
template{n}('v')
""",
    """
tf.get_variable('em{n}', [[[0]|[0, 2]|[2, 0]]], partitioner=[[halves|columns|tf.fixed_size_partitioner(1)|minmax]])
tf.get_variable('en{n}', partitioner=halves, initializer=[[tf.zeros([0])|np.zeros([0], np.float32)|tf.ones([4])]])
tf.get_variable('eo{n}', [4], partitioner=7)
""",
    """
tf.get_variable('x{n}/part_0', [2])
tf.get_variable('x{n}', [4], partitioner=[[halves|tf.fixed_size_partitioner(3)]])
tf.get_variable('x{n}', [4])
""",
    # ---- initializers
    """
tf.get_variable('j{n}', [[[2]|[4, 2]]], dtype=[[tf.complex64|tf.complex128]][[|, initializer=tf.ones_initializer()]])
tf.get_variable('l{n}', [[[2]|[4, 2]|[2, 2, 2]]], initializer=[[tf.orthogonal_initializer()|tf.initializers.identity()|of_part]])
tf.get_variable('y{n}', [[[2]|[3]|[1]]], initializer=tf.constant_initializer([1.0, 2.0]))
""",
    """
convolutional('delta_orthogonal')([[[2, 2]|[3, 4, 2]|[2, 3]]])
convolutional('orthogonal_[[1d|2d|3d]]')([2, 2])
convolutional('orthogonal_2d')([2, 3, 2, 2])
convolutional('orthogonal_3d')([2, 2, 3, 2, 2])
convolutional('orthogonal_1d')([2, 4, 2])
tf.get_variable('o{n}', [[[3, 2, 2]|[1, 1, 2]|[2]]], initializer=convolutional('[[orthogonal_1d|delta_orthogonal]]'))
""",
    """
tf.get_variable('u{n}', [[None|[2]]], initializer=[[failing|needs|ones2|ones2_of]])
tf.get_variable('u{n}', [2])
tf.get_variable('u{n}', [2])
""",
)


def passage(rng: random.Random, number: int) -> list[str]:
    """Returns the lines of a random passage."""
    text = rng.choice(IDIOMS).strip("\n").replace("{n}", str(number))
    found = re.search(r"\[\[((?:[^\[\]]|\[[^\[\]]*\])*?)\]\]", text)
    while found is not None:
        text = text[: found.start()] + rng.choice(found.group(1).split("|")) + text[found.end() :]
        found = re.search(r"\[\[((?:[^\[\]]|\[[^\[\]]*\])*?)\]\]", text)
    return text.split("\n")
