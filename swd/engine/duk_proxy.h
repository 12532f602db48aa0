/* Proxy as ES2023 has it: included by duk_unit.c behind duktape.c.
 *
 * Duktape knows seven traps and asks no Proxy behind a Proxy or in a prototype chain. Here are the
 * internal methods of every object for which a Proxy may be in play; gen-duk.sh puts them where
 * Duktape looks at a property, and in the place of the functions of Object and Reflect that stand
 * for an internal method. `o`, `k`, ... are absolute indices of the value stack: an object, a
 * property key (a string or symbol), values. What is ordinary is left to Duktape: nothing here
 * costs anything where there is no Proxy, but one test of a flag a link of a prototype chain.
 *
 * The functions push their answer and nothing else. They call traps, so anything may have happened
 * when they return; a revoked Proxy keeps its target, so that it cannot be pulled away under them.
 * Nested Proxies recurse and are bounded by the native stack (RangeError). */

static bool px_is(duk_hthread *thr, duk_idx_t o)
{
    return DUK_HOBJECT_IS_PROXY(duk_known_hobject(thr, o));
}

static void px_reject(duk_hthread *thr, const char *trap, const char *why)
{
    (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "'%s' on proxy: %s", trap, why);
}

/* Pushes trap, handler and target; false, nothing pushed: there is no such trap. */
static bool px_trap(duk_hthread *thr, duk_idx_t o, const char *name)
{
    duk_hproxy *p = (duk_hproxy *)duk_known_hobject(thr, o);
    duk_native_stack_check(thr);
    duk_require_stack(thr, 32);
    duk_push_hobject(thr, p->handler);
    duk_get_prop_string(thr, -1, name);
    if (duk_is_null_or_undefined(thr, -1)) {
        duk_pop_2(thr);
        return false;
    }
    if (!duk_is_callable(thr, -1))
        px_reject(thr, name, "the trap is not a function");
    duk_insert(thr, -2);
    duk_push_hobject(thr, p->target);
    return true;
}

/* Pushes the target of the Proxy at `o`; answers with its index. */
static duk_idx_t px_target(duk_hthread *thr, duk_idx_t o)
{
    duk_require_stack(thr, 32);
    duk_push_hobject(thr, ((duk_hproxy *)duk_known_hobject(thr, o))->target);
    return duk_get_top_index(thr);
}

/* Of what is above `base` only the top stays. */
static void px_settle(duk_hthread *thr, duk_idx_t base)
{
    if (duk_get_top_index(thr) > base)
        duk_replace(thr, base);
    duk_set_top(thr, base + 1);
}

/* ---- Prototype, extensibility -----------------------------------------------------------------*/

static bool px_is_extensible(duk_hthread *thr, duk_idx_t o)
{
    duk_idx_t base = duk_get_top(thr);
    bool yes;
    if (!px_is(thr, o))
        return DUK_HOBJECT_HAS_EXTENSIBLE(duk_known_hobject(thr, o));
    if (px_trap(thr, o, "isExtensible")) {
        duk_call_method(thr, 1);
        yes = duk_to_boolean(thr, -1);
        if (yes != px_is_extensible(thr, px_target(thr, o)))
            px_reject(thr, "isExtensible", "the trap's result is not that of its target");
    } else {
        yes = px_is_extensible(thr, px_target(thr, o));
    }
    duk_set_top(thr, base);
    return yes;
}

/* Is the own property in entry `e` one that the library makes at first touch, and not made yet? */
static bool px_is_lazy(duk_hthread *thr, duk_hobject *h, duk_uint32_t e)
{
    duk_hobject *get;
    bool yes;
    if (!DUK_HOBJECT_E_GET_KEY(thr->heap, h, e) || !DUK_HOBJECT_E_SLOT_IS_ACCESSOR(thr->heap, h, e))
        return false;
    get = DUK_HOBJECT_E_GET_VALUE_GETTER(thr->heap, h, e);
    if (!get || !DUK_HOBJECT_IS_NATFUNC(get))
        return false;
    duk_push_hobject(thr, get);
    yes = duk_has_prop_literal(thr, -1, DUK_HIDDEN_SYMBOL("lazy"));
    duk_pop(thr);
    return yes;
}

