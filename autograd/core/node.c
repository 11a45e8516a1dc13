/* What lies below a Value, in C: its numbers without objects, its operators, and the pass back.

   Whatever is not a float or a small int, raises, or is not finite where that matters, is left to the functions in
   Python, so that values, slopes and errors are theirs in every bit. Nodes are shown to the collector of garbage only
   where cycles may be: the graph itself has none. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <stdint.h>

typedef uint64_t Slot; /* the bits of a float, or an object's address behind 16 bits that no float has here */
typedef struct Node {
    PyObject_HEAD
    Slot data, grad, dx, dy;
    PyObject *x, *y, *op, *name, *choices, *weak;
    long long order; /* of a dead node, the next one */
    int followed;    /* whether the collector sees all that it is made of */
} Node;

static PyTypeObject *node_type, *value_type;
static PyObject *closed; /* the slope of a closed gate */
static long long orders;

/* ── slots ── */

#define OBJECT 0xFFFE000000000000ULL
static inline int is_object(Slot s) { return s >> 48 == OBJECT >> 48; }
static inline PyObject *object_in(Slot s) { return (PyObject *)(uintptr_t)(s & ~OBJECT); }
static inline Slot of_object(PyObject *o) { return (Slot)(uintptr_t)o | OBJECT; } /* takes the reference */
static inline double float_in(Slot s) {
    double v;
    memcpy(&v, &s, sizeof v);
    return v;
}
static inline Slot of_float(double v) {
    Slot s;
    memcpy(&s, &v, sizeof s);
    return is_object(s) ? s & ~(1ULL << 49) : s; /* a nan that would look like an object */
}
static inline PyObject *new(PyObject *o) {
    Py_INCREF(o);
    return o;
}
static inline void drop(Slot s) {
    if (is_object(s)) Py_DECREF(object_in(s));
}
static inline Slot of_number(Number n) {
    switch (n.kind) {
    case FLOAT: return of_float(n.v);
    case WHOLE: return of_object(PyLong_FromLong((long)n.v)); /* a small one, which Python keeps */
    case CLOSED: return of_object(new(closed));
    default: return of_object(new(Py_None));
    }
}
static inline int number_of(PyObject *o, Number *n) {
    int overflow;
    if (PyFloat_CheckExact(o)) {
        *n = (Number){PyFloat_AS_DOUBLE(o), FLOAT};
        return 1;
    }
    if (!PyLong_CheckExact(o)) return 0;
    long long i = PyLong_AsLongLongAndOverflow(o, &overflow);
    *n = (Number){(double)i, WHOLE};
    return !overflow && i <= (long long)LARGEST && i >= -(long long)LARGEST;
}
static inline int slope_of(PyObject *o, Number *n) {
    *n = (Number){0, o == closed ? CLOSED : NONE};
    return o == closed || o == Py_None || number_of(o, n);
}
static inline int number_in(Slot s, Number *n) {
    if (is_object(s)) return slope_of(object_in(s), n);
    *n = (Number){float_in(s), FLOAT};
    return 1;
}
static PyObject *read_slot(PyObject *self, void *at) {
    Slot s = *(Slot *)((char *)self + (Py_ssize_t)at);
    return is_object(s) ? new(object_in(s)) : PyFloat_FromDouble(float_in(s));
}
static int write_slot(PyObject *self, PyObject *o, void *at) {
    Slot *s = (Slot *)((char *)self + (Py_ssize_t)at), old = *s;
    if (!o) {
        PyErr_SetString(PyExc_AttributeError, "a number of a node cannot be deleted");
        return -1;
    }
    *s = PyFloat_CheckExact(o) ? of_float(PyFloat_AS_DOUBLE(o)) : of_object(new(o));
    drop(old);
    return 0;
}

/* ── life and death ── */