static bool px_stands(duk_hthread *thr, duk_idx_t o, duk_hstring *k)
{
    duk_hobject *h = duk_known_hobject(thr, o);
    duk_int_t e, hash;
    return duk_hobject_find_entry(thr->heap, h, k, &e, &hash) &&
           px_is_lazy(thr, h, (duk_uint32_t)e);
}

/* Makes the own property `k` if the library makes it at first touch, so that no script sees or
 * changes the accessor that stands for it. */
static void px_make(duk_hthread *thr, duk_idx_t o, duk_hstring *k)
{
    if (!px_stands(thr, o, k))
        return;
    duk_push_hstring(thr, k);
    duk_get_prop(thr, o);
    duk_pop(thr);
}

/* All of them: what is frozen, sealed or not extensible could not be changed into them later.
 * Making one may make others and move entries, so the search begins anew. */
static void px_make_all(duk_hthread *thr, duk_idx_t o)
{
    duk_hobject *h = duk_known_hobject(thr, o);
    duk_idx_t at = duk_normalize_index(thr, o);
    duk_require_stack(thr, 8);
    for (duk_uint32_t e = 0; e < DUK_HOBJECT_GET_ENEXT(h); e++) {
        duk_hstring *k;
        if (!px_is_lazy(thr, h, e))
            continue;
        k = DUK_HOBJECT_E_GET_KEY(thr->heap, h, e);
        px_make(thr, at, k);
        if (!(e < DUK_HOBJECT_GET_ENEXT(h) && DUK_HOBJECT_E_GET_KEY(thr->heap, h, e) == k &&
              px_is_lazy(thr, h, e)))
            e = (duk_uint32_t)-1;
    }
}

static bool px_prevent(duk_hthread *thr, duk_idx_t o)
{
    duk_idx_t base = duk_get_top(thr);
    bool done = true;
    if (!px_is(thr, o)) {
        px_make_all(thr, o);
        DUK_HOBJECT_CLEAR_EXTENSIBLE(duk_known_hobject(thr, o));
        duk_hobject_compact_props(thr, duk_known_hobject(thr, o));
        return true;
    }
    if (px_trap(thr, o, "preventExtensions")) {
        duk_call_method(thr, 1);
        done = duk_to_boolean(thr, -1);
        if (done && px_is_extensible(thr, px_target(thr, o)))
            px_reject(thr, "preventExtensions", "the target is extensible");
    } else {
        done = px_prevent(thr, px_target(thr, o));
    }
    duk_set_top(thr, base);
    return done;
}

/* Pushes an object or null. */
static void px_get_proto(duk_hthread *thr, duk_idx_t o)
{
    duk_idx_t base = duk_get_top(thr), target;
    duk_hobject *proto;
    duk_require_stack(thr, 32);
    if (!px_is(thr, o)) {
        proto = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, duk_known_hobject(thr, o));
        if (proto)
            duk_push_hobject(thr, proto);
        else
            duk_push_null(thr);
        return;
    }
    if (!px_trap(thr, o, "getPrototypeOf")) {
        px_get_proto(thr, px_target(thr, o));
        px_settle(thr, base);
        return;
    }
    duk_call_method(thr, 1);
    if (!duk_is_object(thr, -1) && !duk_is_null(thr, -1))
        px_reject(thr, "getPrototypeOf", "trap returned neither object nor null");
    target = px_target(thr, o);
    if (!px_is_extensible(thr, target)) {
        px_get_proto(thr, target);
        if (!duk_samevalue(thr, base, -1))
            px_reject(thr, "getPrototypeOf", "the non-extensible target has another prototype");
    }
    duk_set_top(thr, base + 1);
}

static bool px_set_ordinary_proto(duk_hthread *thr, duk_hobject *h, duk_hobject *proto)
{
    duk_hobject *p = proto;
    if (DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h) == proto)
        return true;
    if (!DUK_HOBJECT_HAS_EXTENSIBLE(h) || h == thr->builtins[DUK_BIDX_OBJECT_PROTOTYPE])
        return false;
    for (; p && !DUK_HOBJECT_IS_PROXY(p); p = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, p))
        if (p == h)
            return false;
    DUK_HOBJECT_SET_PROTOTYPE_UPDREF(thr, h, proto);
    return true;
}

static bool px_set_proto(duk_hthread *thr, duk_idx_t o, duk_idx_t proto)
{
    duk_idx_t base = duk_get_top(thr), target;
    bool done;
    if (!px_is(thr, o))
        return px_set_ordinary_proto(thr, duk_known_hobject(thr, o), duk_get_hobject(thr, proto));
    if (px_trap(thr, o, "setPrototypeOf")) {
        duk_dup(thr, proto);
        duk_call_method(thr, 2);
        done = duk_to_boolean(thr, -1);
        target = px_target(thr, o);
        if (done && !px_is_extensible(thr, target)) {
            px_get_proto(thr, target);
            if (!duk_samevalue(thr, proto, -1))
                px_reject(thr, "setPrototypeOf", "the target is not extensible");
        }
    } else {
        done = px_set_proto(thr, px_target(thr, o), proto);
    }
    duk_set_top(thr, base);
    return done;
}

/* ---- Own properties ---------------------------------------------------------------------------*/

/* What a key is to a typed array: no index at all, one within its bounds, one that is not. */
enum px_index { PX_NO_INDEX, PX_IN, PX_OUT };

static enum px_index px_typed(duk_hthread *thr, duk_hobject *h, duk_idx_t k)
{
    duk_hstring *key = duk_known_hstring(thr, k);
    duk_small_uint_t class = DUK_HOBJECT_GET_CLASS_NUMBER(h);
    const char *text = (const char *)DUK_HSTRING_GET_DATA(key);
    duk_double_t n;
    bool canonical;
    if (!DUK_HOBJECT_IS_BUFOBJ(h) || class < SWD_CLASS_TYPED || DUK_HSTRING_HAS_SYMBOL(key))
        return PX_NO_INDEX;
    if (!strchr("0123456789-IN", text[0]) || text[0] == 0)
        return PX_NO_INDEX;
    if (strcmp(text, "-0") == 0)
        return PX_OUT;
    duk_push_hstring(thr, key);
    n = duk_to_number(thr, -1);
    duk_to_string(thr, -1);
    canonical = duk_get_hstring(thr, -1) == key;
    duk_pop(thr);
    if (!canonical)
        return PX_NO_INDEX;
    return n >= 0 && n < (duk_double_t)(((duk_hbufobj *)h)->length >> ((duk_hbufobj *)h)->shift) &&
                   n == (duk_double_t)(duk_uint32_t)n
               ? PX_IN
               : PX_OUT;
}

/* [[DefineOwnProperty]] of an index of the typed array at `o`. */
static bool px_define_typed(duk_hthread *thr, duk_idx_t o, duk_idx_t k, const struct px_desc *d,
                            bool in)
{
    if (!in || (PX_HAVE(d, CONFIGURABLE) && !PX_CONFIGURABLE(d)) ||
        (PX_HAVE(d, ENUMERABLE) && !PX_IS(d, ENUMERABLE)) || PX_IS_ACCESSOR(d) ||
        (PX_HAVE(d, WRITABLE) && !PX_IS(d, WRITABLE)))
        return false;
    if (PX_HAVE(d, VALUE)) {
        duk_dup(thr, k);
        duk_dup(thr, d->value);
        duk_put_prop(thr, o);
    }
    return true;
}

/* Pushes the descriptor of an own property of what is no Proxy. */
static void px_get_ordinary(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    enum px_index typed = px_typed(thr, duk_known_hobject(thr, o), k);
    if (typed == PX_OUT) {
        duk_push_undefined(thr);
        return;
    }
    px_make(thr, o, duk_known_hstring(thr, k));
    duk_dup(thr, k);
    duk_hobject_object_get_own_property_descriptor(thr, o);
    if (!duk_is_object(thr, -1))
        return;
    if (typed == PX_IN)
        px_put_flag(thr, "configurable", true, true);
}

static void px_get_own(duk_hthread *thr, duk_idx_t o, duk_idx_t k);