static PyObject *alloc(PyTypeObject *type, Py_ssize_t n) {
    Node *z = PyObject_GC_New(Node, type);
    if (z) memset((char *)z + sizeof(PyObject), 0, sizeof(Node) - sizeof(PyObject));
    return (PyObject *)z;
}
static void show(PyObject *z) { /* to the collector */
    if (!PyObject_GC_IsTracked(z)) PyObject_GC_Track(z);
}
static PyObject *blank(PyObject *module, PyObject *type) {
    PyObject *z = ((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (z) show(z); /* who makes it in Python may give it anything */
    return z;
}

static Node *dead; /* nodes that are still to be freed: a deep graph needs no deep stack */
static int freeing;

static void release(Node *z) {
    PyTypeObject *type = Py_TYPE(z);
    PyObject *held[] = {z->op, z->name, z->choices, z->x, z->y};
    Slot slots[] = {z->data, z->grad, z->dx, z->dy};
    type->tp_free(z);
    for (int i = 0; i < 4; i++) drop(slots[i]);
    for (int i = 0; i < 5; i++) Py_XDECREF(held[i]);
    Py_DECREF(type);
}
static void dealloc(PyObject *self) {
    Node *z = (Node *)self;
    PyObject_GC_UnTrack(self);
    if (z->weak) PyObject_ClearWeakRefs(self);
    z->order = (intptr_t)dead;
    dead = z;
    if (freeing) return;
    freeing = 1;
    while ((z = dead)) {
        dead = (Node *)(intptr_t)z->order;
        release(z);
    }
    freeing = 0;
}
static int traverse(PyObject *self, visitproc visit, void *arg) {
    Node *z = (Node *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(z->x);
    Py_VISIT(z->y);
    Py_VISIT(z->choices);
    return 0;
}
static int clear(PyObject *self) {
    Py_CLEAR(((Node *)self)->choices); /* through which all cycles go */
    return 0;
}

/* ── operators ── */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    Row row;
    int count, own; /* operands, and which of them is self */
    PyObject *op, *python;
} Method;

static PyObject *call(PyObject *self, PyObject *const *args, size_t flags, PyObject *names) {
    Method *m = (Method *)self;
    Number numbers[2], results[3] = {{0, NONE}, {0, NONE}, {0, NONE}};
    int live = 0, shown = 0, n = m->count;
    if (PyVectorcall_NARGS(flags) != n || names) goto python;
    PyObject *operands[2] = {args[m->own], args[n - 1 - m->own]};
    for (int i = 0; i < n; i++) {
        if (Py_TYPE(operands[i]) == value_type) {
            Slot data = ((Node *)operands[i])->data;
            if (is_object(data) ? !number_of(object_in(data), numbers + i) : !number_in(data, numbers + i)) goto python;
            live |= 1 << i;
            shown |= PyObject_GC_IsTracked(operands[i]);
        } else if (!number_of(operands[i], numbers + i)) goto python;
    }
    if (!live || !m->row(numbers, results, live)) goto python;
    for (int i = 0; i < 3; i++)
        if (results[i].kind == WHOLE ? !(results[i].v >= -5 && results[i].v <= 256) : !isfinite(results[i].v)) goto python;
    Node *z = (Node *)alloc(value_type, 0);
    if (!z) return NULL;
    z->data = of_number(results[0]);
    z->dx = of_number(results[1]);
    z->dy = of_number(results[2]);
    z->grad = of_object(new(Py_None));
    z->x = new(operands[0]);
    z->y = new(n > 1 ? operands[1] : Py_None);
    z->op = new(m->op);
    z->name = new(Py_None);
    z->order = orders++;
    if (shown) PyObject_GC_Track(z); /* a cycle through an attribute of a subclass may come through here */
    return (PyObject *)z;
python:
    return PyObject_Vectorcall(m->python, args, flags, names);
}
static PyObject *bind(PyObject *self, PyObject *object, PyObject *type) {
    return object && object != Py_None ? PyMethod_New(self, object) : new(self);
}
static PyObject *get_attribute(PyObject *self, PyObject *name) {
    return PyObject_GetAttr(((Method *)self)->python, name);
}
static int set_attribute(PyObject *self, PyObject *name, PyObject *o) {
    return PyObject_SetAttr(((Method *)self)->python, name, o);
}
static PyObject *repr(PyObject *self) { return PyObject_Repr(((Method *)self)->python); }
static PyTypeObject method_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "autograd.core.node.Method",
    .tp_doc = "A function of Python, and a row in C for the operands that it is quick for.",
    .tp_basicsize = sizeof(Method),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .tp_vectorcall_offset = offsetof(Method, call),
    .tp_call = PyVectorcall_Call,
    .tp_descr_get = bind,
    .tp_getattro = get_attribute,
    .tp_setattro = set_attribute,
    .tp_repr = repr,
};
static PyObject *method(PyObject *module, PyObject *args) {
    unsigned long long row;
    Method made = {.call = call}, *m;
    if (!PyArg_ParseTuple(args, "KiiUO", &row, &made.count, &made.own, &made.op, &made.python)) return NULL;
    if (!(m = PyObject_New(Method, &method_type))) return NULL;
    made.row = (Row)(uintptr_t)row;
    memcpy((char *)m + sizeof(PyObject), (char *)&made + sizeof(PyObject), sizeof(Method) - sizeof(PyObject));
    Py_INCREF(m->op); /* for as long as the process lives */
    Py_INCREF(m->python);
    return (PyObject *)m;
}

static PyObject *next_order(PyObject *self) { return PyLong_FromLongLong(orders++); }
static PyTypeObject orders_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "autograd.core.node.Orders",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = next_order,
};