/* The trap's answer is on top: held against the target, and completed. */
static void px_check_own(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    static const char trap[] = "getOwnPropertyDescriptor";
    duk_idx_t base = duk_get_top_index(thr), target = px_target(thr, o);
    struct px_desc d, t;
    bool extensible;
    px_get_own(thr, target, k);
    px_read_desc(thr, target + 1, &t);
    if (duk_is_undefined(thr, base)) {
        if (t.is && (!PX_CONFIGURABLE(&t) || !px_is_extensible(thr, target)))
            px_reject(thr, trap,
                      "trap returned undefined for a property that the target must have");
        duk_set_top(thr, base + 1);
        return;
    }
    extensible = px_is_extensible(thr, target);
    px_read_desc(thr, base, &d);
    px_push_desc(thr, &d, true);
    duk_replace(thr, base);
    px_read_desc(thr, base, &d);
    if (!px_compatible(thr, extensible, &d, &t))
        px_reject(thr, trap, "trap returned a descriptor that the target's forbids");
    if (!PX_CONFIGURABLE(&d) &&
        (!t.is || PX_CONFIGURABLE(&t) || (PX_FROZEN_VALUE(&d) && PX_IS(&t, WRITABLE))))
        px_reject(thr, trap, "trap reported a property as fixed that the target has not so");
    duk_set_top(thr, base + 1);
}

/* [[GetOwnProperty]]: pushes a complete descriptor object, or undefined. */
static void px_get_own(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    duk_idx_t base = duk_get_top(thr);
    duk_require_stack(thr, 32);
    if (!px_is(thr, o)) {
        px_get_ordinary(thr, o, k);
    } else if (!px_trap(thr, o, "getOwnPropertyDescriptor")) {
        px_get_own(thr, px_target(thr, o), k);
        px_settle(thr, base);
    } else {
        duk_dup(thr, k);
        duk_call_method(thr, 2);
        if (!duk_is_object(thr, -1) && !duk_is_undefined(thr, -1))
            px_reject(thr, "getOwnPropertyDescriptor",
                      "trap returned neither object nor undefined");
        px_check_own(thr, o, k);
    }
}

static void px_check_define(duk_hthread *thr, duk_idx_t o, duk_idx_t k, const struct px_desc *d)
{
    duk_idx_t target = px_target(thr, o);
    bool fixes = PX_HAVE(d, CONFIGURABLE) && !PX_CONFIGURABLE(d), extensible;
    struct px_desc t;
    px_get_own(thr, target, k);
    px_read_desc(thr, target + 1, &t);
    extensible = px_is_extensible(thr, target);
    if (!px_compatible(thr, extensible, d, &t))
        px_reject(thr, "defineProperty", "the target does not allow this property");
    if (fixes && (!t.is || PX_CONFIGURABLE(&t)))
        px_reject(thr, "defineProperty", "the target has no such fixed property");
    if (t.is && PX_IS_DATA(&t) && !PX_CONFIGURABLE(&t) && PX_IS(&t, WRITABLE) &&
        PX_HAVE(d, WRITABLE) && !PX_IS(d, WRITABLE))
        px_reject(thr, "defineProperty", "the property of the target is writable");
}

/* [[DefineOwnProperty]] of the descriptor object at `desc`; `must`: an ordinary object throws for
 * false, with its own words. */
static bool px_define(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t desc, bool must)
{
    duk_idx_t base = duk_get_top(thr);
    struct px_desc d;
    bool done;
    enum px_index typed = px_typed(thr, duk_known_hobject(thr, o), k);
    duk_require_stack(thr, 32);
    px_read_desc(thr, desc, &d);
    if (typed != PX_NO_INDEX) {
        done = px_define_typed(thr, o, k, &d, typed == PX_IN);
        if (!done && must)
            (void)duk_error(thr, DUK_ERR_TYPE_ERROR, "Cannot redefine property");
    } else if (!px_is(thr, o)) {
        if (!(PX_HAVE(&d, VALUE) && PX_HAVE(&d, WRITABLE)))
            px_make(thr, o, duk_known_hstring(thr, k));
        done = duk_hobject_define_property_helper(thr, d.flags, duk_known_hobject(thr, o),
                                                  duk_known_hstring(thr, k), d.value, d.get, d.set,
                                                  must);
    } else if (px_trap(thr, o, "defineProperty")) {
        duk_dup(thr, k);
        px_push_desc(thr, &d, false);
        duk_call_method(thr, 3);
        done = duk_to_boolean(thr, -1);
        if (done)
            px_check_define(thr, o, k, &d);
        else if (must)
            px_reject(thr, "defineProperty", "trap returned falsish");
    } else {
        duk_idx_t target;
        px_push_desc(thr, &d, false);
        target = px_target(thr, o);
        done = px_define(thr, target, k, target - 1, must);
    }
    duk_set_top(thr, base);
    return done;
}

static bool px_delete(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    duk_idx_t base = duk_get_top(thr), target;
    struct px_desc t;
    bool done;
    if (!px_is(thr, o))
        return duk_hobject_delprop_raw(thr, duk_known_hobject(thr, o), duk_known_hstring(thr, k),
                                       0);
    if (px_trap(thr, o, "deleteProperty")) {
        duk_dup(thr, k);
        duk_call_method(thr, 2);
        done = duk_to_boolean(thr, -1);
        if (done) {
            target = px_target(thr, o);
            px_get_own(thr, target, k);
            px_read_desc(thr, target + 1, &t);
            if (t.is && (!PX_CONFIGURABLE(&t) || !px_is_extensible(thr, target)))
                px_reject(thr, "deleteProperty", "the property of the target cannot be deleted");
        }
    } else {
        done = px_delete(thr, px_target(thr, o), k);
    }
    duk_set_top(thr, base);
    return done;
}

/* Pushes a bare object with the keys of the list at `list` for keys; `trap`: which must be keys,
 * none twice. */
static void px_key_set(duk_hthread *thr, duk_idx_t list, bool trap)
{
    duk_uarridx_t n = (duk_uarridx_t)duk_get_length(thr, list);
    duk_idx_t set = duk_push_bare_object(thr);
    for (duk_uarridx_t i = 0; i < n; i++) {
        duk_get_prop_index(thr, list, i);
        if (trap && !duk_is_string(thr, -1))
            px_reject(thr, "ownKeys", "trap returned what is no property key");
        duk_dup_top(thr);
        if (trap && duk_has_prop(thr, set)) {
            px_reject(thr, "ownKeys", "trap returned duplicate entries");
        } else if (!trap) {
            duk_pop(thr);
        }
        duk_push_true(thr);
        duk_put_prop(thr, set);
    }
}

static void px_own_keys(duk_hthread *thr, duk_idx_t o);

/* The trap's list is on top: copied into an array, and held against the target. */
static void px_check_keys(duk_hthread *thr, duk_idx_t o)
{
    duk_idx_t base = duk_get_top_index(thr), target;
    duk_uarridx_t n = (duk_uarridx_t)duk_get_length(thr, base), of_target, seen = 0;
    bool extensible;
    struct px_desc t;
    duk_push_array(thr);
    for (duk_uarridx_t i = 0; i < n; i++) {
        duk_get_prop_index(thr, base, i);
        duk_put_prop_index(thr, base + 1, i);
    }
    duk_replace(thr, base);
    px_key_set(thr, base, true); /* base + 1 */
    target = px_target(thr, o);
    extensible = px_is_extensible(thr, target);
    px_own_keys(thr, target); /* target + 1 */
    of_target = (duk_uarridx_t)duk_get_length(thr, target + 1);
    for (duk_uarridx_t i = 0; i < of_target; i++) {
        duk_get_prop_index(thr, target + 1, i); /* target + 2 */
        duk_dup_top(thr);
        if (duk_has_prop(thr, base + 1)) {
            seen++;
        } else {
            px_get_own(thr, target, target + 2);
            px_read_desc(thr, target + 3, &t);
            if (!extensible || (t.is && !PX_CONFIGURABLE(&t)))
                px_reject(thr, "ownKeys", "trap result did not include a key that must be there");
        }
        duk_set_top(thr, target + 2);
    }
    if (!extensible && seen != n)
        px_reject(thr, "ownKeys", "trap returned extra keys but the target is non-extensible");
    duk_set_top(thr, base + 1);
}

/* [[OwnPropertyKeys]]: pushes an array. */
static void px_own_keys(duk_hthread *thr, duk_idx_t o)
{
    duk_idx_t base = duk_get_top(thr);
    duk_require_stack(thr, 32);
    if (!px_is(thr, o)) {
        duk_dup(thr, o);
        duk_hobject_get_enumerated_keys(
            thr, DUK_ENUM_INCLUDE_SYMBOLS | DUK_ENUM_OWN_PROPERTIES_ONLY |
                     DUK_ENUM_INCLUDE_NONENUMERABLE | DUK_ENUM_NO_PROXY_BEHAVIOR);
        px_settle(thr, base);
    } else if (px_trap(thr, o, "ownKeys")) {
        duk_call_method(thr, 1);
        if (!duk_is_object(thr, -1))
            px_reject(thr, "ownKeys", "trap returned no object");
        px_check_keys(thr, o);
    } else {
        px_own_keys(thr, px_target(thr, o));
        px_settle(thr, base);
    }
}