/* ── lists of nodes, none of which is held: no code of Python runs while there is one ── */

typedef struct {
    Node *z;
    double grad;
    int reached; /* by a gradient, and not by closed ways alone */
} Stop;
typedef struct {
    Stop *at;
    Py_ssize_t n, room;
} Stops;

static Stop *stop(Stops *stops, Py_ssize_t i) {
    if (i >= stops->room) {
        Py_ssize_t room = 2 * i + 1024;
        Stop *at = PyMem_Realloc(stops->at, room * sizeof(Stop));
        if (!at) return NULL;
        memset(at + stops->room, 0, (room - stops->room) * sizeof(Stop));
        stops->at = at;
        stops->room = room;
    }
    if (i >= stops->n) stops->n = i + 1;
    return stops->at + i;
}
#define IS_NODE(o) ((o) && (Py_TYPE(o) == value_type || PyObject_TypeCheck(o, node_type)))

static int each(PyObject *x, int (*visit)(void *, PyObject *), void *arg) { /* node of an operand, or of vectors */
    if (!x || !PyTuple_CheckExact(x)) return visit(arg, x);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(x); i++)
        if (!each(PyTuple_GET_ITEM(x, i), visit, arg)) return 0;
    return 1;
}
static int to_follow(void *arg, PyObject *o) {
    Stops *stops = arg;
    if (!IS_NODE(o) || ((Node *)o)->followed) return 1;
    Stop *s = stop(stops, stops->n);
    if (s) s->z = (Node *)o;
    return s != NULL;
}
static PyObject *follow(PyObject *module, PyObject *o) { /* Show a Value, and all that it is made of. */
    Stops stops = {0};
    int fine = to_follow(&stops, o);
    while (fine && stops.n) {
        Node *z = stops.at[--stops.n].z;
        if (z->followed) continue;
        z->followed = 1;
        show((PyObject *)z);
        fine = each(z->x, to_follow, &stops) && each(z->y, to_follow, &stops);
    }
    PyMem_Free(stops.at);
    if (!fine) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

/* ── the pass back: nodes by their places before the output in the order of creation, each after all its uses ── */

typedef struct {
    Stops inner, leaves;
    long long last; /* the output's place */
    Py_ssize_t i, met;
} Pass;

static Stop *place_of(Pass *p, Node *x) {
    Stop *s = NULL;
    if (x->x == Py_None) { /* a leaf's dy is None, and in a pass its place among the leaves */
        if (x->dy == of_object(Py_None)) {
            if ((s = stop(&p->leaves, p->leaves.n))) {
                s->z = x;
                x->dy = of_float(p->leaves.n - 1);
            }
            return s;
        }
        double i = is_object(x->dy) ? -1 : float_in(x->dy);
        if (i >= 0 && i < p->leaves.n) s = p->leaves.at + (Py_ssize_t)i;
        return s && s->z == x ? s : NULL;
    }
    long long i = p->last - x->order;
    if (!x->x || i <= p->i || i > 100000 + 64 * p->met) return NULL; /* not where there are mostly gaps */
    if (!(s = stop(&p->inner, i)) || (s->z && s->z != x)) return NULL;
    p->met += !s->z;
    s->z = x;
    return s;
}
static int hand(Pass *p, PyObject *x, Number slope, int entry) {
    if (slope.kind == NONE) return 1;
    Stop *s = IS_NODE(x) ? place_of(p, (Node *)x) : NULL, *z = p->inner.at + p->i;
    if (!s || !z->reached || slope.kind == CLOSED) return s != NULL;
    double part = z->grad * slope.v;
    s->grad = s->reached ? s->grad + part : entry ? 0 + part : part; /* 0 − 0 is 0 in Python's sum too */
    s->reached = 1;
    return 1;
}
static int hand_entries(Pass *p, PyObject *x, PyObject *slopes) {
    Number slope;
    if (!PyTuple_CheckExact(slopes) || PyTuple_GET_SIZE(slopes) != PyTuple_GET_SIZE(x)) return 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(x); i++) {
        PyObject *entry = PyTuple_GET_ITEM(x, i), *d = PyTuple_GET_ITEM(slopes, i);
        if (PyTuple_CheckExact(entry) ? !hand_entries(p, entry, d) : !slope_of(d, &slope) || !hand(p, entry, slope, 1))
            return 0;
    }
    return 1;
}
static int run(Pass *p, Node *output, double seed) {
    Number dx, dy;
    Stop *s = stop(&p->inner, 0);
    if (!s) return 0;
    *s = (Stop){output, seed, 1};
    p->last = output->order;
    for (p->i = 0; p->i < p->inner.n; p->i++) {
        Node *z = p->inner.at[p->i].z;
        if (!z) continue;
        if (PyTuple_CheckExact(z->x)) {
            if (!is_object(z->dx) || !hand_entries(p, z->x, object_in(z->dx))) return 0;
        } else if (!number_in(z->dx, &dx) || !number_in(z->dy, &dy) || !hand(p, z->x, dx, 0) || !hand(p, z->y, dy, 0))
            return 0;
    }
    return 1;
}
static inline Number result(Stop *s) { return (Number){s && s->reached ? s->grad : 0, FLOAT}; }
static int keep(Pass *p) { /* the gradients, in the nodes */
    Number before;
    for (Py_ssize_t i = 0; i < p->leaves.n; i++)
        if (!number_in(p->leaves.at[i].z->grad, &before)) return 0;
    for (int leaf = 0; leaf < 2; leaf++) {
        Stops *stops = leaf ? &p->leaves : &p->inner;
        for (Stop *s = stops->at; s < stops->at + stops->n; s++) {
            if (!s->z) continue;
            Slot old = s->z->grad;
            Number grad = result(s);
            if (leaf && number_in(old, &before) && before.kind != NONE) grad.v += before.v;
            s->z->grad = of_number(grad);
            drop(old);
        }
    }
    return 1;
}
static Stop *stop_of(Pass *p, Node *x) {
    if (x->x == Py_None) return is_object(x->dy) ? NULL : p->leaves.at + (Py_ssize_t)float_in(x->dy);
    long long i = p->last - x->order;
    return i >= 0 && i < p->inner.n && p->inner.at[i].z == x ? p->inner.at + i : NULL;
}
static int list(Pass *p, PyObject *inputs, PyObject *grads) { /* the gradients of some Values, and keep none */
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(inputs); i++) {
        PyObject *o = PyList_GET_ITEM(inputs, i), *grad;
        if (!IS_NODE(o) || !(grad = PyFloat_FromDouble(result(stop_of(p, (Node *)o)).v))) return 0;
        PyList_SET_ITEM(grads, i, grad);
    }
    return 1;
}
/* (output, seed): whether the pass is done; (output, seed, inputs): the gradients of these, and no node has changed.
   False where Python has to do it, and nothing has changed. */