static bool px_is_enumerable(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    bool yes;
    px_get_own(thr, o, k);
    yes = duk_is_object(thr, -1) && duk_get_prop_literal(thr, -1, "enumerable") &&
          duk_to_boolean(thr, -1);
    duk_set_top(thr, k + 1);
    return yes;
}

/* ---- has, get, set ----------------------------------------------------------------------------*/

static bool px_has(duk_hthread *thr, duk_idx_t o, duk_idx_t k)
{
    duk_idx_t base = duk_get_top(thr), target;
    enum px_index typed = px_typed(thr, duk_known_hobject(thr, o), k);
    struct px_desc t;
    bool has;
    if (typed != PX_NO_INDEX)
        return typed == PX_IN;
    if (!px_is(thr, o))
        return duk_hobject_hasprop_raw(thr, duk_known_hobject(thr, o), duk_known_hstring(thr, k));
    if (px_trap(thr, o, "has")) {
        duk_dup(thr, k);
        duk_call_method(thr, 2);
        has = duk_to_boolean(thr, -1);
        if (!has) {
            target = px_target(thr, o);
            px_get_own(thr, target, k);
            px_read_desc(thr, target + 1, &t);
            if (t.is && (!PX_CONFIGURABLE(&t) || !px_is_extensible(thr, target)))
                px_reject(thr, "has", "trap denied a property that the target must have");
        }
    } else {
        has = px_has(thr, px_target(thr, o), k);
    }
    duk_set_top(thr, base);
    return has;
}

static void px_get(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t self);

/* [[Get]] of what is no Proxy, for another receiver. */
static void px_get_ordinary_for(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t self)
{
    duk_idx_t base = duk_get_top(thr);
    duk_hobject *h = duk_known_hobject(thr, o);
    duk_propdesc d;
    for (; h; h = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h)) {
        if (DUK_HOBJECT_IS_PROXY(h)) {
            duk_push_hobject(thr, h);
            px_get(thr, base, k, self);
            px_settle(thr, base);
            return;
        }
        if (!duk_hobject_get_own_propdesc(thr, h, duk_known_hstring(thr, k), &d,
                                          DUK_GETDESC_FLAG_PUSH_VALUE)) {
            if (DUK_HOBJECT_IS_BUFOBJ(h) && px_typed(thr, h, k) == PX_OUT)
                break;
            continue;
        }
        if (!(d.flags & DUK_PROPDESC_FLAG_ACCESSOR))
            return;
        duk_pop(thr);
        if (!d.get)
            break;
        duk_push_hobject(thr, d.get);
        duk_dup(thr, self);
        duk_call_method(thr, 0);
        return;
    }
    duk_push_undefined(thr);
}

static void px_get(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t self)
{
    duk_idx_t base = duk_get_top(thr), target;
    struct px_desc t;
    duk_native_stack_check(thr);
    duk_require_stack(thr, 32);
    if (!px_is(thr, o)) {
        px_get_ordinary_for(thr, o, k, self);
        return;
    }
    if (!px_trap(thr, o, "get")) {
        px_get(thr, px_target(thr, o), k, self);
        px_settle(thr, base);
        return;
    }
    duk_dup(thr, k);
    duk_dup(thr, self);
    duk_call_method(thr, 3);
    target = px_target(thr, o);
    px_get_own(thr, target, k);
    px_read_desc(thr, target + 1, &t);
    if (t.is &&
        ((PX_FROZEN_VALUE(&t) && !duk_samevalue(thr, base, t.value)) ||
         (PX_IS_ACCESSOR(&t) && !PX_CONFIGURABLE(&t) && !t.get && !duk_is_undefined(thr, base))))
        px_reject(thr, "get", "trap returned another value than the target's fixed one");
    duk_set_top(thr, base + 1);
}

static bool px_set(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t v, duk_idx_t self);

/* The end of OrdinarySet: the value becomes a property of the receiver. */
static bool px_set_on(duk_hthread *thr, duk_idx_t k, duk_idx_t v, duk_idx_t self)
{
    duk_idx_t base = duk_get_top(thr);
    struct px_desc own;
    bool done;
    if (!duk_is_object(thr, self))
        return false;
    px_get_own(thr, self, k);
    px_read_desc(thr, base, &own);
    if (own.is && (PX_IS_ACCESSOR(&own) || !PX_IS(&own, WRITABLE))) {
        duk_set_top(thr, base);
        return false;
    }
    duk_push_object(thr);
    duk_dup(thr, v);
    duk_put_prop_literal(thr, -2, "value");
    px_put_flag(thr, "writable", !own.is, true);
    px_put_flag(thr, "enumerable", !own.is, true);
    px_put_flag(thr, "configurable", !own.is, true);
    done = px_define(thr, self, k, duk_get_top_index(thr), false);
    duk_set_top(thr, base);
    return done;
}

/* [[Set]] of what is no Proxy, for another receiver. */
static bool px_set_ordinary_for(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t v,
                                duk_idx_t self)
{
    duk_idx_t base = duk_get_top(thr);
    duk_hobject *h = duk_known_hobject(thr, o);
    duk_propdesc d;
    bool done;
    for (; h; h = DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h)) {
        if (DUK_HOBJECT_IS_PROXY(h)) {
            duk_push_hobject(thr, h);
            done = px_set(thr, base, k, v, self);
            duk_set_top(thr, base);
            return done;
        }
        if (DUK_HOBJECT_IS_BUFOBJ(h) && px_typed(thr, h, k) == PX_OUT)
            return true;
        if (!duk_hobject_get_own_propdesc(thr, h, duk_known_hstring(thr, k), &d, 0))
            continue;
        if (!(d.flags & DUK_PROPDESC_FLAG_ACCESSOR)) {
            if (!(d.flags & DUK_PROPDESC_FLAG_WRITABLE))
                return false;
            break;
        }
        if (!d.set)
            return false;
        duk_push_hobject(thr, d.set);
        duk_dup(thr, self);
        duk_dup(thr, v);
        duk_call_method(thr, 1);
        duk_set_top(thr, base);
        return true;
    }
    return px_set_on(thr, k, v, self);
}

static bool px_set(duk_hthread *thr, duk_idx_t o, duk_idx_t k, duk_idx_t v, duk_idx_t self)
{
    duk_idx_t base = duk_get_top(thr), target;
    struct px_desc t;
    bool done;
    duk_native_stack_check(thr);
    duk_require_stack(thr, 32);
    if (!px_is(thr, o))
        return px_set_ordinary_for(thr, o, k, v, self);
    if (!px_trap(thr, o, "set")) {
        done = px_set(thr, px_target(thr, o), k, v, self);
        duk_set_top(thr, base);
        return done;
    }
    duk_dup(thr, k);
    duk_dup(thr, v);
    duk_dup(thr, self);
    duk_call_method(thr, 4);
    done = duk_to_boolean(thr, -1);
    if (done) {
        target = px_target(thr, o);
        px_get_own(thr, target, k);
        px_read_desc(thr, target + 1, &t);
        if (t.is && ((PX_FROZEN_VALUE(&t) && !duk_samevalue(thr, v, t.value)) ||
                     (PX_IS_ACCESSOR(&t) && !PX_CONFIGURABLE(&t) && !t.set)))
            px_reject(thr, "set", "trap returned truish for a property that the target has fixed");
    }
    duk_set_top(thr, base);
    return done;
}

/* ---- From Duktape's own lookups ---------------------------------------------------------------*/

/* A hidden symbol is no property that a handler hears of. */
static bool swd_proxy_asks(duk_tval *key)
{
    return !DUK_TVAL_IS_STRING(key) || !DUK_HSTRING_HAS_HIDDEN(DUK_TVAL_GET_STRING(key));
}

/* Pushes object and key; answers with the index of the object. */
static duk_idx_t px_open(duk_hthread *thr, duk_hobject *h, duk_tval *key)
{
    duk_tval k;
    DUK_TVAL_SET_TVAL(&k, key);
    duk_native_stack_check(thr);
    duk_require_stack(thr, 32);
    duk_push_hobject(thr, h);
    duk_push_tval(thr, &k);
    (void)duk_to_property_key_hstring(thr, -1);
    return duk_get_top(thr) - 2;
}