static PyObject *pass_back(PyObject *module, PyObject *const *args, Py_ssize_t n) {
    Pass p = {{0}};
    Number seed;
    int done = 0;
    if (!IS_NODE(args[0]) || !number_of(args[1], &seed)) Py_RETURN_FALSE;
    Node *output = (Node *)args[0];
    if (is_object(output->data) || output->x == Py_None || !output->x) Py_RETURN_FALSE;
    PyObject *grads = n > 2 ? PyList_New(PyList_GET_SIZE(args[2])) : new(Py_True);
    if (!grads) return NULL;
    if (run(&p, output, seed.v)) done = n > 2 ? list(&p, args[2], grads) : keep(&p);
    for (Py_ssize_t i = 0; i < p.leaves.n; i++) p.leaves.at[i].z->dy = of_object(Py_None);
    PyMem_Free(p.inner.at);
    PyMem_Free(p.leaves.at);
    if (done) return grads;
    Py_DECREF(grads);
    PyErr_Clear();
    Py_RETURN_FALSE;
}

/* ── the module ── */

static PyGetSetDef numbers[] = {
    {"_data", read_slot, write_slot, NULL, (void *)offsetof(Node, data)},
    {"_grad", read_slot, write_slot, NULL, (void *)offsetof(Node, grad)},
    {"dx", read_slot, write_slot, NULL, (void *)offsetof(Node, dx)},
    {"dy", read_slot, write_slot, NULL, (void *)offsetof(Node, dy)},
    {0},
};
static PyMemberDef members[] = {
    {"x", T_OBJECT_EX, offsetof(Node, x)},
    {"y", T_OBJECT_EX, offsetof(Node, y)},
    {"op", T_OBJECT_EX, offsetof(Node, op)},
    {"name", T_OBJECT_EX, offsetof(Node, name)},
    {"choices", T_OBJECT_EX, offsetof(Node, choices)},
    {"order", T_LONGLONG, offsetof(Node, order)},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Node, weak), READONLY},
    {0},
};
static PyType_Slot slots[] = {
    {Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear},
    {Py_tp_getset, numbers},  {Py_tp_members, members},   {0},
};
static PyType_Spec spec = {
    "autograd.core.node.Node", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, slots,
};
static PyObject *adopt(PyObject *module, PyObject *args) { /* Say which class Value is, and the closed slope. */
    PyObject *value;
    if (!PyArg_ParseTuple(args, "OO", &value, &closed)) return NULL;
    value_type = (PyTypeObject *)new(value);
    Py_INCREF(closed);
    value_type->tp_alloc = alloc;
    value_type->tp_dealloc = dealloc;
    Py_RETURN_NONE;
}
static PyMethodDef functions[] = {
    {"adopt", adopt, METH_VARARGS},
    {"blank", blank, METH_O},
    {"follow", follow, METH_O},
    {"method", method, METH_VARARGS},
    {"pass_back", (PyCFunction)(void *)pass_back, METH_FASTCALL},
    {0},
};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "chalknode", NULL, -1, functions};

PyMODINIT_FUNC PyInit_chalknode(void) {
    PyObject *module = NULL;
    if (PyType_Ready(&method_type) < 0 || PyType_Ready(&orders_type) < 0) return NULL;
    if ((uintptr_t)&spec >> 48 || (uintptr_t)Py_None >> 48) { /* no room behind a nan */
        PyErr_SetString(PyExc_ImportError, "addresses have more than 48 bits here");
        return NULL;
    }
    if (!(node_type = (PyTypeObject *)PyType_FromSpec(&spec)) || !(module = PyModule_Create(&definition))) return NULL;
    PyModule_AddObject(module, "Node", new((PyObject *)node_type));
    PyModule_AddObject(module, "Method", new((PyObject *)&method_type));
    PyModule_AddObject(module, "orders", (PyObject *)PyObject_New(PyObject, &orders_type));
    return module;
}