/* Pushes the value; what a lookup answers. */
static duk_bool_t swd_proxy_get(duk_hthread *thr, duk_hobject *h, duk_tval *self, duk_tval *key)
{
    duk_idx_t o = px_open(thr, h, key);
    duk_push_tval(thr, self);
    px_get(thr, o, o + 1, o + 2);
    px_settle(thr, o);
    return !duk_is_undefined(thr, -1);
}

static duk_bool_t swd_proxy_set(duk_hthread *thr, duk_hobject *h, duk_tval *self, duk_tval *key,
                                duk_tval *val, duk_bool_t must)
{
    duk_idx_t o = px_open(thr, h, key);
    bool done;
    duk_push_tval(thr, self);
    duk_push_tval(thr, val);
    done = px_set(thr, o, o + 1, o + 3, o + 2);
    if (!done && must)
        px_reject(thr, "set", "the property was not set");
    duk_set_top(thr, o);
    return done;
}

static duk_bool_t swd_proxy_has(duk_hthread *thr, duk_hobject *h, duk_hstring *key)
{
    duk_tval k;
    duk_idx_t o;
    bool has;
    DUK_TVAL_SET_STRING(&k, key);
    if (!swd_proxy_asks(&k))
        return 0;
    o = px_open(thr, h, &k);
    has = px_has(thr, o, o + 1);
    duk_set_top(thr, o);
    return has;
}

static duk_bool_t swd_proxy_delete(duk_hthread *thr, duk_hobject *h, duk_tval *key, duk_bool_t must)
{
    duk_idx_t o = px_open(thr, h, key);
    bool done = px_delete(thr, o, o + 1);
    if (!done && must)
        px_reject(thr, "deleteProperty", "the property was not deleted");
    duk_set_top(thr, o);
    return done;
}

/* Of instanceof: the prototype of `h`, which is kept at `keep`; NULL: none. */
static duk_hobject *swd_proxy_proto(duk_hthread *thr, duk_hobject *h, duk_idx_t keep)
{
    if (!DUK_HOBJECT_IS_PROXY(h))
        return DUK_HOBJECT_GET_PROTOTYPE(thr->heap, h);
    keep = duk_normalize_index(thr, keep);
    duk_require_stack(thr, 32);
    duk_push_hobject(thr, h);
    px_get_proto(thr, duk_get_top_index(thr));
    duk_replace(thr, keep);
    duk_pop(thr);
    return duk_get_hobject(thr, keep);
}

/* Keys for an enumeration of the Proxy below the bare object on top, put into that. */
static void swd_proxy_enum(duk_hthread *thr, duk_small_uint_t flags)
{
    duk_idx_t res = duk_get_top_index(thr), o = res + 2, keys = res + 3, k = res + 4;
    duk_require_stack(thr, 32);
    duk_push_bare_object(thr); /* res + 1: seen */
    duk_dup(thr, res - 1);
    while (duk_is_object(thr, o)) {
        px_own_keys(thr, o);
        for (duk_uarridx_t i = 0; i < (duk_uarridx_t)duk_get_length(thr, keys); i++) {
            bool symbol;
            duk_get_prop_index(thr, keys, i);
            symbol = duk_is_symbol(thr, k);
            duk_dup(thr, k);
            if ((symbol && !(flags & DUK_ENUM_INCLUDE_SYMBOLS)) ||
                (!symbol && (flags & DUK_ENUM_EXCLUDE_STRINGS)) || duk_has_prop(thr, res + 1)) {
                duk_set_top(thr, k);
                continue;
            }
            duk_dup(thr, k);
            duk_push_true(thr);
            duk_put_prop(thr, res + 1);
            if ((flags & DUK_ENUM_INCLUDE_NONENUMERABLE) || px_is_enumerable(thr, o, k)) {
                duk_dup(thr, k);
                duk_push_true(thr);
                duk_put_prop(thr, res);
            }
            duk_set_top(thr, k);
        }
        if (flags & DUK_ENUM_OWN_PROPERTIES_ONLY)
            break;
        px_get_proto(thr, o);
        duk_replace(thr, o);
        duk_set_top(thr, o + 1);
    }
    duk_set_top(thr, res + 1);
}
